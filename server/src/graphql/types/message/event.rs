//! One event of the log.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use entity::message_event;

use super::Message;
use super::enums::{EventKindEnum, StatusEnum};
use crate::graphql::guard::{bad_argument, shown_text};
use crate::graphql::tail::Live;

/// Something that happened to a message.
pub(in crate::graphql) struct MessageEvent {
    event: message_event::Model,
    message: Message,
}

impl MessageEvent {
    pub(in crate::graphql) fn live(live: Live) -> Self {
        Self {
            event: live.event,
            message: Message {
                row: live.message,
                contact: live.contact,
            },
        }
    }

    pub(super) fn past(event: message_event::Model, message: Message) -> Self {
        Self { event, message }
    }

    /// The published form of a place in the log.
    pub(super) fn cursor_of(seq: i64) -> String {
        format!("e{seq}")
    }

    /// Reads it back.
    pub(in crate::graphql) fn parse_cursor(cursor: &str) -> async_graphql::Result<i64> {
        let seq = cursor
            .strip_prefix('e')
            .and_then(|it| it.parse().ok())
            .filter(|it| *it >= 0);
        seq.ok_or_else(|| bad_argument("after: not a cursor of messageEvents or of eventCursor"))
    }
}

/// Something that happened to a message.
#[Object(serial)]
impl MessageEvent {
    /// Its place in the log: messageEvents(after:) goes on from here.
    async fn cursor(&self) -> String {
        Self::cursor_of(self.event.seq)
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.event.at
    }

    /// What happened.
    async fn kind(&self) -> EventKindEnum {
        self.event.kind.into()
    }

    /// The status it reported or caused.
    async fn status(&self) -> StatusEnum {
        self.event.status.into()
    }

    /// Whether the message's status moved; late and repeated callbacks change nothing.
    async fn changed(&self) -> bool {
        self.event.changed
    }

    /// A sentence about it; null when there is nothing to add.
    async fn detail(&self, ctx: &Context<'_>) -> Option<String> {
        shown_text(ctx, self.event.detail.as_deref())
    }

    /// Twilio's error code that came with it; null without one.
    async fn error_code(&self) -> Option<i32> {
        self.event.error_code
    }

    /// The message as it is now.
    async fn message(&self) -> Message {
        self.message.clone()
    }
}
