//! Products as customers see them: what is sold now, in the shop's order.

use entity::product::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::messages::filter::contains;

/// Words of a search; more find nothing that these do not.
const WORDS: usize = 6;

/// A page of what is sold, and how many products there are on all pages. `words` must all be found somewhere in a product,
/// folded to small letters; empty: everything. A page behind the last one is the last one.
///
/// # Errors
/// What the database said.
pub async fn page(
    db: &impl ConnectionTrait,
    words: &str,
    page: u64,
    length: u64,
) -> Result<(u64, Vec<Model>, u64), DbErr> {
    let sold = sold(db, words);
    let total = sold.clone().count(db).await?;
    let last = total.saturating_sub(1) / Ord::max(length, 1);
    let page = Ord::min(page, last);
    let rows = sold
        .order_by_asc(Column::Sort)
        .order_by_asc(Column::Id)
        .offset(page * length)
        .limit(length)
        .all(db)
        .await?;
    Ok((page, rows, total))
}

fn sold(db: &impl ConnectionTrait, words: &str) -> Select<Entity> {
    let mut all = Condition::all()
        .add(Column::IsActive.eq(true))
        .add(Column::ArchivedAt.is_null());
    for word in words.to_lowercase().split_whitespace().take(WORDS) {
        all = all.add(contains(db, Column::SearchText, word));
    }
    Entity::find().filter(all)
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

/// The same, held until the end of the transaction: nobody else sells from them meanwhile.
///
/// # Errors
/// What the database said.
pub async fn hold(
    tx: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Id.is_in(ids))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(tx)
        .await
}
