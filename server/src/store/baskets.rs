//! What people have chosen and not ordered yet.

use chrono::{DateTime, Utc};
use entity::basket_item::{Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use uuid::Uuid;

/// A person's basket, in the order in which they chose.
///
/// # Errors
/// What the database said.
pub async fn of(db: &impl ConnectionTrait, contact_id: Uuid) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ContactId.eq(contact_id))
        .order_by_asc(Column::AddedAt)
        .order_by_asc(Column::ProductId)
        .all(db)
        .await
}

/// Has exactly so many pieces of a product in a basket; none: it is not in it.
///
/// # Errors
/// What the database said.
pub async fn put(
    tx: &impl ConnectionTrait,
    (contact_id, product_id): (Uuid, Uuid),
    quantity: i32,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if quantity <= 0 {
        return Entity::delete_by_id((contact_id, product_id))
            .exec(tx)
            .await
            .map(|_| ());
    }
    let item = Model {
        contact_id,
        product_id,
        quantity,
        added_at: now,
    };
    let on_known = OnConflict::columns([Column::ContactId, Column::ProductId])
        .update_column(Column::Quantity)
        .to_owned();
    Entity::insert(item.into_active_model())
        .on_conflict(on_known)
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// Empties a basket.
///
/// # Errors
/// What the database said.
pub async fn empty(tx: &impl ConnectionTrait, contact_id: Uuid) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ContactId.eq(contact_id))
        .exec(tx)
        .await
        .map(|_| ())
}
