//! A person we talk to. Their addresses are [`super::contact_identity`] rows: a sender may have no phone number.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

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
    /// When they last wrote to us: opens the 24-hour window.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// When we first heard of them.
    pub created_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
