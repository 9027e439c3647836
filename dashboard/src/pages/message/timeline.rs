//! Everything that happened, in order; what changed nothing is kept and says so.

use leptos::prelude::*;

use crate::{
    api::messages::{MessageDetail, TimelineEvent},
    components::event::{EventItem, Happening},
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
    let is_idle = !event.changed;
    let it = Happening {
        kind: event.kind,
        status: event.status,
        changed: event.changed,
        detail: event.detail,
        error_code: event.error_code,
        at: event.at.0,
        before,
    };
    view! {
        <EventItem it=it testid="timeline-event">
            {is_idle
                .then(|| {
                    view! {
                        <p class="event__flag">
                            "Changed nothing: late, repeated or out of order. Kept as evidence."
                        </p>
                    }
                })}
        </EventItem>
    }
}
