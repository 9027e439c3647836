//! A lane that nobody may claim from, for a while.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::types::Lane;

/// One pause; a lane has at most one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lane_pause")]
pub struct Model {
    /// The lane.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lane: Lane,
    /// Why, in the words of whoever paused it.
    pub reason: String,
    /// `usr_…` or `tok_…`
    pub paused_by: String,
    /// Their name then; `None` for pauses from before it was kept.
    pub paused_by_name: Option<String>,
    /// Since when.
    pub paused_at: DateTime<Utc>,
    /// When it ends by itself; `None`: when somebody resumes the lane.
    pub until: Option<DateTime<Utc>>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
