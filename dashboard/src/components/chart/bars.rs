//! Horizontal bars: each a name, a number, and a link to what it counts.

use leptos::prelude::*;

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) label: String,
    /// The number as written.
    pub(crate) value: String,
    /// Its length, from 0 to 1.
    pub(crate) part: f64,
    /// More about it, below the name.
    pub(crate) note: String,
    /// Where it leads.
    pub(crate) href: String,
    /// Which of the chart's colors, from one.
    pub(crate) hue: u8,
}

/// Bars from the longest down.
#[component]
pub(crate) fn Bars(
    /// The bars.
    bars: Signal<Vec<Bar>>,
    /// Their hook for tests.
    testid: &'static str,
) -> impl IntoView {
    let one = move |bar: Bar| {
        let width = (bar.part.clamp(0.0, 1.0) * 100.0).max(if bar.part > 0.0 { 1.0 } else { 0.0 });
        view! {
            <li>
                <a class="bar-row" data-testid=testid href=bar.href>
                    <span class="bar-row__label" dir="auto">{bar.label}</span>
                    <span class="bar-row__value">{bar.value}</span>
                    <svg
                        class=format!("bar-row__bar hue-{}", bar.hue)
                        viewBox="0 0 100 6"
                        preserveAspectRatio="none"
                        aria-hidden="true"
                    >
                        <rect class="bar-row__track" width="100" height="6"></rect>
                        <rect class="bar-row__fill" width=width.to_string() height="6"></rect>
                    </svg>
                    {(!bar.note.is_empty())
                        .then(|| view! { <span class="bar-row__note" dir="auto">{bar.note}</span> })}
                </a>
            </li>
        }
    };
    view! { <ul class="bar-rows">{move || bars.get().into_iter().map(one).collect_view()}</ul> }
}
