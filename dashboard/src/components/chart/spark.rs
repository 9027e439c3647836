//! A small curve beside a number.

use leptos::prelude::*;

use crate::core::chart::{HEIGHT, WIDTH, spark};

/// Values over time as one line.
#[component]
pub(crate) fn Spark(
    /// The values, oldest first.
    #[prop(into)]
    values: Signal<Vec<f64>>,
    /// A sentence that says what is seen.
    #[prop(into)]
    summary: Signal<String>,
) -> impl IntoView {
    view! {
        <svg
            class="spark"
            viewBox=format!("0 -8 {WIDTH} {}", HEIGHT + 16.0)
            preserveAspectRatio="none"
            role="img"
            aria-label=summary
        >
            <path d=move || values.with(|it| spark(it))></path>
        </svg>
    }
}
