//! The message as the customer sees it, and its facts, each ready to copy.

use leptos::prelude::*;

use super::content::{Above, Below};
use crate::{
    api::messages::{Customer, MessageDetail},
    components::{
        badge::icon_of,
        body::Body,
        copy::Copyable,
        icon::Glyph,
        when::{Moment, Style},
    },
    core::{
        filter::Filter,
        say::say,
        words::{Direction, Timestamp, bare_address},
    },
    route::Route,
};

/// The bubble on the customer's phone.
#[component]
pub(super) fn Bubble(message: MessageDetail) -> impl IntoView {
    let side = match message.direction {
        Direction::Inbound => "mine",
        Direction::Outbound => "theirs",
    };
    let tick = (message.direction == Direction::Outbound).then(|| {
        view! {
            <span class=format!("bubble__tick bubble__tick--{}", message.status.tone().as_str())>
                <Glyph icon=icon_of(message.status) />
                {message.status.label()}
            </span>
        }
    });
    view! {
        <section class="panel" aria-labelledby="bubble-title">
            <h2 id="bubble-title" class="panel__title">
                {if message.status.has_reached_nobody() { say!("As written") } else { say!("As the customer sees it") }}
            </h2>
            <div class="wall">
                <div class=format!("bubble bubble--{side}")>
                    <Above message=message.clone() />
                    {message.body.clone().map(|it| view! { <Body text=it /> })}
                    <Below message=message.clone() />
                    <span class="bubble__foot">
                        <Moment at=message.created_at.0.clone() style=Style::Short />
                        {tick}
                    </span>
                </div>
            </div>
        </section>
    }
}

/// Names, numbers, ids, times. Ids are drawn once, so that a copy button keeps the focus.
#[component]
pub(super) fn Facts(message: Memo<Option<MessageDetail>>) -> impl IntoView {
    let contact = Memo::new(move |_| message.with(|it| it.as_ref().map(|it| it.contact.clone())));
    let ids = Memo::new(move |_| message.with(|it| it.as_ref().map(ids_of).unwrap_or_default()));
    view! {
        <section class="panel" aria-labelledby="facts-title">
            <h2 id="facts-title" class="panel__title">
                {say!("Facts")}
            </h2>
            <dl class="facts">
                {move || contact.get().map(|it| view! { <ContactFact contact=it /> })}
                <For each=move || ids.get() key=Clone::clone children=|it| view! { <IdFact id=it /> } />
                {move || message.get().map(|it| view! { <TimeFacts message=it /> })}
            </dl>
        </section>
    }
}

/// Label, name of the copy button, value.
type IdRow = (&'static str, &'static str, String);

fn ids_of(message: &MessageDetail) -> Vec<IdRow> {
    let row = |label, what, value: Option<&str>| value.map(|it| (label, what, it.to_owned()));
    [
        row(
            say!("Message id"),
            say!("message id"),
            Some(message.id.inner()),
        ),
        row(
            say!("Twilio SID"),
            say!("Twilio SID"),
            message.twilio_sid.as_deref(),
        ),
        row(
            say!("Template"),
            say!("template SID"),
            message.content_sid.as_deref(),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[component]
fn IdFact(id: IdRow) -> impl IntoView {
    let (label, what, value) = id;
    view! {
        <dt>{label}</dt>
        <dd>
            <Copyable value=value what=what />
        </dd>
    }
}

#[component]
fn ContactFact(contact: Customer) -> impl IntoView {
    let address = contact.address;
    let of_contact = Filter {
        address: Some(contact.id.into_inner()),
        ..Filter::default()
    };
    view! {
        <dt>{say!("Contact")}</dt>
        <dd>
            <span dir="auto">{contact.name}</span>
            <Copyable value=bare_address(&address).to_owned() what=say!("number") />
            <a href=Route::Messages(of_contact).href()>{say!("All messages")}</a>
        </dd>
    }
}

#[component]
fn TimeFacts(message: MessageDetail) -> impl IntoView {
    let time = |label: &'static str, at: Option<Timestamp>| {
        at.map(|at| {
            view! {
                <dt>{label}</dt>
                <dd>
                    <Moment at=at.0 style=Style::Full />
                </dd>
            }
        })
    };
    view! {
        <dt>{say!("Lane")}</dt>
        <dd>{message.lane.label()}</dd>
        <dt>{say!("Attempts")}</dt>
        <dd>{message.attempt_count}</dd>
        {time(say!("Created"), Some(message.created_at))}
        {time(say!("Updated"), Some(message.updated_at))}
        {time(say!("Due"), message.due_at)}
        {time(say!("Not after"), message.not_after)}
    }
}
