//! Waybill's dashboard, a program for the browser. It knows nothing of the server but `schema.graphql`.
#![expect(
    unreachable_pub,
    reason = "`#[component]` and cynic generate public items"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::large_types_passed_by_value,
    reason = "a component owns its properties"
)]

mod api;
mod app;
mod components;
mod core;
#[cfg(test)]
mod looks;
mod pages;
mod route;
mod state;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::state::language;

/// The names of `schema.graphql`, generated; every operation is checked against them when compiled.
#[cynic::schema("waybill")]
mod schema {}

/// Takes the place of the static shell in `index.html`.
fn main() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&panic.to_string().into());
        mark("broken");
    }));
    let place = document()
        .get_element_by_id("app")
        .and_then(|it| it.dyn_into().ok());
    let Some(place) = place else { return };
    match language::chosen() {
        None => start(place),
        // Leptos' own tasks begin with it.
        Some(tag) => wasm_bindgen_futures::spawn_local(async move {
            language::speak(&tag).await;
            start(place);
        }),
    }
}

fn start(place: web_sys::HtmlElement) {
    place.replace_children_with_node_0();
    mount_to(place, app::App).forget();
    mark("ready");
}

/// Tells `start.js` how the program fares: `ready`, or `broken` beyond repair.
fn mark(state: &str) {
    let root = document().document_element();
    if root.is_none_or(|it| it.set_attribute("data-program", state).is_err()) {
        web_sys::console::error_1(&"the page has no root".into());
    }
}
