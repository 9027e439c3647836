//! Everything that happened, in the order of its own time; what changed nothing or came late is kept and says so.

use leptos::prelude::*;

use crate::{
    api::messages::{MessageDetail, TimelineEvent},
    components::event::{EventItem, Happening},
    core::{order::by_time, say::say, status::Status, time::parse_ms, words::Direction},
};

/// The list of events.
#[component]
pub(super) fn Timeline(message: MessageDetail) -> impl IntoView {
    let times: Vec<f64> = message
        .timeline
        .iter()
        .map(|it| parse_ms(&it.at.0).unwrap_or_default())
        .collect();
    let order = by_time(&times);
    let before = std::iter::once(None).chain(order.iter().map(|it| Some(it.0)));
    let events = order
        .iter()
        .zip(before)
        .filter_map(|((place, is_late), before)| {
            let before = before.and_then(|it| message.timeline.get(it));
            let before = before.map(|it| it.at.0.clone());
            let event = message.timeline.get(*place)?.clone();
            Some(view! { <Event event=event before=before is_late=*is_late /> })
        })
        .collect_view();
    let is_empty = message.timeline.is_empty();
    let waits_for_word = message.direction == Direction::Outbound
        && matches!(message.status, Status::Accepted | Status::Sent);
    view! {
        <section class="panel" aria-labelledby="timeline-title">
            <h2 id="timeline-title" class="panel__title">
                {say!("Timeline")}
            </h2>
            {is_empty.then(|| view! { <p class="panel__empty faint">{say!("Nothing has happened yet.")}</p> })}
            <ol class="timeline" data-testid="timeline">
                {events}
            </ol>
            {waits_for_word
                .then(|| {
                    view! {
                        <p class="panel__empty faint">
                            {say!(
                                "Twilio reports nothing further yet. Where the customer switched read receipts off, Read never comes."
                            )}
                        </p>
                    }
                })}
        </section>
    }
}

#[component]
fn Event(event: TimelineEvent, before: Option<String>, is_late: bool) -> impl IntoView {
    let is_idle = !event.changed;
    let flag = match (is_idle, is_late) {
        (_, true) => Some(say!("Came late: something younger was stored before it.")),
        (true, false) => Some(say!(
            "Changed nothing: late, repeated or out of order. Kept as evidence."
        )),
        (false, false) => None,
    };
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
            {flag.map(|it| view! { <p class="event__flag">{it}</p> })}
        </EventItem>
    }
}
