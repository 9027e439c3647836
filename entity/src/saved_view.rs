//! A way of looking at the log that somebody keeps under a name.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One view. Nobody has two of one name.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_view")]
pub struct Model {
    /// `view_…`
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is: `usr_…` or `tok_…`.
    pub owner: String,
    /// What they call it.
    pub name: String,
    /// The parameters of the dashboard's address, e.g. `status=failed&from=-24h`.
    pub query: String,
    /// Whether everybody sees it.
    pub is_shared: bool,
    /// When it was first saved.
    pub created_at: DateTime<Utc>,
    /// When it was last saved.
    pub updated_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
