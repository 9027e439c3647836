//! Reading the catalogue and the orders.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object};
use entity::types::Kind;
use entity::user::Role;
use uuid::Uuid;

use crate::graphql::guard::{app, fault, id_of, viewer};
use crate::graphql::loaders::{ItemKey, Loader, OrderKey, ProductKey};
use crate::graphql::page::{Asked, Direction};
use crate::graphql::types::order::{Order, OrderConnection, OrderFilter, OrderItem, OrderTemplate};
use crate::graphql::types::product::{self, Product, ProductConnection, ProductFilter};
use crate::store;
use crate::store::products::Side;

/// The shop: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Shop;

/// The shop.
#[Object(name = "ShopQuery")]
impl Shop {
    /// One product; null when there is none.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "prd_…")] id: ID,
    ) -> async_graphql::Result<Option<Product>> {
        viewer(ctx, Role::Viewer)?;
        product_by_id(ctx, id_of(Kind::Product, &id)?).await
    }

    /// Products in the order of the shop's list, in pages of at most 100.
    #[graphql(complexity = "5 + crate::graphql::page::cost(first.or(last), child_complexity)")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the begin of the list on, 50 without it")] first: Option<i32>,
        #[graphql(desc = "Only what is behind this cursor")] after: Option<String>,
        #[graphql(desc = "Items from the end of the list on")] last: Option<i32>,
        #[graphql(desc = "Only what is before this cursor")] before: Option<String>,
        #[graphql(desc = "Which products; all without it")] filter: Option<ProductFilter>,
    ) -> async_graphql::Result<ProductConnection> {
        viewer(ctx, Role::Viewer)?;
        let asked = Asked {
            first,
            after,
            last,
            before,
        };
        let part = asked.part(product::parse_cursor)?;
        let filter = filter.unwrap_or_default().checked()?;
        let side = match part.place() {
            Direction::Older(place) => Side::Behind(place),
            Direction::Newer(place) => Side::Before(place),
        };
        let rows = store::products::page(app(ctx).db.read(), &filter, side, part.limit())
            .await
            .map_err(fault)?;
        let page = part.page(rows, product::cursor);
        Ok(ProductConnection { page, filter })
    }

    /// One order; null when there is none.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ord_…")] id: ID,
    ) -> async_graphql::Result<Option<Order>> {
        viewer(ctx, Role::Viewer)?;
        order_by_id(ctx, id_of(Kind::Order, &id)?).await
    }

    /// Orders, newest first, in pages of at most 100.
    #[graphql(complexity = "5 + crate::graphql::page::cost(first.or(last), child_complexity)")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the newest on, 50 without it")] first: Option<i32>,
        #[graphql(desc = "Only what is older than this cursor")] after: Option<String>,
        #[graphql(desc = "Items from the oldest on")] last: Option<i32>,
        #[graphql(desc = "Only what is newer than this cursor")] before: Option<String>,
        #[graphql(desc = "Which orders; all without it")] filter: Option<OrderFilter>,
    ) -> async_graphql::Result<OrderConnection> {
        viewer(ctx, Role::Viewer)?;
        let asked = Asked {
            first,
            after,
            last,
            before,
        };
        let window = asked.window(Kind::Order)?;
        let filter = filter.unwrap_or_default().checked(ctx)?;
        let (db, side) = (app(ctx).db.read(), window.side());
        let rows = store::orders::page(db, &filter, side, window.limit())
            .await
            .map_err(fault)?;
        let page = window.page(rows, |it| it.id);
        Ok(OrderConnection { page, filter })
    }

    /// Which template tells of which step of an order, by status and language.
    async fn order_templates(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<OrderTemplate>> {
        viewer(ctx, Role::Viewer)?;
        let found = store::order_templates::all(app(ctx).db.read()).await;
        Ok(found
            .map_err(fault)?
            .into_iter()
            .map(OrderTemplate)
            .collect())
    }
}

/// One product, for a caller who may read.
pub(super) async fn product_by_id(
    ctx: &Context<'_>,
    id: Uuid,
) -> async_graphql::Result<Option<Product>> {
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    Ok(loader.load_one(ProductKey(id)).await?.map(Product))
}

/// One order, for a caller who may read.
pub(super) async fn order_by_id(
    ctx: &Context<'_>,
    id: Uuid,
) -> async_graphql::Result<Option<Order>> {
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    Ok(loader.load_one(OrderKey(id)).await?.map(Order))
}

/// One line of an order, for a caller who may read.
pub(super) async fn item_by_id(
    ctx: &Context<'_>,
    id: Uuid,
) -> async_graphql::Result<Option<OrderItem>> {
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    Ok(loader.load_one(ItemKey(id)).await?.map(OrderItem::from))
}
