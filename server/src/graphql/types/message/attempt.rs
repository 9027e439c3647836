//! One request to Twilio.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::delivery_attempt;
use entity::types::Kind;

use super::enums::OutcomeEnum;
use crate::graphql::guard::shown_text;

/// One request to Twilio.
pub(super) struct DeliveryAttempt(pub(super) delivery_attempt::Model);

/// One request to Twilio.
#[Object]
impl DeliveryAttempt {
    /// att_…
    async fn id(&self) -> ID {
        Kind::DeliveryAttempt.encode(self.0.id).into()
    }

    /// 1, 2, 3 … within the message.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When its answer was stored; null while it runs, or when its end was lost in a crash.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// Milliseconds from request to answer; null like endedAt.
    async fn duration_ms(&self) -> Option<i32> {
        self.0.duration_ms
    }

    /// How it ended.
    async fn outcome(&self) -> OutcomeEnum {
        self.0.outcome.into()
    }

    /// HTTP status of the answer; null without an answer.
    async fn http_status(&self) -> Option<i32> {
        self.0.http_status
    }

    /// Twilio's error code; null without one.
    async fn error_code(&self) -> Option<i32> {
        self.0.error_code
    }

    /// What went wrong; null when nothing did.
    async fn error_message(&self, ctx: &Context<'_>) -> Option<String> {
        shown_text(ctx, self.0.error_message.as_deref())
    }

    /// Twilio's id of the message that this request made; null when it made none.
    async fn twilio_sid(&self) -> Option<&str> {
        self.0.twilio_sid.as_deref()
    }

    /// Twilio's id of the request, RQ…; null without an answer.
    async fn twilio_request_id(&self) -> Option<&str> {
        self.0.twilio_request_id.as_deref()
    }

    /// The process that made it.
    async fn node(&self) -> &str {
        &self.0.node
    }
}
