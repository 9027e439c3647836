//! What there is of the palette before it is fetched: the keys that open it, and where one has been.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;

use crate::state::session::use_session;

/// Pages visited in this tab that are kept for the way back.
const MOST_RECENT: usize = 5;

/// Pages by address and title, the newest first.
pub(in crate::pages::shell) type Recent = RwSignal<Vec<(String, String)>>;

/// Ctrl K or ⌘ K, wherever the focus is; a dialog above the page keeps its keys.
pub(in crate::pages::shell) fn open_by_key(is_open: RwSignal<bool>) {
    let session = use_session();
    let listener = window_event_listener(ev::keydown, move |event: web_sys::KeyboardEvent| {
        let is_ours = (event.ctrl_key() || event.meta_key())
            && !event.shift_key()
            && !event.alt_key()
            && event.key().eq_ignore_ascii_case("k");
        if !is_ours || untrack(|| session.viewer()).is_none() {
            return;
        }
        event.prevent_default();
        let has_dialog = document()
            .query_selector("dialog[open]")
            .ok()
            .flatten()
            .is_some();
        if is_open.get_untracked() {
            is_open.set(false);
        } else if !has_dialog {
            is_open.set(true);
        }
    });
    on_cleanup(move || listener.remove());
}

/// The last pages of this tab, the newest first, without the one on screen.
pub(in crate::pages::shell) fn recent_pages() -> Recent {
    let recent = Recent::new(Vec::new());
    let location = use_location();
    let here = Memo::new(move |_| {
        let search = location.search.get();
        let query = if search.is_empty() {
            search
        } else {
            format!("?{search}")
        };
        location.pathname.get() + &query
    });
    Effect::new(move |before: Option<(String, String)>| {
        let now = here.get();
        if let Some((href, _)) = &before
            && *href != now
        {
            let title = document().title();
            let title = title.trim_end_matches(" — Waybill").to_owned();
            recent.update(|it| {
                it.retain(|(other, name)| other != href && *name != title);
                it.insert(0, (href.clone(), title));
                it.truncate(MOST_RECENT);
            });
        }
        recent.update(|it| it.retain(|(href, _)| *href != now));
        (now, String::new())
    });
    recent
}
