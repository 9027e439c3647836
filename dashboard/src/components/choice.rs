//! One of a few, each with a sentence on what it means.

use leptos::prelude::*;

/// One option: `(value, label, meaning)`.
pub(crate) type Option3 = (&'static str, &'static str, &'static str);

/// A group of radio buttons.
#[component]
pub(crate) fn Choice(
    /// Unique on the page; also the group's name.
    id: &'static str,
    /// What is chosen.
    label: &'static str,
    /// From what.
    options: Vec<Option3>,
    /// The value; two-way.
    value: RwSignal<String>,
) -> impl IntoView {
    let one = move |(word, label, meaning): Option3| {
        view! {
            <label class="choice__one">
                <input
                    type="radio"
                    name=id
                    value=word
                    prop:checked=move || value.with(|it| it == word)
                    on:change=move |_| value.set(word.to_owned())
                />
                <span>
                    <span class="choice__label">{label}</span>
                    <span class="choice__meaning">{meaning}</span>
                </span>
            </label>
        }
    };
    view! {
        <fieldset class="choice" data-testid=id>
            <legend>{label}</legend>
            {options.into_iter().map(one).collect_view()}
        </fieldset>
    }
}
