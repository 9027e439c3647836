//! A person we talk to. Their addresses are [`super::contact_identity`] rows: a sender may have no phone number.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// Why we may not write to someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(12))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum OptOutCause {
    /// They wrote a word like STOP.
    Word,
    /// The provider said so: they opted out there, or blocked us.
    Provider,
    /// An operator noted it; operators may end it too.
    Operator,
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// `UUIDv7`; public as `con_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The name they gave themselves on the channel, where known.
    pub name: Option<String>,
    /// The address last used, for display and for sending; also an identity row.
    pub address: String,
    /// BCP 47 language of the texts they get, e.g. `en`.
    pub language: String,
    /// When they last wrote to any of our senders.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// Since when they want no messages; `None`: they may be written to.
    pub opted_out_at: Option<DateTime<Utc>>,
    /// How we know of it.
    pub opt_out_cause: Option<OptOutCause>,
    /// What operators wrote about them.
    pub note: Option<String>,
    /// JSON array of short texts, in their order.
    pub tags: String,
    /// Since when we take nothing from them and send them nothing; `None`: not blocked.
    pub blocked_at: Option<DateTime<Utc>>,
    /// When we first heard of them.
    pub created_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
