//! Everything that happened, in the order of its own time; what changed nothing or came late is kept and says so.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    api::messages::{MessageDetail, TimelineEvent},
    components::event::{EventItem, Happening, Numbered},
    core::{order::by_time, query, say::say, status::Status, time::parse_ms, words::Direction},
};

/// The event of the address bar, `?event=3`; it is brought into view once, when it is there.
pub(super) fn use_meant(message: Memo<Option<MessageDetail>>) -> Memo<Option<usize>> {
    let search = use_location().search;
    let meant = Memo::new(move |_| {
        let own = |(key, value): (String, String)| (key == "event").then(|| value.parse().ok());
        search.with(|it| query::pairs(it).into_iter().find_map(own).flatten())
    });
    let count =
        Memo::new(move |_| message.with(|it| it.as_ref().map_or(0, |it| it.timeline.len())));
    Effect::new(move |shown: Option<Option<usize>>| {
        let shown = shown.flatten();
        let wanted = meant.get().filter(|it| *it <= count.get());
        if let Some(number) = wanted
            && shown != wanted
        {
            let show = move || {
                if let Some(it) = document().get_element_by_id(&Numbered::element(number)) {
                    it.scroll_into_view();
                }
            };
            // After the heading has taken the focus.
            request_animation_frame(move || request_animation_frame(show));
        }
        wanted
    });
    meant
}

/// The list of events.
#[component]
pub(super) fn Timeline(
    message: MessageDetail,
    /// The event that the address asks for; absent where there is no address of one.
    #[prop(optional)]
    meant: Option<Memo<Option<usize>>>,
) -> impl IntoView {
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
            let number = *place + 1;
            let numbered = meant.map(|meant| Numbered { number, meant });
            Some(view! { <Event event=event before=before is_late=*is_late numbered=numbered /> })
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
fn Event(
    event: TimelineEvent,
    before: Option<String>,
    is_late: bool,
    numbered: Option<Numbered>,
) -> impl IntoView {
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
        <EventItem it=it testid="timeline-event" numbered=numbered>
            {flag.map(|it| view! { <p class="event__flag">{it}</p> })}
        </EventItem>
    }
}
