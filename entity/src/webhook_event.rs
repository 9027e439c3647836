//! What the provider posted to us, kept raw and durable before it was answered.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// What it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(8))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum WebhookKind {
    /// A message from a person.
    Inbound,
    /// A status of one of our messages.
    Status,
}

/// How far its processing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(12))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum WebhookState {
    /// Kept, not processed yet (or failed and to be tried again at `next_try_at`).
    Pending,
    /// Done.
    Processed,
    /// Failed too often; kept for a person to look at and replay.
    Dead,
}

/// How we know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(12))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum WebhookSource {
    /// The provider posted it.
    Webhook,
    /// It was found in the provider's list: its webhook never came, or could not be kept.
    Recovered,
}

/// One request of the provider; unique by `dedupe_key` and by `idempotency_token`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_event")]
pub struct Model {
    /// `UUIDv7`; public as `whe_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it carries.
    pub kind: WebhookKind,
    /// How we know of it.
    pub source: WebhookSource,
    /// Message SID, and for a status its name and error code.
    pub dedupe_key: String,
    /// The provider's `I-Twilio-Idempotency-Token`, where sent.
    pub idempotency_token: Option<String>,
    /// Query part of the URL, raw.
    pub query: String,
    /// Form body, raw.
    pub body: String,
    /// How far its processing is.
    pub state: WebhookState,
    /// Times processing failed.
    pub failures: i32,
    /// What failed last.
    pub error: Option<String>,
    /// When it is tried next.
    pub next_try_at: DateTime<Utc>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When it was done.
    pub processed_at: Option<DateTime<Utc>>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
