//! Filters with their counts: status, direction, lane; and the range of time.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{Go, Step, model::LogModel};
use crate::{
    api::{
        log::{self, Facets},
        messages::MessageFilter,
    },
    components::{
        badge::StatusBadge,
        icon::{Glyph, Icon},
        number::grouped,
    },
    core::{
        filter::Filter,
        range::When,
        say::say,
        status::Status,
        words::{Direction, Lane},
    },
};

/// Counts of every value, each as if its own filter were not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counts {
    statuses: Option<Facets>,
    others: Option<Facets>,
}

/// One menu for what has few values; counted when it opens.
#[component]
pub(super) fn ValueMenu(model: LogModel, filter: Memo<Filter>, go: Go) -> impl IntoView {
    let counts = RwSignal::new(Counts::default());
    let chosen = move || {
        filter.with(|it| {
            it.status.len()
                + it.except.len()
                + usize::from(it.direction.is_some())
                + usize::from(it.lane.is_some())
        })
    };
    let opened = move |event: ev::Event| {
        if is_opening(&event) {
            count(model, filter.get_untracked(), counts);
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
                <Glyph icon=Icon::Plus />
                {move || match chosen() {
                    0 => say!("Filter").to_owned(),
                    count => say!("Filter · {count}", count),
                }}
                <Glyph icon=Icon::ChevronDown />
            </button>
            <div
                id="status-menu"
                class="menu menu--status"
                popover="auto"
                role="group"
                aria-label=say!("Filter by value")
                on:toggle=opened
            >
                <Statuses counts=counts filter=filter go=go />
                <Others counts=counts filter=filter go=go />
            </div>
        </div>
    }
}

#[component]
fn Statuses(counts: RwSignal<Counts>, filter: Memo<Filter>, go: Go) -> impl IntoView {
    let of_status = move |status: Status| {
        counts.with(|it| {
            let all = it.statuses.as_ref()?;
            let found = all.status.iter().find(|it| it.value == status);
            Some(words(found.map_or(0, |it| it.count), all.is_exact))
        })
    };
    let status = move |status: Status| {
        view! {
            <label class="menu__option">
                <input
                    type="checkbox"
                    class="tickbox"
                    prop:checked=move || filter.with(|it| it.status.contains(&status))
                    on:change=move |_| go.run((filter.get_untracked().toggled(status), Step::Push))
                />
                <StatusBadge status=status />
                <span class="menu__count">{move || of_status(status)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="menu__set">
            <legend>{say!("Status")}</legend>
            {Status::ALL.into_iter().map(status).collect_view()}
        </fieldset>
    }
}

#[component]
fn Others(counts: RwSignal<Counts>, filter: Memo<Filter>, go: Go) -> impl IntoView {
    let of_direction = move |direction: Direction| {
        counts.with(|it| {
            let all = it.others.as_ref()?;
            let found = all.direction.iter().find(|it| it.value == direction);
            Some(words(found.map_or(0, |it| it.count), all.is_exact))
        })
    };
    let of_lane = move |lane: Lane| {
        counts.with(|it| {
            let all = it.others.as_ref()?;
            let found = all.lane.iter().find(|it| it.value == lane);
            Some(words(found.map_or(0, |it| it.count), all.is_exact))
        })
    };
    let direction = move |value: Direction| {
        let is_on = move || filter.with(|it| it.direction == Some(value));
        let change = move |()| {
            let next = Filter {
                direction: (!untrack(is_on)).then_some(value),
                ..filter.get_untracked()
            };
            go.run((next, Step::Push));
        };
        option(
            value.label(),
            Signal::derive(is_on),
            Signal::derive(move || of_direction(value)),
            Callback::new(change),
        )
    };
    let lane = move |value: Lane| {
        let is_on = move || filter.with(|it| it.lane == Some(value));
        let change = move |()| {
            let next = Filter {
                lane: (!untrack(is_on)).then_some(value),
                ..filter.get_untracked()
            };
            go.run((next, Step::Push));
        };
        option(
            value.label(),
            Signal::derive(is_on),
            Signal::derive(move || of_lane(value)),
            Callback::new(change),
        )
    };
    view! {
                <fieldset class="menu__set" data-testid="filter-direction">
                    <legend>{say!("Direction")}</legend>
                    {[Direction::Inbound, Direction::Outbound].map(direction).collect_view()}
                    <legend>{say!("Lane")}</legend>
                    {[Lane::Immediate, Lane::Normal, Lane::Bulk].map(lane).collect_view()}
                </fieldset>
    }
}

fn option(
    label: &'static str,
    is_on: Signal<bool>,
    count: Signal<Option<String>>,
    change: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="menu__option">
            <input type="checkbox" class="tickbox" prop:checked=is_on on:change=move |_| change.run(()) />
            {label}
            <span class="menu__count">{count}</span>
        </label>
    }
}

/// `toggle` tells where it goes.
pub(super) fn is_opening(event: &web_sys::Event) -> bool {
    js_sys::Reflect::get(event, &"newState".into())
        .ok()
        .and_then(|it| it.as_string())
        .as_deref()
        == Some("open")
}

fn words(count: i32, is_exact: bool) -> String {
    let more = if is_exact || count == 0 { "" } else { "+" };
    format!("{}{more}", grouped(count))
}

fn count(model: LogModel, filter: Filter, counts: RwSignal<Counts>) {
    let now_ms = model.now_ms();
    let any_status = Filter {
        status: Vec::new(),
        except: Vec::new(),
        ..filter.clone()
    };
    let any_other = Filter {
        direction: None,
        lane: None,
        ..filter
    };
    spawn_local(async move {
        let statuses = log::facets(MessageFilter::of(&any_status, now_ms))
            .await
            .ok();
        counts.try_update(|it| it.statuses = statuses);
        let others = log::facets(MessageFilter::of(&any_other, now_ms))
            .await
            .ok();
        counts.try_update(|it| it.others = others);
    });
}

/// The range of time, in the usual steps; others come by `after:` and `before:`.
#[component]
pub(super) fn RangeSelect(filter: Memo<Filter>, go: Go) -> impl IntoView {
    let value = Memo::new(move |_| {
        filter.with(|it| match (&it.from, &it.to) {
            (None, None) => String::new(),
            (Some(from), None) => from.slug(),
            (_, Some(_)) => "other".to_owned(),
        })
    });
    let steps = [
        ("-1h", say!("Last hour")),
        ("-24h", say!("Last 24 h")),
        ("-7d", say!("Last 7 days")),
        ("-30d", say!("Last 30 days")),
    ];
    let is_other =
        move || value.with(|value| !value.is_empty() && !steps.iter().any(|(it, _)| it == value));
    let changed = move |event: ev::Event| {
        let from = When::parse(&event_target_value(&event));
        let next = Filter {
            from,
            to: None,
            ..filter.get_untracked()
        };
        go.run((next, Step::Push));
    };
    view! {
        <label class="hidden" for="filter-range">
            {say!("Range of time")}
        </label>
        <select
            id="filter-range"
            class="input select"
            data-testid="filter-range"
            on:change=changed
            prop:value=move || if is_other() { "other".to_owned() } else { value.get() }
        >
            <option value="">{say!("Any time")}</option>
            {steps
                .map(|(value, label)| view! { <option value=value>{label}</option> })
                .collect_view()}
            <Show when=is_other>
                <option value="other">{say!("Other range")}</option>
            </Show>
        </select>
    }
}
