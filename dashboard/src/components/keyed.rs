//! A list whose rows keep their elements as long as their keys stay. One in the program: rows come as a callback.

use leptos::prelude::*;

/// Rows by key.
#[component]
pub(crate) fn Keyed(
    /// The keys, in the order shown.
    keys: Signal<Vec<String>>,
    /// Draws the row of a key.
    row: Callback<String, AnyView>,
) -> impl IntoView {
    view! { <For each=move || keys.get() key=Clone::clone children=move |key| row.run(key) /> }
}
