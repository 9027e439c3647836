//! Lists and buttons that the provider knows already: each is registered once.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One content resource.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "content_resource")]
pub struct Model {
    /// SHA-256 of what was registered, in hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// `HX…`
    pub content_sid: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
