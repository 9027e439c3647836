//! The keys of the log. What needs a row takes the selected ones, or else the one with the focus.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen_futures::JsFuture;

use super::{
    bulk::{Act, Work},
    grid::keep_rows,
    peek::Peeking,
    selection::{Selected, Selection},
    view::View,
};
use crate::{
    core::say::say,
    route::Route,
    state::{
        keys::{focus, use_keys},
        place::use_place,
        toasts::{Toasts, use_toasts},
    },
};

/// Everything keys act on.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) view: View,
    pub(super) selected: Selected,
    pub(super) peeking: Peeking,
    pub(super) work: RwSignal<Option<Work>>,
}

/// Listens until the page is left.
pub(super) fn use_log_keys(desk: Desk) {
    let navigate = use_navigate();
    let place = use_place();
    let toasts = use_toasts();
    use_keys(move |key| {
        let Desk { view, selected, .. } = desk;
        let active = view.active.get_untracked();
        let on_row = is_on_row() || view.is_moving.get_value();
        match (key, active) {
            ("/", _) => focus("[data-testid=filter-search]"),
            (".", _) => view.show_new(),
            ("j" | "ArrowDown", _) => return desk.walk(1),
            ("k" | "ArrowUp", _) => return desk.walk(-1),
            ("PageDown", _) if on_row => return desk.walk(20),
            ("PageUp", _) if on_row => return desk.walk(-20),
            ("Home", _) if on_row => view.focus_end(false),
            ("End", _) if on_row => view.focus_end(true),
            ("Enter", Some(id)) if on_row => {
                keep_rows(view, place);
                navigate(
                    &Route::Message(id).href(),
                    leptos_router::NavigateOptions::default(),
                );
            }
            (" ", Some(id)) if on_row => desk.peeking.toggle(&id),
            ("x", Some(id)) => selected.toggle(&id),
            ("X", Some(id)) => selected.extend(&id),
            ("w", _) => return desk.why(),
            ("r", _) => return desk.retry(),
            ("y", Some(id)) => copy_link(&id, toasts),
            ("Y", Some(id)) => {
                let row = view
                    .model
                    .log
                    .with_untracked(|it| it.get(&id).map(|it| it.is_retryable));
                copy_graphql(&id, row.unwrap_or_default(), toasts);
            }
            ("Escape", _) => return desk.peeking.close(view) || selected.clear(),
            _ => return false,
        }
        true
    });
}

impl Desk {
    fn walk(self, by: isize) -> bool {
        let has_moved = self.view.move_focus(by);
        if has_moved && let Some(id) = self.view.active.get_untracked() {
            self.peeking.follow(&id);
        }
        has_moved
    }

    /// Why the focused or first selected message failed.
    pub(super) fn why(self) -> bool {
        let id = match self.selected.or_active() {
            Selection::Rows(ids) => self.view.active.get_untracked().or(ids.into_iter().next()),
            Selection::All { .. } => None,
        };
        if let Some(id) = &id {
            self.peeking.explain(id);
        }
        id.is_some()
    }

    fn retry(self) -> bool {
        let set = self.selected.or_active();
        let is_any = !set.is_empty();
        if is_any {
            self.work.set(Some(Work {
                act: Act::Retry,
                set,
            }));
        }
        is_any
    }
}

fn is_on_row() -> bool {
    document()
        .active_element()
        .is_some_and(|it| it.matches("[data-testid=message-row]").unwrap_or(false))
}

/// Copies the whole address of a message.
pub(crate) fn copy_link(id: &str, toasts: Toasts) {
    let origin = window().location().origin().unwrap_or_default();
    let link = format!("{origin}{}", Route::Message(id.to_owned()).href());
    copy(&link, say!("Link copied"), toasts);
}

/// Copies the act that would help a message, or else reading it, as GraphQL.
pub(crate) fn copy_graphql(id: &str, is_retryable: bool, toasts: Toasts) {
    let text = if is_retryable {
        format!(
            r#"mutation {{ retryMessage(id: "{id}") {{ message {{ id status }} userErrors {{ code message }} }} }}"#
        )
    } else {
        format!(
            r#"{{ message(id: "{id}") {{ id status errorCode timeline {{ at kind status detail }} }} }}"#
        )
    };
    copy(&text, say!("Copied as GraphQL"), toasts);
}

fn copy(text: &str, said: &'static str, toasts: Toasts) {
    let written = window().navigator().clipboard().write_text(text);
    leptos::task::spawn_local(async move {
        let words = match JsFuture::from(written).await {
            Ok(_) => said,
            Err(_) => say!("This browser did not let it be copied"),
        };
        toasts.say(words, None);
    });
}
