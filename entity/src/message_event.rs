//! The append-only timeline of all messages; its `seq` is the cursor of live subscriptions.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::types::MessageStatus;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum EventKind {
    /// An inbound message was stored.
    Received,
    /// An outbound message was stored.
    Created,
    /// Its scheduled time came.
    Due,
    /// A request to the provider is about to leave.
    Attempted,
    /// The provider took the message.
    Accepted,
    /// A passing failure; the next try has a time.
    RetryPlanned,
    /// It will not be sent as it stands.
    Failed,
    /// The request left and no clear answer came.
    Unconfirmed,
    /// The provider's own list or record settled what a callback or answer had left open.
    Reconciled,
    /// The provider reported a status.
    Callback,
    /// A person or program asked to send it again.
    RetryRequested,
    /// A person or program took it back before it left.
    Canceled,
    /// An inbound message whose webhook never came was found in the provider's list and stored.
    Recovered,
    /// The bot failed on a customer's message, who got an apology; the message waits for a person.
    BotFailed,
}

/// One event. Committed in the order of `seq`, so a reader that has seen `seq` has seen all before it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_event")]
pub struct Model {
    /// Position in the log.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// Whose life it belongs to.
    pub message_id: Uuid,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: EventKind,
    /// The status this event reported or caused.
    pub status: MessageStatus,
    /// Whether the message's status moved; late and repeated callbacks change nothing.
    pub changed: bool,
    /// A sentence for the operator, without personal data.
    pub detail: Option<String>,
    /// The provider's error code, where one came with it.
    pub error_code: Option<i32>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
