//! The search box: text narrows while one types; Enter turns keys into chips, an id into its page.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::hooks::use_navigate;

use super::{Go, Step};
use crate::{
    components::icon::{Glyph, Icon},
    core::{
        filter::Filter,
        grammar::{committed as committed_filter, suggestions},
        persona::address,
        say::say,
    },
    route::Route,
    state::keys::focus,
};

const TYPING_PAUSE: Duration = Duration::from_millis(250);

/// Text, and keys like `status:failed`.
#[component]
pub(super) fn SearchBox(filter: Memo<Filter>, go: Go) -> impl IntoView {
    let navigate = use_navigate();
    let timer: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    let stop = move || {
        timer.update_value(|it| {
            it.take().inspect(TimeoutHandle::clear);
        });
    };
    let typing = RwSignal::new(String::new());
    let hints = Memo::new(move |_| typing.with(|it| suggestions(it)));
    let shown = Memo::new(move |_| filter.with(|it| it.search.clone().unwrap_or_default()));
    let typed = move |event: ev::Event| {
        let text = event_target_value(&event);
        typing.set(text.clone());
        stop();
        // A key that is not finished is an error to the server: it waits for Enter.
        if text.contains(':') || text.contains('"') {
            return;
        }
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
        let next = committed_filter(&filter.get_untracked(), &text);
        go.run((next, Step::Push));
    };
    on_cleanup(stop);
    view! {
        <form class="search" on:submit=committed>
            <Glyph icon=Icon::Search />
            <label class="hidden" for="filter-search">
                {say!("Search messages by text; a number or a message id jumps on Enter")}
            </label>
            <input
                id="filter-search"
                class="input search__input"
                data-testid="filter-search"
                type="search"
                autocomplete="off"
                placeholder=say!("Text, +number, id, or status:failed code:63016")
                list="filter-hints"
                prop:value=shown
                on:input=typed
                on:keydown=leave_when_empty
            />
            <datalist id="filter-hints">
                {move || {
                    let text = typing.get();
                    let begin = text.rfind(char::is_whitespace).map_or(0, |it| it + 1);
                    let whole = move |it: String| format!("{}{it}", &text[..begin]);
                    hints.get().into_iter().map(whole).map(|it| view! { <option value=it></option> }).collect_view()
                }}
            </datalist>
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
