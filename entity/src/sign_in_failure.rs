//! Failed sign-ins, counted by account and by address, so that passwords can't be tried one after the other.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One account or address.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    /// `user:` and a name, or `client:` and an address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Failures in a row.
    pub count: i32,
    /// When last.
    pub last_at: DateTime<Utc>,
    /// Until when nothing is tried any more.
    pub locked_until: Option<DateTime<Utc>>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
