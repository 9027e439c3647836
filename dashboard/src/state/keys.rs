//! Single keys, off while someone types.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Runs `act` for every plain key of the page until it is left; true means the key was used.
pub(crate) fn use_keys(act: impl Fn(&str) -> bool + 'static) {
    let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        if is_plain
            && !event.default_prevented()
            && !is_typing()
            && !layer_is_open()
            && act(&event.key())
        {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

fn is_typing() -> bool {
    document().active_element().is_some_and(|it| {
        let is_editable =
            it.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
        is_editable.unwrap_or(false)
    })
}

/// Whether a dialog or popover is open above the page, or will be in a moment.
pub(crate) fn layer_is_open() -> bool {
    document()
        .query_selector("dialog[open], [popover]:popover-open, [data-coming]")
        .ok()
        .flatten()
        .is_some()
}

/// Moves the focus to the first element that matches.
pub(crate) fn focus(selector: &str) {
    if let Some(element) = document().query_selector(selector).ok().flatten() {
        focus_element(&element);
    }
}

/// Moves the focus to an element.
pub(crate) fn focus_element(element: &Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>()
        && element.focus().is_err()
    {
        leptos::logging::debug_warn!("an element cannot take the focus");
    }
}
