//! Lanes that nobody may claim from.

use chrono::{DateTime, Utc};
use entity::lane_pause::{Column, Entity, Model};
use entity::types::Lane;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder,
};

/// The pauses that hold at `now`.
///
/// # Errors
/// What the database said.
pub async fn at(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    let holds = Condition::any()
        .add(Column::Until.is_null())
        .add(Column::Until.gt(now));
    Entity::find()
        .filter(holds)
        .order_by_asc(Column::Lane)
        .all(db)
        .await
}

/// Pauses lanes; a pause that holds already is replaced.
///
/// # Errors
/// What the database said.
pub async fn put(tx: &impl ConnectionTrait, pauses: Vec<Model>) -> Result<(), DbErr> {
    let replaced = [
        Column::Reason,
        Column::PausedBy,
        Column::PausedByName,
        Column::PausedAt,
        Column::Until,
    ];
    let replace = OnConflict::column(Column::Lane)
        .update_columns(replaced)
        .to_owned();
    Entity::insert_many(pauses.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(replace)
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// Ends the pauses of lanes; how many there were.
///
/// # Errors
/// What the database said.
pub async fn end(tx: &impl ConnectionTrait, lanes: &[Lane]) -> Result<u64, DbErr> {
    let ended = Entity::delete_many()
        .filter(Column::Lane.is_in(lanes.iter().copied()))
        .exec(tx)
        .await?;
    Ok(ended.rows_affected)
}

/// Removes pauses that ended by themselves; how many.
///
/// # Errors
/// What the database said.
pub async fn clear(tx: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let ended = Entity::delete_many()
        .filter(Column::Until.lte(now))
        .exec(tx)
        .await?;
    Ok(ended.rows_affected)
}
