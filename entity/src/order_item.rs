//! One line of an order, as it was when it was placed.

use sea_orm::entity::prelude::*;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_item")]
pub struct Model {
    /// `UUIDv7`; public as `itm_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which order.
    pub order_id: Uuid,
    /// Its place in it, from 1.
    pub position: i32,
    /// What; the product may have changed since.
    pub product_id: Uuid,
    /// Its SKU then.
    pub sku: String,
    /// Its name then, in the customer's language.
    pub name: String,
    /// Pieces; at least one.
    pub quantity: i32,
    /// Minor units of the order's currency, for one piece.
    pub unit_price_minor: i64,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
