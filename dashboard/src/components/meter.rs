//! How far work on many things is.

use leptos::prelude::*;

use super::number::grouped;
use crate::core::say::say;

/// "12 of 40", with the digits grouped.
pub(crate) fn progress(done: i32, all: i32) -> String {
    say!(
        "{done} of {total}",
        done = grouped(done),
        total = grouped(all)
    )
}

/// The line that fills; a screen reader hears [`progress`]. Work on nothing is done.
#[component]
pub(crate) fn Meter(
    /// So many are behind it.
    done: i32,
    /// So many there are.
    all: i32,
) -> impl IntoView {
    view! {
        <progress
            class="meter"
            max=all.max(1).to_string()
            value=if all == 0 { 1 } else { done }.to_string()
            aria-label=say!("Progress")
            aria-valuetext=progress(done, all)
        ></progress>
    }
}
