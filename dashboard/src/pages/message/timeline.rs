//! Everything that happened, in order; what changed nothing is kept and says so.

use leptos::prelude::*;

use crate::{
    api::messages::{MessageDetail, TimelineEvent},
    components::{
        badge::{StatusBadge, icon_of},
        icon::Glyph,
        when::{Moment, Style},
    },
    core::time::{parse_ms, span},
};

/// The list of events.
#[component]
pub(super) fn Timeline(message: MessageDetail) -> impl IntoView {
    let before =
        std::iter::once(None).chain(message.timeline.iter().map(|it| Some(it.at.0.clone())));
    let events = message
        .timeline
        .iter()
        .cloned()
        .zip(before)
        .map(|(event, before)| view! { <Event event=event before=before /> })
        .collect_view();
    let is_empty = message.timeline.is_empty();
    view! {
        <section class="panel" aria-labelledby="timeline-title">
            <h2 id="timeline-title" class="panel__title">
                "Timeline"
            </h2>
            {is_empty.then(|| view! { <p class="panel__empty faint">"Nothing has happened yet."</p> })}
            <ol class="timeline" data-testid="timeline">
                {events}
            </ol>
        </section>
    }
}

#[component]
fn Event(event: TimelineEvent, before: Option<String>) -> impl IntoView {
    let since = before
        .and_then(|it| Some(parse_ms(&event.at.0)? - parse_ms(&it)?))
        .map(|it| format!("+{}", span(it)));
    let tone = event.status.tone().as_str();
    view! {
        <li
            class=format!("event event--{tone}")
            class:is-idle=!event.changed
            data-testid="timeline-event"
            data-kind=event.kind.name()
            data-status=event.status.name()
        >
            <span class="event__mark">
                <Glyph icon=icon_of(event.status) />
            </span>
            <div class="event__what">
                <p class="event__name">
                    {event.kind.label()}
                    <StatusBadge status=event.status />
                    {event.error_code.map(|it| view! { <code class="code">{it}</code> })}
                </p>
                {event
                    .detail
                    .filter(|it| !it.is_empty())
                    .map(|it| view! { <p class="event__detail" dir="auto">{it}</p> })}
                {(!event.changed)
                    .then(|| {
                        view! {
                            <p class="event__flag">
                                "Changed nothing: late, repeated or out of order. Kept as evidence."
                            </p>
                        }
                    })}
            </div>
            <span class="event__when">
                <Moment at=event.at.0 style=Style::Precise />
                <span class="event__since faint">{since}</span>
            </span>
        </li>
    }
}
