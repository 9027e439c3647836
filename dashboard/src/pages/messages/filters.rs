//! Search, views, status menu, chips. Widgets only navigate; nothing is written back from an answer.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::hooks::use_navigate;

use super::{Step, rows::NEEDS_ATTENTION};
use crate::{
    components::badge::StatusBadge,
    components::icon::{Glyph, Icon},
    core::{
        filter::{Chip, Filter},
        persona::address,
        status::Status,
        words::Direction,
    },
    route::Route,
    state::keys::focus,
};

const TYPING_PAUSE: Duration = Duration::from_millis(250);

type Go = Callback<(Filter, Step)>;

/// Everything that narrows the log.
#[component]
pub(super) fn FilterBar(filter: Memo<Filter>, go: Go) -> impl IntoView {
    view! {
        <search class="filters" aria-label="Filter messages">
            <Views filter=filter />
            <div class="filters__row">
                <SearchBox filter=filter go=go />
                <StatusMenu filter=filter go=go />
                <DirectionSelect filter=filter go=go />
            </div>
            <Chips filter=filter go=go />
        </search>
    }
}

/// Ready-made filters, as links.
#[component]
fn Views(filter: Memo<Filter>) -> impl IntoView {
    let attention = Filter {
        status: NEEDS_ATTENTION.to_vec(),
        ..Filter::default()
    };
    let in_progress = [
        Status::Scheduled,
        Status::Queued,
        Status::Sending,
        Status::Accepted,
    ];
    let in_progress = Filter {
        status: in_progress.to_vec(),
        ..Filter::default()
    };
    let inbound = Filter {
        direction: Some(Direction::Inbound),
        ..Filter::default()
    };
    let views = [
        ("All", Filter::default()),
        ("Needs attention", attention),
        ("In progress", in_progress),
        ("Inbound", inbound),
    ];
    let link = move |(label, view): (&'static str, Filter)| {
        let href = Route::Messages(view.clone()).href();
        let is_here = move || filter.with(|it| *it == view).then_some("true");
        view! {
            <a class="views__link" href=href aria-current=is_here>
                {label}
            </a>
        }
    };
    view! {
        <nav class="views" aria-label="Views">
            {views.into_iter().map(link).collect_view()}
        </nav>
    }
}

#[component]
fn SearchBox(filter: Memo<Filter>, go: Go) -> impl IntoView {
    let navigate = use_navigate();
    let timer: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    let stop = move || {
        timer.update_value(|it| {
            it.take().inspect(TimeoutHandle::clear);
        });
    };
    let shown = Memo::new(move |_| filter.with(|it| it.search.clone().unwrap_or_default()));
    let typed = move |event: ev::Event| {
        let text = event_target_value(&event);
        stop();
        let later = move || {
            let next = Filter {
                search: some_text(&text).map(|it| number(&it).unwrap_or(it)),
                ..filter.get_untracked()
            };
            go.run((next, Step::Replace));
        };
        timer.set_value(set_timeout_with_handle(later, TYPING_PAUSE).ok());
    };
    let committed = move |event: ev::SubmitEvent| {
        event.prevent_default();
        stop();
        let text = search_text();
        if is_message_id(&text) {
            navigate(
                &Route::Message(text).href(),
                leptos_router::NavigateOptions::default(),
            );
            return;
        }
        let number = number(&text);
        let now = filter.get_untracked();
        let next = match number {
            Some(number) => Filter {
                address: Some(number),
                search: None,
                ..now
            },
            None => Filter {
                search: some_text(&text),
                ..now
            },
        };
        go.run((next, Step::Push));
    };
    on_cleanup(stop);
    view! {
        <form class="search" on:submit=committed>
            <Glyph icon=Icon::Search />
            <label class="hidden" for="filter-search">
                "Search messages by text; a number or a message id jumps on Enter"
            </label>
            <input
                id="filter-search"
                class="input search__input"
                data-testid="filter-search"
                type="search"
                autocomplete="off"
                placeholder="Text, +number or message id"
                prop:value=shown
                on:input=typed
                on:keydown=leave_when_empty
            />
            <kbd class="search__key" aria-hidden="true">"/"</kbd>
        </form>
    }
}

/// A number in international form, however it is spaced.
fn number(text: &str) -> Option<String> {
    Some(text)
        .filter(|it| it.starts_with('+'))
        .and_then(address)
}

fn search_text() -> String {
    document()
        .get_element_by_id("filter-search")
        .map(|it| event_value(&it))
        .unwrap_or_default()
}

/// Esc empties the box, as browsers do; a second Esc gives the keys back to the page.
fn leave_when_empty(event: ev::KeyboardEvent) {
    if event.key() == "Escape" && search_text().is_empty() {
        focus("h1");
    }
}

fn event_value(element: &web_sys::Element) -> String {
    use wasm_bindgen::JsCast;
    element
        .dyn_ref::<web_sys::HtmlInputElement>()
        .map(|it| it.value().trim().to_owned())
        .unwrap_or_default()
}

fn some_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Our id, or one of the provider's: two letters and 32 hex digits.
fn is_message_id(text: &str) -> bool {
    let is_sid = text.len() == 34
        && ["SM", "MM"].iter().any(|it| text.starts_with(it))
        && text.chars().skip(2).all(|it| it.is_ascii_hexdigit());
    is_sid || text.starts_with("msg_")
}

#[component]
fn StatusMenu(filter: Memo<Filter>, go: Go) -> impl IntoView {
    let count = move || filter.with(|it| it.status.len());
    let option = move |status: Status| {
        view! {
            <label class="menu__option">
                <input
                    type="checkbox"
                    prop:checked=move || filter.with(|it| it.status.contains(&status))
                    on:change=move |_| {
                        go.run((filter.get_untracked().toggled(status), Step::Push));
                    }
                />
                <StatusBadge status=status />
            </label>
        }
    };
    view! {
        <div class="drop">
            <button
                type="button"
                class="button drop__button"
                popovertarget="status-menu"
                data-testid="filter-status"
            >
                {move || match count() {
                    0 => "Any status".to_owned(),
                    1 => "1 status".to_owned(),
                    count => format!("{count} statuses"),
                }}
                <Glyph icon=Icon::ChevronDown />
            </button>
            <div id="status-menu" class="menu menu--status" popover="auto" role="group" aria-label="Status">
                {Status::ALL.into_iter().map(option).collect_view()}
            </div>
        </div>
    }
}

#[component]
fn DirectionSelect(filter: Memo<Filter>, go: Go) -> impl IntoView {
    let value = Memo::new(move |_| filter.with(|it| it.direction.map_or("", Direction::slug)));
    let changed = move |event: ev::Event| {
        let direction = Direction::parse(&event_target_value(&event));
        go.run((
            Filter {
                direction,
                ..filter.get_untracked()
            },
            Step::Push,
        ));
    };
    view! {
        <label class="hidden" for="filter-direction">
            "Direction"
        </label>
        <select
            id="filter-direction"
            class="input select"
            data-testid="filter-direction"
            prop:value=value
            on:change=changed
        >
            <option value="">"In and out"</option>
            <option value="in">"Inbound"</option>
            <option value="out">"Outbound"</option>
        </select>
    }
}

#[component]
fn Chips(filter: Memo<Filter>, go: Go) -> impl IntoView {
    // With their words: a chip whose value changed is another chip.
    let chips = Memo::new(move |_| {
        filter.with(|it| {
            let described = |chip: Chip| (it.describe(&chip), chip);
            it.chips().into_iter().map(described).collect::<Vec<_>>()
        })
    });
    let chip = move |(label, chip): (String, Chip)| {
        let is_invalid = matches!(chip, Chip::Invalid(..));
        let name = format!("Remove filter {label}");
        view! {
            <li>
                <button
                    type="button"
                    class="chip"
                    class:chip--invalid=is_invalid
                    aria-label=name
                    on:click=move |_| go.run((filter.get_untracked().without(&chip), Step::Push))
                >
                    {label}
                    <Glyph icon=Icon::X />
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || chips.with(|it| !it.is_empty())>
            <ul class="chips" aria-label="Active filters">
                {move || chips.get().into_iter().map(chip).collect_view()}
                <li>
                    <button
                        type="button"
                        class="button button--quiet"
                        on:click=move |_| go.run((filter.get_untracked().cleared(), Step::Push))
                    >
                        "Clear"
                    </button>
                </li>
            </ul>
        </Show>
    }
}
