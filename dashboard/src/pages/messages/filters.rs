//! Views, chips, and the row of widgets. Widgets only navigate; nothing is written back from an answer.

use leptos::prelude::*;

use super::{
    Go, Step,
    grid::NEEDS_ATTENTION,
    menus::{RangeSelect, ValueMenu},
    model::LogModel,
    search::SearchBox,
    taste::Taste,
    tools::{ColumnsMenu, ExportMenu},
};
use crate::{
    components::icon::{Glyph, Icon},
    core::{
        filter::{Chip, Filter},
        range::When,
        status::Status,
        words::Direction,
    },
    route::Route,
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
        <search class="filters" aria-label="Filter messages">
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

/// Ready-made filters, as links.
#[component]
fn Views(filter: Memo<Filter>) -> impl IntoView {
    let attention = Filter {
        status: NEEDS_ATTENTION.to_vec(),
        ..Filter::default()
    };
    let in_progress = [
        Status::Scheduled,
        Status::Queued,
        Status::Sending,
        Status::Accepted,
    ];
    let in_progress = Filter {
        status: in_progress.to_vec(),
        ..Filter::default()
    };
    let inbound = Filter {
        direction: Some(Direction::Inbound),
        ..Filter::default()
    };
    let stuck = Filter {
        status: vec![Status::Queued, Status::Sending, Status::Unconfirmed],
        to: Some(When::Ago(5)),
        ..Filter::default()
    };
    let today = Filter {
        status: vec![Status::Failed, Status::Undelivered],
        from: Some(When::Ago(1440)),
        ..Filter::default()
    };
    let views = [
        ("All", Filter::default()),
        ("Needs attention", attention),
        ("In progress", in_progress),
        ("Stuck > 5 min", stuck),
        ("Failed, 24 h", today),
        ("Inbound", inbound),
    ];
    let link = move |(label, view): (&'static str, Filter)| {
        let href = Route::Messages(view.clone()).href();
        let is_here = move || filter.with(|it| *it == view).then_some("true");
        view! {
            <a class="views__link" href=href aria-current=is_here>
                {label}
            </a>
        }
    };
    view! {
        <nav class="views" aria-label="Views">
            {views.into_iter().map(link).collect_view()}
        </nav>
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
        let name = format!("Remove filter {label}");
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
            <ul class="chips" aria-label="Active filters">
                {move || chips.get().into_iter().map(chip).collect_view()}
                <li>
                    <button
                        type="button"
                        class="button button--quiet"
                        on:click=move |_| go.run((filter.get_untracked().cleared(), Step::Push))
                    >
                        "Clear"
                    </button>
                </li>
            </ul>
        </Show>
    }
}
