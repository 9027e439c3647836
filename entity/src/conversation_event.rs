//! The log of conversations: who has them and what people did with them; its `seq` is a cursor. Messages have their own log.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(24))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum ConversationEventKind {
    /// A person took it: the bot is silent.
    Claimed,
    /// That person gave it back to the others; the bot stays silent.
    Released,
    /// The bot answers again.
    HandedBack,
    /// Nothing more is to be done until they write again.
    Resolved,
    /// The customer asked for a person: the bot is silent.
    PersonAsked,
    /// They wrote again.
    Reopened,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_event")]
pub struct Model {
    /// Position in the log.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// Which conversation.
    pub conversation_id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: ConversationEventKind,
    /// Who, by their name then; `None`: the server itself, or the customer.
    pub actor_name: Option<String>,
    /// A sentence, without personal data.
    pub detail: Option<String>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
