//! The numbers of a period, and how they changed; each leads to the very messages it counts.

use leptos::prelude::*;

use super::{log, model::Overview};
use crate::{
    api::stats::Tallies,
    components::icon::{Glyph, Icon},
    core::{
        say::say,
        tally::{Tally, Tile, percent},
    },
};

/// Four tiles; bones until known.
#[component]
pub(super) fn Tiles(model: Overview) -> impl IntoView {
    let one = move |tile: Tile| view! { <TileLink tile=tile model=model /> };
    view! { <div class="tiles">{Tile::ALL.map(one).collect_view()}</div> }
}

/// What a tile says.
#[derive(Clone, Debug, PartialEq)]
struct Words {
    value: String,
    count: i32,
    note: String,
    change: Option<(String, bool, bool)>,
}

fn words(tile: Tile, it: &Tallies) -> Words {
    let count = it.now.count(tile.statuses());
    let is_exact = it.now.is_exact;
    let more = if is_exact { "" } else { "+" };
    let (value, note) = match (it.now.share(tile), tile) {
        (None, Tile::Sent) => (format!("{count}{more}"), of_all(&it.now)),
        (None, _) => ("—".to_owned(), say!("nothing to count yet").to_owned()),
        (Some(share), _) if is_exact => (
            percent(share),
            say!(count, "{n} message" | "{n} messages", n = count),
        ),
        (Some(share), _) => (percent(share), say!("of the newest 10,000").to_owned()),
    };
    let change = it.now.change(&it.before, tile).map(|change| {
        let by = format!("{:.1}", change.abs());
        let text = if tile == Tile::Sent {
            format!("{by} %")
        } else {
            say!("{by} points", by)
        };
        let is_up = change >= 0.0;
        let is_good = change.abs() < 0.05 || is_up == tile.is_good();
        (text, is_up, is_good)
    });
    Words {
        value,
        count,
        note,
        change,
    }
}

fn of_all(it: &Tally) -> String {
    let more = if it.is_exact { "" } else { "+" };
    say!(
        "of {total} created",
        total = format!("{}{more}", it.total())
    )
}

#[component]
fn TileLink(tile: Tile, model: Overview) -> impl IntoView {
    let words = move || {
        model
            .tallies
            .data
            .with(|it| it.as_ref().map(|it| words(tile, it)))
    };
    // The link belongs to what was read, not to what is being read.
    let href = move || {
        let read = model
            .tallies
            .data
            .with(|it| it.as_ref().map(|it| it.bounds));
        log(read.unwrap_or(model.bounds.get()), tile.statuses(), None)
    };
    let change = move || {
        let (text, is_up, is_good) = words()?.change?;
        let icon = if is_up {
            Icon::ArrowUp
        } else {
            Icon::ArrowDown
        };
        Some(view! {
            <span class="tile__change" class:is-bad=!is_good title=say!("Compared with the period before")>
                <Glyph icon=icon />
                <span class="hidden">{if is_up { say!("up ") } else { say!("down ") }}</span>
                {text}
                <span class="hidden">{say!(" on the period before")}</span>
            </span>
        })
    };
    view! {
        <a
            class="panel tile"
            href=href
            data-testid="tile"
            data-tile=tile.slug()
            data-count=move || words().map(|it| it.count.to_string())
        >
            <span class="tile__name">{tile.label()}</span>
            <span class="tile__value">
                {move || words().map_or_else(|| "…".to_owned(), |it| it.value)}
            </span>
            <span class="tile__foot">
                <span class="faint">{move || words().map(|it| it.note)}</span>
                {change}
            </span>
        </a>
    }
}
