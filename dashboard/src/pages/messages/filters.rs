//! Chips, and the row of widgets. Widgets only navigate; nothing is written back from an answer.

use leptos::prelude::*;

use super::{
    Go, Step,
    menus::{RangeSelect, ValueMenu},
    model::LogModel,
    search::SearchBox,
    taste::Taste,
    tools::{ColumnsMenu, ExportMenu},
    views::Views,
};
use crate::{
    components::icon::{Glyph, Icon},
    core::{
        filter::{Chip, Filter},
        say::say,
    },
};

/// Everything that narrows the log.
#[component]
pub(super) fn FilterBar(
    model: LogModel,
    taste: Taste,
    filter: Memo<Filter>,
    go: Go,
) -> impl IntoView {
    view! {
        <search class="filters" aria-label=say!("Filter messages")>
            <Views filter=filter />
            <div class="filters__row">
                <SearchBox filter=filter go=go />
                <ValueMenu model=model filter=filter go=go />
                <RangeSelect filter=filter go=go />
                <span class="filters__tools">
                    <ColumnsMenu taste=taste />
                    <ExportMenu model=model />
                </span>
            </div>
            <Chips filter=filter go=go />
        </search>
    }
}

#[component]
fn Chips(filter: Memo<Filter>, go: Go) -> impl IntoView {
    // With their words: a chip whose value changed is another chip.
    let chips = Memo::new(move |_| {
        filter.with(|it| {
            let described = |chip: Chip| (it.describe(&chip), chip);
            it.chips().into_iter().map(described).collect::<Vec<_>>()
        })
    });
    let chip = move |(label, chip): (String, Chip)| {
        let is_invalid = matches!(chip, Chip::Invalid(..));
        let name = say!("Remove filter {label}", label);
        view! {
            <li>
                <button
                    type="button"
                    class="chip"
                    class:chip--invalid=is_invalid
                    aria-label=name
                    on:click=move |_| go.run((filter.get_untracked().without(&chip), Step::Push))
                >
                    {label}
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
                        on:click=move |_| go.run((filter.get_untracked().cleared(), Step::Push))
                    >
                        {say!("Clear")}
                    </button>
                </li>
            </ul>
        </Show>
    }
}
