//! The large parts: events, bubbles, filters, lists.

use leptos::prelude::*;

use crate::{
    components::{
        body::Body,
        event::{EventItem, Happening},
        facet_bar::FacetBar,
        list::{Cell, Column, List, Older, Row, RowAct, Sort, Width},
    },
    core::{diff::changes, facets::Facets, status::Status, webhook::FACETS, words::EventKind},
    state::clock::use_clock,
};

const COLUMNS: &[Column] = &[
    Column {
        title: "Time",
        kind: Width::Narrow,
    },
    Column {
        title: "Name",
        kind: Width::Wide,
    },
    Column {
        title: "State",
        kind: Width::Narrow,
    },
    Column {
        title: "Took",
        kind: Width::Number,
    },
    Column {
        title: "What changed",
        kind: Width::Wide,
    },
    Column {
        title: "Actions",
        kind: Width::Acts,
    },
];

const AT: &str = "2026-11-22T07:26:12.104Z";

pub(super) fn events() -> AnyView {
    let event = |kind: EventKind, status: Status, changed: bool| {
        let it = Happening {
            kind,
            status,
            changed,
            detail: Some("A sentence about it.".to_owned()),
            error_code: (status == Status::Failed).then_some(63016),
            at: AT.to_owned(),
            before: Some("2026-11-22T07:26:11.004Z".to_owned()),
        };
        view! { <EventItem it=it testid="gallery-event">""</EventItem> }
    };
    view! {
        <ol class="timeline">
            {event(EventKind::Created, Status::Queued, true)}
            {event(EventKind::Attempted, Status::Sending, true)}
            {event(EventKind::Callback, Status::Sent, false)}
            {event(EventKind::Failed, Status::Failed, true)}
        </ol>
    }
    .into_any()
}

pub(super) fn bubbles() -> AnyView {
    let text = "*Packed* 📦 _today_ ~not~ ```code```\nनमस्ते, order कहाँ पुग्यो?";
    view! {
        <div class="wall">
            <div class="bubble bubble--theirs">
                <Body text=text.to_owned() />
            </div>
            <div class="bubble bubble--mine">
                <Body text=text.to_owned() />
                <p class="bubble__foot">"07:26"</p>
            </div>
        </div>
    }
    .into_any()
}

pub(super) fn filters() -> AnyView {
    let filter = RwSignal::new(Facets::parse(FACETS, "?state=dead&kind=moon"));
    view! {
        <FacetBar
            label="Filter of the gallery"
            table=FACETS
            filter=filter
            go=Callback::new(move |it| filter.set(it))
        />
    }
    .into_any()
}

pub(super) fn lists() -> AnyView {
    let clock = use_clock();
    let sorts = [
        (Sort::Good, "Good"),
        (Sort::Busy, "Busy"),
        (Sort::Warn, "Warn"),
        (Sort::Bad, "Bad"),
        (Sort::Plan, "Plan"),
        (Sort::Plain, "Plain"),
    ];
    let row = |(index, (sort, label)): (usize, (Sort, &str))| {
        let before = serde_json::json!({ "role": "VIEWER", "tags": ["a"] });
        let after = serde_json::json!({ "role": "ADMIN", "tags": ["a", "b"] });
        let obstacle = (index % 2 == 1).then_some("Needs the role Administrator");
        let act = RowAct {
            label: "Act…",
            word: "act",
            obstacle,
        };
        Row {
            id: index.to_string(),
            state: "shown",
            is_over: sort == Sort::Plain,
            cells: vec![
                Cell::Time(AT.to_owned()),
                Cell::Title("/gallery".to_owned(), format!("Row {index}")),
                Cell::Badges(vec![(sort, label.to_owned())]),
                Cell::Faint("3 ms".to_owned()),
                Cell::Changes(changes(Some(&before), Some(&after))),
                Cell::Acts(vec![act]),
            ],
        }
    };
    let rows: Vec<Row> = sorts.into_iter().enumerate().map(row).collect();
    view! {
        <List
            caption="A list of the gallery"
            columns=COLUMNS
            rows=Signal::stored(rows)
            now_ms=Signal::derive(move || clock.now_ms())
            hook="gallery-row"
            on_act=Callback::new(|_| ())
        />
        <Older is_there=true label="Load older".to_owned() on_more=Callback::new(|()| ()) />
    }
    .into_any()
}
