//! Messages that may have been sent: what is known of each. There is no plain retry here, on purpose.

use leptos::prelude::*;

use super::waiting::{Bones, key};
use crate::{
    api::queue::{self, Attempt, WaitingMessage, WaitingPage},
    components::{
        badge::{OutcomeBadge, StatusBadge},
        icon::Icon,
        keyed::Keyed,
        notice::Empty,
        when::{Moment, Style},
    },
    core::{
        pressure::until, say::say, status::Status, time::parse_ms, time::span, whatsapp::one_line,
    },
    pages::trouble::Trouble,
    route::Route,
    state::{clock::use_clock, live::use_live, queue::use_queue, source::Source},
};

/// The list.
#[component]
pub(super) fn Unconfirmed() -> impl IntoView {
    let (queue, live) = (use_queue(), use_live());
    let source = Source::<WaitingPage>::new();
    let read = move || {
        source.read(
            |abort| Box::pin(queue::waiting(Status::Unconfirmed, None, None, abort)),
            || (),
        );
    };
    let count = Memo::new(move |_| queue.with(crate::api::queue::QueueMetrics::unconfirmed));
    Effect::new(move |before: Option<Option<i32>>| {
        let now = count.get();
        if before != Some(now) && (before.is_none() || !untrack(|| live.is_paused())) {
            read();
        }
        now
    });
    let keys = Signal::derive(move || {
        source.data.with(|it| {
            let nodes = it.iter().flat_map(|it| &it.nodes);
            nodes.map(key).collect::<Vec<_>>()
        })
    });
    let row = Callback::new(move |wanted: String| {
        let found = source.data.with_untracked(|it| {
            let mut nodes = it.iter().flat_map(|it| &it.nodes);
            nodes.find(|it| key(it) == wanted).cloned()
        });
        found.map(|it| view! { <Evidence row=it /> }).into_any()
    });
    let is_empty = move || {
        source
            .data
            .with(|it| it.as_ref().is_some_and(|it| it.nodes.is_empty()))
    };
    view! {
        <p class="queue__words">
            {say!(
                "The request left and no clear answer came: sending again might deliver twice. Waybill looks for the \
                 message in Twilio's list and waits for its callback; once the grace time is over and Twilio knows \
                 nothing of it, it is sent again by itself. Nothing here is part of any retry."
            )}
        </p>
        <Trouble failure=source.failure on_retry=Callback::new(move |()| read()) />
        <section
            class="panel"
            aria-label=say!("Unconfirmed")
            aria-busy=move || source.is_busy.get().to_string()
        >
            {move || source.is_cold().then(|| view! { <Bones /> })}
            {move || is_empty().then(|| view! {
                <Empty
                    icon=Icon::CheckCheck
                    title=say!("Every request has its answer").to_owned()
                >
                    <p>
                        {say!(
                            "When Twilio answers unclearly (a time-out after sending, an error 5xx), the message \
                             stands here with all that is known."
                        )}
                    </p>
                </Empty>
            })}
            <ul>
                <Keyed keys=keys row=row />
            </ul>
        </section>
    }
}

/// What is known of one message.
#[component]
fn Evidence(row: WaitingMessage) -> impl IntoView {
    let clock = use_clock();
    let due_ms = row.due_at.as_ref().and_then(|it| parse_ms(&it.0));
    let next =
        move || due_ms.map(|it| say!("Next look {when}. ", when = until(it, clock.now_ms())));
    let body = row
        .body
        .as_deref()
        .map_or_else(|| say!("No text").to_owned(), one_line);
    let href = Route::Message(row.id.inner().to_owned()).href();
    let attempts = row
        .attempts
        .into_iter()
        .map(|it| view! { <AttemptLine it=it /> });
    view! {
        <li class="evidence" data-testid="evidence" data-id=row.id.inner().to_owned()>
            <p class="evidence__head">
                <StatusBadge status=row.status />
                <strong dir="auto">{row.contact.title().to_owned()}</strong>
                <a href=href.clone() dir="auto">{body}</a>
            </p>
            <ol class="evidence__facts">{attempts.collect_view()}</ol>
            <p class="faint">
                {say!("Waybill waits for its callback and looks for it in Twilio's list. ")} {next}
                <a href=href>{say!("Its whole story")}</a>
            </p>
        </li>
    }
}

#[component]
fn AttemptLine(it: Attempt) -> impl IntoView {
    let answer = match it.http_status {
        Some(status) => format!("HTTP {status}"),
        None => say!("no answer").to_owned(),
    };
    let took = it
        .duration_ms
        .map(|it| say!(" after {span}", span = span(f64::from(it))));
    view! {
        <li>
            {say!("Try {number} ", number = it.number)}
            <OutcomeBadge outcome=it.outcome />
            {say!(" at ")}
            <Moment at=it.started_at.0 style=Style::Precise />
            ": "
            {answer}
            {took}
            {it.error_message.map(|it| format!(", {it}"))}
            {it
                .twilio_request_id
                .map(|it| {
                    view! {
                        {say!(", Twilio's request ")}
                        <bdi class="mono" dir="ltr">{it}</bdi>
                    }
                })}
        </li>
    }
}
