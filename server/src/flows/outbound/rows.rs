//! The rows of a new outbound message: itself, its first attempt, its first events.

use chrono::TimeDelta;
use entity::message::{self, ContentKind, Direction};
use entity::message_event::EventKind;
use entity::types::{Lane, MessageStatus};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::error::Result;
use crate::store::{self, message_events::NewEvent};

/// How long a lease holds: the wait for a turn and the longest request. What has no turn by then is not sent.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(30);

/// Who writes to whom.
#[derive(Clone, Debug)]
pub struct Parties {
    /// The conversation.
    pub conversation_id: Uuid,
    /// The recipient.
    pub contact_id: Uuid,
    /// Our address.
    pub from: String,
    /// Theirs.
    pub to: String,
}

/// An outbound message without content, due now.
pub fn blank(app: &App, parties: Parties) -> message::Model {
    let now = app.now();
    message::Model {
        id: app.new_id(),
        conversation_id: parties.conversation_id,
        contact_id: parties.contact_id,
        direction: Direction::Outbound,
        status: MessageStatus::Queued,
        lane: Lane::Normal,
        from_address: parties.from,
        to_address: parties.to,
        body: None,
        content_kind: ContentKind::Text,
        content: None,
        media_urls: json!([]),
        content_sid: None,
        content_variables: None,
        twilio_sid: None,
        error_code: None,
        attempt_count: 0,
        max_attempts: app.config.send_max_attempts,
        due_at: Some(now),
        lease_until: None,
        leased_by: None,
        not_after: None,
        idempotency_key: None,
        content_hash: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Makes a new message's first attempt this process's own, unless the provider is known to be down.
pub(super) fn begin_attempt(app: &App, row: message::Model) -> message::Model {
    if app.breaker.admit(1, app.now()) == 0 {
        return row;
    }
    message::Model {
        status: MessageStatus::Sending,
        attempt_count: 1,
        lease_until: Some(app.now() + LEASE),
        leased_by: Some(app.node.clone()),
        ..row
    }
}

/// Stores a new message with its first attempt, if that has begun; the events are for the caller to append. `None`: its
/// idempotency key is known.
///
/// # Errors
/// A fault of the database.
pub async fn store_new(
    app: &App,
    tx: &impl ConnectionTrait,
    row: message::Model,
) -> Result<(Option<message::Model>, Vec<NewEvent>)> {
    let Some(message) = store::messages::insert(tx, row).await? else {
        return Ok((None, Vec::new()));
    };
    let mut events = vec![created(&message)];
    if message.status == MessageStatus::Sending {
        events.extend(attempted(app, tx, std::slice::from_ref(&message)).await?);
    }
    Ok((Some(message), events))
}

/// The first event of a new message.
pub(super) fn created(message: &message::Model) -> NewEvent {
    let initial = if message.status == MessageStatus::Scheduled {
        message.status
    } else {
        MessageStatus::Queued
    };
    NewEvent::moved(message.id, EventKind::Created, initial)
}

/// Stores the attempts of messages just claimed, before their requests leave; the events are for the caller to append.
///
/// # Errors
/// A fault of the database.
pub async fn attempted(
    app: &App,
    tx: &impl ConnectionTrait,
    messages: &[message::Model],
) -> Result<Vec<NewEvent>> {
    let now = app.now();
    let attempts = messages
        .iter()
        .map(|it| store::attempts::pending(app.new_id(), it.id, it.attempt_count, &app.node, now));
    store::attempts::insert(tx, attempts.collect()).await?;
    let told = |it: &message::Model| {
        NewEvent::moved(it.id, EventKind::Attempted, MessageStatus::Sending)
            .because(format!("attempt {}", it.attempt_count))
    };
    Ok(messages.iter().map(told).collect())
}
