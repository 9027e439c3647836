//! The parts of a message's page, one at a time; the tab stands in the URL.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

use crate::{
    core::{query, say::say},
    state::keys::focus_element,
};

/// One part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tab {
    #[default]
    Timeline,
    Http,
    Raw,
    Related,
    Audit,
}

impl Tab {
    const ALL: [Self; 5] = [
        Self::Timeline,
        Self::Http,
        Self::Raw,
        Self::Related,
        Self::Audit,
    ];

    fn slug(self) -> &'static str {
        match self {
            Self::Timeline => "timeline",
            Self::Http => "http",
            Self::Raw => "raw",
            Self::Related => "related",
            Self::Audit => "audit",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Timeline => say!("Timeline"),
            Self::Http => say!("Request & response"),
            Self::Raw => say!("Raw"),
            Self::Related => say!("Related"),
            Self::Audit => say!("Audit"),
        }
    }
}

/// The tab of the address bar.
pub(super) fn use_tab() -> Memo<Tab> {
    let search = use_location().search;
    Memo::new(move |_| {
        let pairs = search.with(|it| query::pairs(it));
        let word = pairs.into_iter().find(|it| it.0 == "tab").map(|it| it.1);
        let is_it = |it: &Tab| word.as_deref() == Some(it.slug());
        Tab::ALL.into_iter().find(is_it).unwrap_or_default()
    })
}

/// The list of tabs: links, so that each can be opened elsewhere and found again.
#[component]
pub(super) fn Tabs(tab: Memo<Tab>) -> impl IntoView {
    let path = use_location().pathname;
    let one = move |it: Tab| {
        let is_here = move || tab.get() == it;
        let href = move || match it {
            Tab::Timeline => path.get(),
            Tab::Http | Tab::Raw | Tab::Related | Tab::Audit => {
                format!("{}?tab={}", path.get(), it.slug())
            }
        };
        view! {
            <a
                class="views__link"
                role="tab"
                id=format!("tab-{}", it.slug())
                aria-controls="tab-panel"
                aria-selected=move || if is_here() { "true" } else { "false" }
                tabindex=move || if is_here() { "0" } else { "-1" }
                aria-current=move || is_here().then_some("true")
                data-noscroll="true"
                data-testid=format!("tab-{}", it.slug())
                href=href
            >
                {it.label()}
            </a>
        }
    };
    view! {
        <div class="views" role="tablist" aria-label=say!("Parts of the message") on:keydown=walk>
            {Tab::ALL.map(one).collect_view()}
        </div>
    }
}

/// Arrows move the focus; Enter opens, as it does with links.
fn walk(event: ev::KeyboardEvent) {
    let here = event
        .target()
        .and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let Some(here) = here else { return };
    let next = match event.key().as_str() {
        "ArrowRight" => here.next_element_sibling(),
        "ArrowLeft" => here.previous_element_sibling(),
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next {
        focus_element(&next);
    }
}
