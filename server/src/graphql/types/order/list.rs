//! Lists of orders: filter, page, count.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::order;
use entity::types::Kind;

use super::{Order, OrderStatusEnum};
use crate::graphql::guard::{app, bad_argument, fault, may_search};
use crate::graphql::page::{Page, PageInfo, few_of};
use crate::graphql::types::contact::words;
use crate::graphql::types::message::{BoundedCount, COUNT_LIMIT};
use crate::store::orders::{self, Filter};

/// Which orders. Everything given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(in crate::graphql) struct OrderFilter {
    /// Any of these; at most 100.
    statuses: Option<Vec<OrderStatusEnum>>,
    /// Of this contact, con_…
    contact_id: Option<ID>,
    /// The one that people call so, e.g. 1042.
    number: Option<i64>,
    /// Placed at this time or later.
    created_from: Option<DateTime<Utc>>,
    /// Placed before this time.
    created_to: Option<DateTime<Utc>>,
    /// Its number, or a part of the contact's name or address, or of an item's SKU or name then, whatever the case; at most 200
    /// bytes. Digits need the role OPERATOR.
    search: Option<String>,
}

impl OrderFilter {
    pub(in crate::graphql) fn checked(self, ctx: &Context<'_>) -> async_graphql::Result<Filter> {
        may_search(ctx, self.search.as_deref())?;
        let contact = self.contact_id.map(|it| Kind::Contact.parse(&it));
        let contact = contact.transpose();
        Ok(Filter {
            statuses: few_of("statuses", self.statuses)?
                .into_iter()
                .map(Into::into)
                .collect(),
            contact_id: contact
                .map_err(|error| bad_argument(format!("filter.contactId: {error}")))?,
            number: self.number,
            created_from: self.created_from,
            created_to: self.created_to,
            search: words("filter.search", self.search)?,
        })
    }
}

/// A page of orders, newest first.
pub(in crate::graphql) struct OrderConnection {
    pub(in crate::graphql) page: Page<order::Model>,
    pub(in crate::graphql) filter: Filter,
}

/// An order in a list.
#[derive(SimpleObject)]
struct OrderEdge {
    /// Its place in the list.
    cursor: String,
    /// The order.
    node: Order,
}

/// A page of orders, newest first.
#[Object]
impl OrderConnection {
    /// The page's orders with their cursors.
    async fn edges(&self) -> Vec<OrderEdge> {
        let edge = |it: &order::Model| OrderEdge {
            cursor: Kind::Order.encode(it.id),
            node: Order(it.clone()),
        };
        self.page.rows.iter().map(edge).collect()
    }

    /// The page's orders.
    async fn nodes(&self) -> Vec<Order> {
        self.page.rows.iter().cloned().map(Order).collect()
    }

    /// Where the page lies in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.page.info
    }

    /// How many orders the filter has, counted only when asked for and up to 10,000.
    async fn total_count(&self, ctx: &Context<'_>) -> async_graphql::Result<BoundedCount> {
        let counted = orders::count(app(ctx).db.read(), &self.filter, COUNT_LIMIT + 1);
        Ok(BoundedCount::of(counted.await.map_err(fault)?))
    }
}
