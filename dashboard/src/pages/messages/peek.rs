//! The peek panel: one message beside the list, which keeps its place and the focus.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::view::View;
use crate::{
    components::icon::{Glyph, Icon},
    core::{filter::Filter, say::say},
    pages::message::Glance,
    route::Route,
    state::keys::focus,
};

const KEY: &str = "peek";

/// Which message is peeked at: it stands in the URL.
#[derive(Clone, Copy)]
pub(super) struct Peeking {
    pub(super) id: Memo<Option<String>>,
    set: Callback<Option<String>>,
    /// The next one opens at its reason.
    wants_why: StoredValue<bool>,
}

impl Peeking {
    pub(super) fn new() -> Self {
        let location = use_location();
        let navigate = use_navigate();
        let id = Memo::new(move |_| {
            let filter = location.search.with(|it| Filter::parse(it));
            let own = filter.other.into_iter().find(|it| it.0 == KEY);
            own.map(|it| it.1)
        });
        let set = Callback::new(move |id: Option<String>| {
            let mut view = location.search.with_untracked(|it| Filter::parse(it));
            view.other.retain(|it| it.0 != KEY);
            view.other.extend(id.map(|it| (KEY.to_owned(), it)));
            let path = location.pathname.get_untracked();
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&format!("{path}{}", view.to_query()), options);
        });
        Self {
            id,
            set,
            wants_why: StoredValue::new(false),
        }
    }

    /// Opens it, or closes it where it is open already.
    pub(super) fn toggle(self, id: &str) {
        let is_it = self.id.with_untracked(|it| it.as_deref() == Some(id));
        self.set.run((!is_it).then(|| id.to_owned()));
    }

    /// Goes along with the focus while it is open.
    pub(super) fn follow(self, id: &str) {
        if self.id.with_untracked(Option::is_some) {
            self.set.run(Some(id.to_owned()));
        }
    }

    /// Opens it at the reason.
    pub(super) fn explain(self, id: &str) {
        let is_it = self.id.with_untracked(|it| it.as_deref() == Some(id));
        if is_it {
            focus(".peek [data-testid=why]");
        } else {
            self.wants_why.set_value(true);
            self.set.run(Some(id.to_owned()));
        }
    }

    /// Closes it; false when it was closed.
    pub(super) fn close(self, view: View) -> bool {
        let was_open = self.id.with_untracked(Option::is_some);
        if was_open {
            self.set.run(None);
            view.focus_active();
        }
        was_open
    }
}

/// A filter without what belongs to the panel.
pub(super) fn without_peek(mut filter: Filter) -> Filter {
    filter.other.retain(|it| it.0 != KEY);
    filter
}

/// The panel; absent while nothing is peeked at.
#[component]
pub(super) fn Peek(peeking: Peeking, view: View) -> impl IntoView {
    let is_open = Memo::new(move |_| peeking.id.with(Option::is_some));
    let asked = Memo::new(move |_| peeking.id.get().unwrap_or_default());
    let href = move || Route::Message(asked.get()).href();
    let here = Callback::new(move |()| {
        if peeking.wants_why.get_value() {
            peeking.wants_why.set_value(false);
            request_animation_frame(|| focus(".peek [data-testid=why]"));
        }
    });
    view! {
        <Show when=move || is_open.get()>
            <aside class="peek" aria-label=say!("Message in short") data-testid="peek">
                <header class="peek__head">
                    <a class="button" href=href data-testid="peek-open">
                        {say!("Open")}
                        <kbd>"Enter"</kbd>
                    </a>
                    <button
                        type="button"
                        class="icon-button"
                        on:click=move |_| {
                            peeking.close(view);
                        }
                    >
                        <Glyph icon=Icon::X />
                        <span class="hidden">{say!("Close")}</span>
                    </button>
                </header>
                <Glance asked=asked here=here />
            </aside>
        </Show>
    }
}
