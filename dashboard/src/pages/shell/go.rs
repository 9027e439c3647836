//! `g` and a letter: to another page.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    core::{filter::Filter, pressure::QueueTab},
    route::Route,
    state::keys::use_keys,
};

/// The letter comes within this time (milliseconds).
const PATIENCE_MS: f64 = 1500.0;

/// Where a letter leads.
fn place(letter: &str) -> Option<Route> {
    match letter {
        "o" => Some(Route::Overview),
        "m" => Some(Route::Messages(Filter::default())),
        "q" => Some(Route::Queue(QueueTab::Live)),
        "s" => Some(Route::Simulator),
        _ => None,
    }
}

/// Listens as long as the frame stands.
pub(super) fn use_go_keys() {
    let navigate = use_navigate();
    let pressed_ms = StoredValue::new(f64::NEG_INFINITY);
    use_keys(move |key| {
        let is_second = js_sys::Date::now() - pressed_ms.get_value() < PATIENCE_MS;
        if is_second && let Some(route) = place(key) {
            pressed_ms.set_value(f64::NEG_INFINITY);
            navigate(&route.href(), NavigateOptions::default());
            return true;
        }
        pressed_ms.set_value(if key == "g" {
            js_sys::Date::now()
        } else {
            f64::NEG_INFINITY
        });
        false
    });
}
