//! Which approved template tells of a step where free text may not be sent.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::order::OrderStatus;

/// One template.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_template")]
pub struct Model {
    /// The step.
    #[sea_orm(primary_key, auto_increment = false)]
    pub status: OrderStatus,
    /// BCP 47.
    #[sea_orm(primary_key, auto_increment = false)]
    pub language: String,
    /// `HX…`
    pub content_sid: String,
    /// When it was chosen.
    pub updated_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
