//! Work on many messages that goes on in the background: it can be watched, canceled, and survives a restart.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// What is done to each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum BulkKind {
    /// It is sent again.
    Retry,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(12))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum BulkState {
    /// Some process works on it, or will.
    Running,
    /// Every message was looked at.
    Done,
    /// Somebody ended it; what was done stays done.
    Canceled,
    /// It could not go on; `error` says why.
    Failed,
}

/// One job.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_job")]
pub struct Model {
    /// `UUIDv7`; public as `job_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What is done to each message.
    pub kind: BulkKind,
    /// How far it is.
    pub state: BulkState,
    /// Which messages, as JSON.
    pub filter: Json,
    /// Messages that could be worked on when it began.
    pub total: i64,
    /// Messages that were.
    pub done: i64,
    /// Messages that had moved on by the time their turn came.
    pub skipped: i64,
    /// The newest message there was when it began; later ones are not its.
    pub upper: Option<Uuid>,
    /// The last message it looked at.
    pub cursor: Option<Uuid>,
    /// `usr_…` or `tok_…`
    pub created_by: String,
    /// Why it failed.
    pub error: Option<String>,
    /// The node that works on it.
    pub leased_by: Option<String>,
    /// Until when that node has it.
    pub lease_until: Option<DateTime<Utc>>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it last went on.
    pub updated_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
