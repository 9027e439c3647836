//! A contact and one of our senders. Holds the bot's place in the talk, so that it survives a restart.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(12))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum ConversationState {
    /// The bot.
    Bot,
    /// A person; the bot is silent.
    Person,
    /// Nobody has to, until they write again: then the bot does.
    Resolved,
}

/// One conversation; unique by contact and sender.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    /// `UUIDv7`; public as `cvs_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who we talk to.
    pub contact_id: Uuid,
    /// Our address in this talk.
    pub sender: String,
    /// The bot's step, as `domain::bot` writes it.
    pub bot_state: String,
    /// When they last wrote to this sender of ours: opens the 24-hour window.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// Who answers.
    pub state: ConversationState,
    /// The user who took it; `None`: nobody did.
    pub assignee_id: Option<Uuid>,
    /// Until when the bot is silent, if nobody hands it back before; also while a customer waits for a person.
    pub bot_silent_until: Option<DateTime<Utc>>,
    /// When the last message of either side was stored.
    pub last_message_at: DateTime<Utc>,
    /// When it began.
    pub created_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
