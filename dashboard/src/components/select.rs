//! A labelled choice among a few words, on the browser's own `<select>`.

use leptos::prelude::*;

use crate::core::say::said;

/// One labelled choice.
#[component]
pub(crate) fn Select(
    /// Unique on the page.
    id: &'static str,
    /// What it asks for.
    label: &'static str,
    /// The word of the choice; two-way.
    value: RwSignal<String>,
    /// Words and their names, in the order shown.
    options: Vec<(&'static str, &'static str)>,
    /// A line below.
    #[prop(optional)]
    hint: &'static str,
) -> impl IntoView {
    let one = move |(word, name): (&'static str, &'static str)| {
        view! {
            <option value=word selected=move || value.with(|it| it == word)>
                {said(name)}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select
                id=id
                class="input"
                aria-describedby=format!("{id}-hint")
                prop:value=value
                on:change=move |event| value.set(event_target_value(&event))
            >
                {options.into_iter().map(one).collect_view()}
            </select>
            <p class="field__hint" id=format!("{id}-hint")>
                {hint}
            </p>
        </div>
    }
}
