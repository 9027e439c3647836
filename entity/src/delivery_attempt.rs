//! One request to the provider, written before it leaves.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(12))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum Outcome {
    /// Not ended yet.
    Pending,
    /// The provider took the message.
    Accepted,
    /// Certainly not taken, and never will be as it stands.
    Refused,
    /// Certainly not taken; later may work.
    Busy,
    /// Perhaps taken.
    Unclear,
}

/// One attempt; unique by message and number.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_attempt")]
pub struct Model {
    /// `UUIDv7`; public as `att_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What was to be sent.
    pub message_id: Uuid,
    /// 1, 2, 3 … within the message.
    pub number: i32,
    /// The node that made the request.
    pub node: String,
    /// When the lease was taken, just before the request left.
    pub started_at: DateTime<Utc>,
    /// When the answer was in, or given up.
    pub ended_at: Option<DateTime<Utc>>,
    /// Milliseconds from request to answer; `None` until the answer is stored, and for ever when it was lost.
    pub duration_ms: Option<i32>,
    /// How it ended.
    pub outcome: Outcome,
    /// HTTP status of the answer.
    pub http_status: Option<i32>,
    /// The provider's error code.
    pub error_code: Option<i32>,
    /// What went wrong, in words without personal data.
    pub error_message: Option<String>,
    /// The provider's id of the message this attempt made, `SM…`.
    pub twilio_sid: Option<String>,
    /// The provider's own id of the request, `RQ…`.
    pub twilio_request_id: Option<String>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
