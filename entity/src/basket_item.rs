//! What a person has chosen and not ordered yet.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One product in a basket.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "basket_item")]
pub struct Model {
    /// Whose basket.
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: Uuid,
    /// What.
    #[sea_orm(primary_key, auto_increment = false)]
    pub product_id: Uuid,
    /// Pieces; at least one.
    pub quantity: i32,
    /// When it came in: the basket's order.
    pub added_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
