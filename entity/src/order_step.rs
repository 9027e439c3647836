//! A step of an order, taken once, and the message that told the customer.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::order::OrderStatus;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_step")]
pub struct Model {
    /// Grows.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// Of which order.
    pub order_id: Uuid,
    /// The status it came to; once an order.
    pub status: OrderStatus,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it, by name; `None`: the customer.
    pub actor_name: Option<String>,
    /// The message that told the customer, where one did.
    pub message_id: Option<Uuid>,
    /// The refusal's code, where none could.
    pub not_told_because: Option<String>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
