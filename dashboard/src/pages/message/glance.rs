//! A message in short, for the panel beside the log.

use leptos::prelude::*;

use super::{
    faces::Failed,
    facts::Bubble,
    subject::{Known, Subject},
    timeline::Timeline,
    unconfirmed::Unconfirmed,
    why::Why,
};
use crate::{
    api::messages::MessageDetail,
    components::badge::StatusBadge,
    core::{say::say, words::Direction},
};

/// Status, reason, bubble, timeline; follows the message live.
#[component]
pub(crate) fn Glance(
    /// The id.
    asked: Memo<String>,
    /// Runs each time another message is here.
    here: Callback<()>,
) -> impl IntoView {
    let subject = Subject::new(asked);
    Effect::new(move |_| {
        asked.track();
        subject.open();
    });
    let message = Memo::new(move |before: Option<&Option<MessageDetail>>| {
        subject.known.with(|it| match it {
            Known::Here(message) => Some((**message).clone()),
            Known::Reading | Known::Failed(_) => before.cloned().flatten(),
            Known::Nowhere => None,
        })
    });
    let id = Memo::new(move |_| message.with(|it| it.as_ref().map(|it| it.id.clone())));
    Effect::new(move |_| {
        if id.with(Option::is_some) {
            here.run(());
        }
    });
    let failure = Memo::new(move |_| {
        subject.known.with(|it| match it {
            Known::Failed(error) => Some(error.clone()),
            Known::Reading | Known::Here(_) | Known::Nowhere => None,
        })
    });
    let is_nowhere = move || subject.known.with(|it| *it == Known::Nowhere);
    let title = move |it: MessageDetail| {
        let way = match it.direction {
            Direction::Inbound => say!("From"),
            Direction::Outbound => say!("To"),
        };
        view! {
            <h2 class="peek__title">
                {way}
                " "
                <bdi>{it.contact.title().to_owned()}</bdi>
                <span data-testid="peek-status" data-status=it.status.name()>
                    <StatusBadge status=it.status />
                </span>
            </h2>
        }
    };
    view! {
        <div class="peek__body" data-id=move || id.get().map(cynic::Id::into_inner)>
            {move || failure.get().map(|error| view! { <Failed error=error subject=subject /> })}
            <Show when=is_nowhere>
                <p>{say!("This server knows no message of that id.")}</p>
            </Show>
            {move || message.get().map(title)}
            <Why message=message />
            <Unconfirmed message=message />
            {move || message.get().map(|it| view! { <Bubble message=it /> })}
            {move || message.get().map(|it| view! { <Timeline message=it /> })}
        </div>
    }
}
