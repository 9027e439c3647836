//! What narrows a plain list: a choice or a word for each parameter, and chips for what is set. Only tells; the page
//! navigates.

use leptos::{ev, prelude::*};

use super::icon::{Glyph, Icon};
use crate::core::{
    facets::{Facet, FacetChip, Facets},
    say::{said, say},
};

/// The bar; `go` gets the next filter.
#[component]
pub(crate) fn FacetBar(
    /// What it filters, for screen readers.
    label: &'static str,
    /// Its parameters.
    table: &'static [Facet],
    /// What is set.
    #[prop(into)]
    filter: Signal<Facets>,
    /// Somebody chose.
    go: Callback<Facets>,
) -> impl IntoView {
    let entry = move |facet: &'static Facet| {
        if facet.choices.is_empty() {
            view! { <Word facet=facet filter=filter go=go /> }.into_any()
        } else {
            view! { <Choice facet=facet filter=filter go=go /> }.into_any()
        }
    };
    view! {
        <search class="filters" aria-label=label>
            <div class="filters__row">{table.iter().map(entry).collect_view()}</div>
            <Chips filter=filter go=go />
        </search>
    }
}

#[component]
fn Choice(facet: &'static Facet, filter: Signal<Facets>, go: Callback<Facets>) -> impl IntoView {
    let id = format!("filter-{}", facet.key);
    let value =
        Memo::new(move |_| filter.with(|it| it.get(facet.key).unwrap_or_default().to_owned()));
    let changed = move |event: ev::Event| {
        go.run(filter.with_untracked(|it| it.with(facet.key, &event_target_value(&event))));
    };
    let options = facet
        .choices
        .iter()
        .map(|(slug, label)| {
            let is_chosen = move || value.with(|it| it == slug);
            view! {
                <option value=*slug prop:selected=is_chosen>
                    {said(label)}
                </option>
            }
        })
        .collect_view();
    view! {
        <label class="hidden" for=id.clone()>
            {said(facet.label)}
        </label>
        <select
            id=id.clone()
            class="input select"
            data-testid=id
            on:change=changed
        >
            <option value="" prop:selected=move || value.with(String::is_empty)>
                {said(facet.any)}
            </option>
            {options}
        </select>
    }
}

#[component]
fn Word(facet: &'static Facet, filter: Signal<Facets>, go: Callback<Facets>) -> impl IntoView {
    let id = format!("filter-{}", facet.key);
    let value =
        Memo::new(move |_| filter.with(|it| it.get(facet.key).unwrap_or_default().to_owned()));
    let changed = move |event: ev::Event| {
        go.run(filter.with_untracked(|it| it.with(facet.key, &event_target_value(&event))));
    };
    view! {
        <label class="hidden" for=id.clone()>
            {said(facet.label)}
        </label>
        <input
            id=id.clone()
            class="input facet__word"
            data-testid=id
            type="search"
            autocomplete="off"
            spellcheck="false"
            placeholder=said(facet.any)
            prop:value=value
            on:change=changed
        />
    }
}

#[component]
fn Chips(filter: Signal<Facets>, go: Callback<Facets>) -> impl IntoView {
    let chips = Memo::new(move |_| filter.with(Facets::chips));
    let chip = move |it: FacetChip| {
        let name = say!("Remove filter {filter}", filter = it.words);
        let key = it.key;
        view! {
            <li>
                <button
                    type="button"
                    class="chip"
                    class:chip--invalid=it.is_invalid
                    aria-label=name
                    on:click=move |_| go.run(filter.with_untracked(|it| it.with(&key, "")))
                >
                    {it.words}
                    <Glyph icon=Icon::X />
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || chips.with(|it| !it.is_empty())>
            <ul class="chips" aria-label=say!("Active filters")>
                {move || chips.get().into_iter().map(chip).collect_view()}
                <li>
                    <button
                        type="button"
                        class="button button--quiet"
                        on:click=move |_| go.run(filter.with_untracked(Facets::cleared))
                    >
                        {say!("Clear")}
                    </button>
                </li>
            </ul>
        </Show>
    }
}
