//! A signed-in browser. Only the hash of its cookie is stored.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// `UUIDv7`; public as `ses_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose session it is.
    pub user_id: Uuid,
    /// SHA-256 of the cookie's value, hex; unique.
    pub secret_hash: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// The browser, as it names itself.
    pub user_agent: Option<String>,
    /// The address it began from.
    pub client: Option<String>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
