//! Regular work that only one of all processes does at a time.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One chore.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chore")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Nobody begins it before.
    pub next_at: DateTime<Utc>,
    /// Up to where its work is complete, for a chore that goes through time.
    pub done_until: Option<DateTime<Utc>>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
