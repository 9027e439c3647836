//! The rows of the log of webhooks.

use leptos::prelude::*;

use super::model::HookModel;
use crate::{
    api::webhooks::{self, Hook},
    components::list::{Cell, Column, List, Row, RowAct, Sort, Width},
    core::{
        say::{key, say},
        time::{parse_ms, span},
        webhook::{HookSource, HookState},
        words::Role,
    },
    pages::reading::Deed,
    route::Route,
    state::{
        clock::use_clock,
        keys::focus_element,
        session::{Session, use_session},
        toasts::use_toasts,
    },
};

const COLUMNS: &[Column] = &[
    Column {
        title: key!("Received"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Kind"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("State"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Took"),
        kind: Width::Number,
    },
    Column {
        title: key!("Message"),
        kind: Width::Wide,
    },
    Column {
        title: key!("What failed"),
        kind: Width::Wide,
    },
    Column {
        title: key!("Actions"),
        kind: Width::Acts,
    },
];

/// The table.
#[component]
pub(super) fn HookRows(model: HookModel) -> impl IntoView {
    let session = use_session();
    let clock = use_clock();
    let toasts = use_toasts();
    let deed = Deed::new();
    let rows = Memo::new(move |_| {
        model.log.with(|log| {
            log.ids()
                .filter_map(|id| log.get(id))
                .map(|it| row(&it.hook, session, model.matches(&it.hook)))
                .collect::<Vec<_>>()
        })
    });
    let on_act = Callback::new(move |(id, _): (String, &'static str)| {
        deed.run(webhooks::replay(id), move |hook| {
            model.put(hook);
            toasts.say(say!("It is being processed again."), None);
        });
    });
    Effect::new(move |_| {
        if let Some(failure) = deed.problem() {
            toasts.fail(failure);
        }
    });
    view! {
        <List
            caption=say!("Webhook events, newest first")
            columns=COLUMNS
            rows=rows
            now_ms=Signal::derive(move || clock.now_ms())
            hook="webhook-row"
            on_act=on_act
        />
    }
}

fn row(hook: &Hook, session: Session, matches: bool) -> Row {
    let id = hook.id.inner().to_owned();
    let mut state = vec![(sort(hook), hook.state.label().to_owned())];
    if hook.source == HookSource::Recovered {
        state.push((Sort::Plan, say!("Recovered").to_owned()));
    }
    if hook.failures > 0 {
        state.push((Sort::Warn, tries(hook.failures)));
    }
    if !matches {
        state.push((Sort::Plain, say!("no longer matches").to_owned()));
    }
    let acts = match hook.state {
        HookState::Dead => Cell::Acts(vec![RowAct {
            label: say!("Replay"),
            word: "replay",
            obstacle: session.obstacle(Role::Operator),
        }]),
        HookState::Pending | HookState::Processed => Cell::Text(String::new()),
    };
    let message = hook.message_sid.clone().map_or(Cell::Nothing, |sid| {
        Cell::IdLink(Route::Message(sid.clone()).href(), sid)
    });
    Row {
        state: hook.state.name(),
        is_over: !matches,
        cells: vec![
            Cell::TimeLink(
                Route::Webhook(id.clone()).href(),
                hook.received_at.0.clone(),
            ),
            Cell::Text(hook.kind.label().to_owned()),
            Cell::Badges(state),
            took(hook).map_or(Cell::Nothing, Cell::Faint),
            message,
            hook.error.clone().map_or(Cell::Nothing, Cell::Text),
            acts,
        ],
        id,
    }
}

/// The look of an event's state: one that waits for another try is not simply waiting.
pub(super) fn sort(hook: &Hook) -> Sort {
    match hook.state {
        HookState::Pending if hook.failures > 0 => Sort::Warn,
        HookState::Pending => Sort::Busy,
        HookState::Processed => Sort::Good,
        HookState::Dead => Sort::Bad,
    }
}

/// `failed once`, `failed 3 times`
pub(super) fn tries(failures: i32) -> String {
    say!(failures, "failed once" | "failed {n} times", n = failures)
}

/// From coming in to being done.
pub(super) fn took(hook: &Hook) -> Option<String> {
    let done = parse_ms(&hook.processed_at.as_ref()?.0)?;
    Some(span(done - parse_ms(&hook.received_at.0)?))
}

/// Moves the focus to a row below or above; false when there is none.
pub(super) fn move_focus(step: i32) -> bool {
    let row = document()
        .active_element()
        .and_then(|it| it.closest(".list__row").ok().flatten());
    let next = match (row, step > 0) {
        (Some(row), true) => row.next_element_sibling(),
        (Some(row), false) => row.previous_element_sibling(),
        (None, true) => document().query_selector(".list__row").ok().flatten(),
        (None, false) => None,
    };
    let link = next.and_then(|it| it.query_selector("a").ok().flatten());
    link.inspect(focus_element).is_some()
}
