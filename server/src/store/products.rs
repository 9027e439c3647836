//! Products: pages in the order of the shop's list, and changes guarded by their version and by their stock.

use chrono::{DateTime, Utc};
use entity::product::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::messages::filter::contains;
use crate::domain::product::{LOW_STOCK, STOCK_LIMIT};
use crate::domain::product_texts::fold;

/// Rows a statement: both databases bound the values of one (SQLite at 32,766); a product has 15.
const AT_ONCE: usize = 1_000;

/// Which products. Empty: all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words that must stand in SKU, names or descriptions, each somewhere.
    pub search: Option<String>,
    /// Whether customers are offered it.
    pub is_active: Option<bool>,
    /// Whether it is only there for old orders.
    pub is_archived: Option<bool>,
    /// Whether few pieces are left.
    pub is_low_stock: Option<bool>,
    /// Any of these; empty: any.
    pub skus: Vec<String>,
}

impl Filter {
    fn condition(&self, db: &impl ConnectionTrait) -> Condition {
        let mut all = Condition::all()
            .add_option(self.is_active.map(|it| Column::IsActive.eq(it)))
            .add_option(self.is_archived.map(|it| {
                if it {
                    Column::ArchivedAt.is_not_null()
                } else {
                    Column::ArchivedAt.is_null()
                }
            }))
            .add_option(self.is_low_stock.map(|it| {
                if it {
                    Column::Stock.lte(LOW_STOCK)
                } else {
                    Column::Stock.gt(LOW_STOCK)
                }
            }));
        if !self.skus.is_empty() {
            all = all.add(Column::Sku.is_in(self.skus.iter().map(String::as_str)));
        }
        for word in self.search.iter().flat_map(|it| it.split_whitespace()) {
            all = all.add(contains(db, Column::SearchText, &fold(word)));
        }
        all
    }
}

/// A product's place in the list: the one chosen for it, and its id where two share that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Small numbers first.
    pub sort: i32,
    /// Its id.
    pub id: Uuid,
}

/// A place in the list, and on which side of it to read.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// In the order of the list, from its begin or from behind a place.
    Behind(Option<Place>),
    /// In the other order, from its end or from before a place.
    Before(Option<Place>),
}

/// Up to `limit` products of a filter on one side of a place.
///
/// # Errors
/// What the database said.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    side: Side,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut all = filter.condition(db);
    let select = Entity::find().limit(limit);
    let (select, place) = match side {
        Side::Behind(place) => (
            select.order_by_asc(Column::Sort).order_by_asc(Column::Id),
            place.map(|it| {
                let same = Column::Sort.eq(it.sort).and(Column::Id.gt(it.id));
                (Column::Sort.gte(it.sort), Column::Sort.gt(it.sort).or(same))
            }),
        ),
        Side::Before(place) => (
            select.order_by_desc(Column::Sort).order_by_desc(Column::Id),
            place.map(|it| {
                let same = Column::Sort.eq(it.sort).and(Column::Id.lt(it.id));
                (Column::Sort.lte(it.sort), Column::Sort.lt(it.sort).or(same))
            }),
        ),
    };
    if let Some((range, exact)) = place {
        // The range alone is what an index understands.
        all = all.add(range).add(exact);
    }
    select.filter(all).all(db).await
}

/// How many products a filter has, counted up to `most`.
///
/// # Errors
/// What the database said.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter, most: u64) -> Result<u64, DbErr> {
    let select = Entity::find().filter(filter.condition(db)).limit(most);
    select.count(db).await
}

/// Whether there was ever a product.
///
/// # Errors
/// What the database said.
pub async fn is_any(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(Entity::find().one(db).await?.is_some())
}

/// One product.
///
/// # Errors
/// What the database said.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// One product, held as it is until the transaction ends.
///
/// # Errors
/// What the database said.
pub async fn hold(tx: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// Products by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// The product of a SKU.
///
/// # Errors
/// What the database said.
pub async fn by_sku(db: &impl ConnectionTrait, sku: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Sku.eq(sku)).one(db).await
}

/// The products of SKUs, held as they are until the transaction ends; at most 5,000 are asked for.
///
/// # Errors
/// What the database said.
pub async fn held_by_skus(tx: &impl ConnectionTrait, skus: &[&str]) -> Result<Vec<Model>, DbErr> {
    // In the order of their ids, as everybody holds products: two transactions never wait for each other.
    Entity::find()
        .filter(Column::Sku.is_in(skus.iter().copied()))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(tx)
        .await
}

/// Stores products.
///
/// # Errors
/// What the database said, in particular that a SKU is taken: see [`super::is_about_content`].
pub async fn insert_all(tx: &impl ConnectionTrait, products: Vec<Model>) -> Result<(), DbErr> {
    for part in products.chunks(AT_ONCE) {
        let rows = part.iter().cloned().map(IntoActiveModel::into_active_model);
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores everything of a product but its stock, if it still has the version before; `None`: it has not.
///
/// # Errors
/// What the database said, in particular that the SKU is taken: see [`super::is_about_content`].
pub async fn put(tx: &impl ConnectionTrait, product: Model) -> Result<Option<Model>, DbErr> {
    let put = Entity::update_many()
        .col_expr(Column::Sku, product.sku.into())
        .col_expr(Column::Names, product.names.into())
        .col_expr(Column::Descriptions, product.descriptions.into())
        .col_expr(Column::SearchText, product.search_text.into())
        .col_expr(Column::PriceMinor, product.price_minor.into())
        .col_expr(Column::Currency, product.currency.into())
        .col_expr(Column::ImageUrl, product.image_url.into())
        .col_expr(Column::IsActive, product.is_active.into())
        .col_expr(Column::Sort, product.sort.into())
        .col_expr(Column::Version, product.version.into())
        .col_expr(Column::ArchivedAt, product.archived_at.into())
        .col_expr(Column::UpdatedAt, product.updated_at.into())
        .filter(Column::Id.eq(product.id))
        .filter(Column::Version.eq(product.version - 1))
        .exec_with_returning(tx)
        .await?;
    Ok(put.into_iter().next())
}

/// Puts pieces into stock, or takes them out where `delta` is negative; `None`: so many are not there, or it would be more
/// than anybody has. The version stays: who edits the rest of a product is not in the way of who sells it.
///
/// # Errors
/// What the database said.
pub async fn move_stock(
    tx: &impl ConnectionTrait,
    id: Uuid,
    delta: i64,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let after = || Expr::col(Column::Stock).add(delta);
    let moved = Entity::update_many()
        .col_expr(Column::Stock, after())
        .col_expr(Column::UpdatedAt, now.into())
        .filter(Column::Id.eq(id))
        .filter(after().gte(0))
        .filter(after().lte(STOCK_LIMIT))
        .exec_with_returning(tx)
        .await?;
    Ok(moved.into_iter().next())
}
