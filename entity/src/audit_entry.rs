//! What people and programs changed. Append-only.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    /// `UUIDv7`, so entries are in order; public as `aud_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: `usr_…`, `tok_…`, `cli` or `system`.
    pub actor: String,
    /// Their name then.
    pub actor_name: String,
    /// What, as the API names it, e.g. `retryMessage`.
    pub action: String,
    /// The public id of what was changed, where it was one thing.
    pub target: Option<String>,
    /// What of it was before.
    pub before: Option<Json>,
    /// What of it is now.
    pub after: Option<Json>,
    /// The caller's address.
    pub client: Option<String>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
