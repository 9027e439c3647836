//! The same for products and orders.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{message, order, order_item, order_step, product};
use sea_orm::DbErr;
use uuid::Uuid;

use super::{Loaded, Loader, grouped};
use crate::store;

/// A product by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct ProductKey(pub(in crate::graphql) Uuid);

/// An order by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct OrderKey(pub(in crate::graphql) Uuid);

/// A line of an order by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct ItemKey(pub(in crate::graphql) Uuid);

/// The newest orders of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct OrdersOf {
    pub(in crate::graphql) contact: Uuid,
    /// So many at most.
    pub(in crate::graphql) first: u64,
}

/// The lines of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct ItemsOf(pub(in crate::graphql) Uuid);

/// The steps of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct StepsOf(pub(in crate::graphql) Uuid);

/// The messages that told of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct MessagesOfOrder(pub(in crate::graphql) Uuid);

impl async_graphql::dataloader::Loader<ProductKey> for Loader {
    type Value = product::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[ProductKey]) -> Loaded<ProductKey, Self::Value> {
        let found = store::products::by_ids(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        let by_id = found.into_iter().map(|it| (ProductKey(it.id), it));
        Ok(by_id.collect())
    }
}

impl async_graphql::dataloader::Loader<OrderKey> for Loader {
    type Value = order::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[OrderKey]) -> Loaded<OrderKey, Self::Value> {
        let found = store::orders::by_ids(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(found.into_iter().map(|it| (OrderKey(it.id), it)).collect())
    }
}

impl async_graphql::dataloader::Loader<ItemKey> for Loader {
    type Value = order_item::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[ItemKey]) -> Loaded<ItemKey, Self::Value> {
        let ids = keys.iter().map(|it| it.0);
        let found = store::orders::items_by_ids(self.0.db.read(), ids).await?;
        Ok(found.into_iter().map(|it| (ItemKey(it.id), it)).collect())
    }
}

impl async_graphql::dataloader::Loader<OrdersOf> for Loader {
    type Value = Vec<order::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[OrdersOf]) -> Loaded<OrdersOf, Self::Value> {
        let contacts: Vec<Uuid> = keys.iter().map(|it| it.contact).collect();
        let most = keys.iter().map(|it| it.first).max().unwrap_or_default();
        let found = store::orders::newest_of(self.0.db.read(), &contacts, most).await?;
        let by_contact: HashMap<Uuid, Vec<order::Model>> = grouped(found, |it| it.contact_id);
        // The same contact may be asked for with two numbers.
        let of = |key: &OrdersOf| {
            let all = by_contact.get(&key.contact)?.iter();
            let first = usize::try_from(key.first).unwrap_or(usize::MAX);
            Some((*key, all.take(first).cloned().collect()))
        };
        Ok(keys.iter().filter_map(of).collect())
    }
}

impl async_graphql::dataloader::Loader<ItemsOf> for Loader {
    type Value = Vec<order_item::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[ItemsOf]) -> Loaded<ItemsOf, Self::Value> {
        let found = store::orders::items_of(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(grouped(found, |it| ItemsOf(it.order_id)))
    }
}

impl async_graphql::dataloader::Loader<StepsOf> for Loader {
    type Value = Vec<order_step::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[StepsOf]) -> Loaded<StepsOf, Self::Value> {
        let found = store::orders::steps_of(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(grouped(found, |it| StepsOf(it.order_id)))
    }
}

impl async_graphql::dataloader::Loader<MessagesOfOrder> for Loader {
    type Value = Vec<message::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[MessagesOfOrder]) -> Loaded<MessagesOfOrder, Self::Value> {
        let orders: Vec<Uuid> = keys.iter().map(|it| it.0).collect();
        let found = store::orders::messages_of(self.0.db.read(), &orders).await?;
        let groups = grouped(found, |it| MessagesOfOrder(it.0)).into_iter();
        Ok(groups
            .map(|(key, pairs)| (key, pairs.into_iter().map(|it| it.1).collect()))
            .collect())
    }
}
