//! How often something happened to messages in one minute: what charts read instead of the log.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::message_event::EventKind;
use crate::types::MessageStatus;

/// One count. Only events that moved a message are counted, so a repeated callback counts once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stats_minute")]
pub struct Model {
    /// The minute's begin.
    #[sea_orm(primary_key, auto_increment = false)]
    pub minute: DateTime<Utc>,
    /// What happened.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: EventKind,
    /// The status it led to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub status: MessageStatus,
    /// The provider's error code; 0 without one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub error_code: i32,
    /// How often.
    pub count: i64,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
