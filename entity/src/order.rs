//! What a customer ordered. Totals are frozen when it is placed.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(12))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum OrderStatus {
    /// Placed; the shop has not looked at it.
    Pending,
    /// The shop takes it.
    Confirmed,
    /// Ready to leave.
    Packed,
    /// On its way.
    Shipped,
    /// With the customer.
    Delivered,
    /// Called off; its pieces are in stock again.
    Canceled,
}

/// One order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order")]
pub struct Model {
    /// `UUIDv7`; public as `ord_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What people call it, e.g. 1042; unique.
    pub number: i64,
    /// Who ordered.
    pub contact_id: Uuid,
    /// The talk in which they did: told of the steps there.
    pub conversation_id: Uuid,
    /// How far it is.
    pub status: OrderStatus,
    /// ISO 4217, of every item.
    pub currency: String,
    /// Minor units: the sum of quantity by price of its items.
    pub total_minor: i64,
    /// How many items (not pieces).
    pub item_count: i32,
    /// Why it was called off, where somebody said.
    pub cancel_reason: Option<String>,
    /// The customer's message that confirmed it: it makes one order however often it comes in.
    #[sea_orm(unique)]
    pub placed_by: Option<Uuid>,
    /// Grows with every change.
    pub version: i32,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
