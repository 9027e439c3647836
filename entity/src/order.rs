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

impl OrderStatus {
    /// The way of an order to its customer, step by step.
    pub const WAY: [Self; 5] = [
        Self::Pending,
        Self::Confirmed,
        Self::Packed,
        Self::Shipped,
        Self::Delivered,
    ];

    /// The step after this one; `None`: there is none.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Pending => Some(Self::Confirmed),
            Self::Confirmed => Some(Self::Packed),
            Self::Packed => Some(Self::Shipped),
            Self::Shipped => Some(Self::Delivered),
            Self::Delivered | Self::Canceled => None,
        }
    }

    /// Whether an order may still be called off: it is in the house.
    pub fn is_cancelable(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::Packed)
    }

    /// Whether `next` is a legal move: no step is left out, and none is taken back.
    #[must_use]
    pub fn can_become(self, next: Self) -> bool {
        match next {
            Self::Canceled => self.is_cancelable(),
            next => self.next() == Some(next),
        }
    }

    /// The stored and published name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Confirmed => "CONFIRMED",
            Self::Packed => "PACKED",
            Self::Shipped => "SHIPPED",
            Self::Delivered => "DELIVERED",
            Self::Canceled => "CANCELED",
        }
    }
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

#[cfg(test)]
mod tests {
    use sea_orm::{ActiveEnum as _, Iterable as _};

    use super::OrderStatus as S;

    #[test]
    fn an_order_goes_step_by_step_and_is_called_off_only_while_it_is_in_the_house() {
        let legal = [
            (S::Pending, S::Confirmed),
            (S::Pending, S::Canceled),
            (S::Confirmed, S::Packed),
            (S::Confirmed, S::Canceled),
            (S::Packed, S::Shipped),
            (S::Packed, S::Canceled),
            (S::Shipped, S::Delivered),
        ];
        for from in S::iter() {
            for to in S::iter() {
                let expected = legal.contains(&(from, to));
                assert_eq!(from.can_become(to), expected, "{from:?} → {to:?}");
            }
        }
    }

    #[test]
    fn the_next_step_is_a_legal_one_and_the_way_ends_with_the_customer() {
        for pair in S::WAY.windows(2) {
            assert_eq!(pair[0].next(), Some(pair[1]));
            assert!(pair[0].can_become(pair[1]));
        }
        assert_eq!((S::Delivered.next(), S::Canceled.next()), (None, None));
    }

    #[test]
    fn the_published_name_is_the_stored_one() {
        for status in S::iter() {
            assert_eq!(status.to_value(), status.as_str());
        }
    }
}
