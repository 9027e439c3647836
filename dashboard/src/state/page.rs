//! What every page does on arrival: names the tab, then its heading takes the focus.

use std::cell::Cell;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::keys::focus;

thread_local! {
    /// Whether this page was come to from another one of this program.
    static HAS_MOVED: Cell<bool> = const { Cell::new(false) };
}

/// Names the browser tab: "Messages — Waybill". A page that had to be fetched first takes the focus once it is there.
pub(crate) fn use_title(title: impl Fn() -> String + 'static) {
    // Boxed: in the program once, not once a page.
    let title: Box<dyn Fn() -> String> = Box::new(title);
    Effect::new(move |_| document().set_title(&format!("{} — Waybill", title())));
    if HAS_MOVED.get() {
        request_animation_frame(|| focus("h1"));
    }
}

/// After each change of page the heading takes the focus, so that a screen reader starts there.
pub(crate) fn focus_heading_on_navigation() {
    let pathname = use_location().pathname;
    Effect::new(move |previous: Option<String>| {
        let now = pathname.get();
        if previous.is_some_and(|it| it != now) {
            HAS_MOVED.set(true);
            request_animation_frame(|| focus("h1"));
        }
        now
    });
}
