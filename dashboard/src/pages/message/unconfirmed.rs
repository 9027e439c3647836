//! A message of which nobody knows whether it left: what is known, what Waybill does about it, and why there is no Retry.

use leptos::prelude::*;

use crate::{
    api::messages::MessageDetail,
    components::{
        icon::{Glyph, Icon},
        when::{Style, written},
    },
    core::{
        say::say,
        status::Status,
        time::{parse_ms, span},
        words::{EventKind, Outcome},
    },
    state::clock::use_clock,
};

/// The panel; absent for every other status.
#[component]
pub(super) fn Unconfirmed(message: Memo<Option<MessageDetail>>) -> impl IntoView {
    let open = Memo::new(move |_| message.get().filter(|it| it.status == Status::Unconfirmed));
    move || open.get().map(|it| view! { <Evidence message=it /> })
}

#[component]
fn Evidence(message: MessageDetail) -> impl IntoView {
    let clock = use_clock();
    let attempt = message
        .attempts
        .iter()
        .rev()
        .find(|it| it.outcome == Outcome::Unclear);
    let left = attempt.map(|it| {
        let when = parse_ms(&it.started_at.0).map(|it| written(it, Style::Precise));
        let answer = match (it.http_status, &it.error_message) {
            (Some(status), _) => say!(
                "HTTP {status} came back, which says neither yes nor no",
                status
            ),
            (None, Some(words)) => words.clone(),
            (None, None) => say!("no answer came back").to_owned(),
        };
        say!(
            "Attempt {number} left at {time}: {answer}.",
            number = it.number,
            time = when.unwrap_or_default(),
            answer
        )
    });
    let heard = message
        .timeline
        .iter()
        .filter(|it| it.kind == EventKind::Callback)
        .count();
    let heard = match heard {
        0 => say!("No callback of Twilio has named it yet.").to_owned(),
        count => say!(
            count,
            "{n} callback of Twilio has named it." | "{n} callbacks of Twilio have named it.",
            n = count
        ),
    };
    let sid = match &message.twilio_sid {
        Some(sid) => say!("Twilio's id is known: {sid}.", sid),
        None => say!("Twilio's id is not known: its list is searched by recipient, text and time.")
            .to_owned(),
    };
    let since = message
        .timeline
        .iter()
        .rev()
        .find(|it| it.kind == EventKind::Unconfirmed);
    let since = since.and_then(|it| parse_ms(&it.at.0));
    let age = move || since.map(|it| say!("Open for {time}.", time = span(clock.now_ms() - it)));
    view! {
        <section class="why why--warn" aria-labelledby="unconfirmed-title" tabindex="-1" data-testid="unconfirmed">
            <h2 id="unconfirmed-title" class="why__title">
                <Glyph icon=Icon::MailWarning />
                {say!("It may have been sent: no clear answer came back")}
            </h2>
            <ul class="why__list" data-testid="evidence">
                {left.map(|it| view! { <li>{it}</li> })}
                <li>{heard}</li>
                <li>{sid}</li>
                <li>{age}</li>
            </ul>
            <p class="why__note">
                {say!(
                    "Waybill waits for a callback and looks through Twilio's list by itself. As soon as either speaks, the \
                     status moves here. There is no Retry until then: the customer would perhaps get it twice."
                )}
            </p>
        </section>
    }
}
