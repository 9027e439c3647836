//! Which template tells of which step where free text may not be sent, by language.

use entity::order::OrderStatus;
use entity::order_template::{Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

/// Every choice, by status and language.
///
/// # Errors
/// What the database said.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .order_by_asc(Column::Status)
        .order_by_asc(Column::Language)
        .all(db)
        .await
}

/// The choices for a step.
///
/// # Errors
/// What the database said.
pub async fn of(db: &impl ConnectionTrait, status: OrderStatus) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Status.eq(status))
        .all(db)
        .await
}

/// The choice for a step and a language.
///
/// # Errors
/// What the database said.
pub async fn find(
    db: &impl ConnectionTrait,
    status: OrderStatus,
    language: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id((status, language.to_owned()))
        .one(db)
        .await
}

/// Stores a choice in the place of the one before.
///
/// # Errors
/// What the database said.
pub async fn put(tx: &impl ConnectionTrait, template: Model) -> Result<(), DbErr> {
    let over = OnConflict::columns([Column::Status, Column::Language])
        .update_columns([Column::ContentSid, Column::UpdatedAt])
        .to_owned();
    Entity::insert(template.into_active_model())
        .on_conflict(over)
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// Takes a choice away; whether there was one.
///
/// # Errors
/// What the database said.
pub async fn remove(
    tx: &impl ConnectionTrait,
    status: OrderStatus,
    language: &str,
) -> Result<bool, DbErr> {
    let removed = Entity::delete_by_id((status, language.to_owned()))
        .exec(tx)
        .await?;
    Ok(removed.rows_affected == 1)
}
