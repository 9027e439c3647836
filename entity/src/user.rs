//! A person who may sign in.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// What a user may do; each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(12))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Sends and retries.
    Operator,
    /// Manages users, tokens and settings.
    Admin,
}

/// One user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    /// `UUIDv7`; public as `usr_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Name shown in the dashboard; unique.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Argon2id, in PHC form; `None`: signs in by one-time links only.
    pub password_hash: Option<String>,
    /// Since when they may not sign in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
