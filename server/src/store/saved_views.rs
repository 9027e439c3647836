//! Views that people keep.

use entity::saved_view::{Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

/// The owner's, then everybody's by name; at most so many.
///
/// # Errors
/// What the database said.
pub async fn seen_by(
    db: &impl ConnectionTrait,
    owner: &str,
    most: u64,
) -> Result<Vec<Model>, DbErr> {
    let seen = Condition::any()
        .add(Column::Owner.eq(owner))
        .add(Column::IsShared.eq(true));
    Entity::find()
        .filter(seen)
        .order_by_desc(Column::Owner.eq(owner))
        .order_by_asc(Column::Name)
        .limit(most)
        .all(db)
        .await
}

/// How many somebody has.
///
/// # Errors
/// What the database said.
pub async fn count_of(db: &impl ConnectionTrait, owner: &str) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::Owner.eq(owner))
        .count(db)
        .await
}

/// The view of this id.
///
/// # Errors
/// What the database said.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The views of these ids.
///
/// # Errors
/// What the database said.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// Somebody's view of this name.
///
/// # Errors
/// What the database said.
pub async fn named(
    db: &impl ConnectionTrait,
    owner: &str,
    name: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Owner.eq(owner))
        .filter(Column::Name.eq(name))
        .one(db)
        .await
}

/// Stores a view in the place of the owner's other one of the same name, which keeps its id and the time it was made.
///
/// # Errors
/// What the database said.
pub async fn put(tx: &impl ConnectionTrait, view: Model) -> Result<(), DbErr> {
    let over = OnConflict::columns([Column::Owner, Column::Name])
        .update_columns([Column::Query, Column::IsShared, Column::UpdatedAt])
        .to_owned();
    Entity::insert(view.into_active_model())
        .on_conflict(over)
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// Takes a view away.
///
/// # Errors
/// What the database said.
pub async fn remove(tx: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(tx).await.map(|_| ())
}
