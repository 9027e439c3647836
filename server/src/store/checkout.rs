//! Orders as their customers make and see them. What the shop does with them is in `orders`.

use entity::order::{Column, Entity, Model};
use entity::{order_item, order_step};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::is_postgres;
use super::sql::Sql;

#[derive(FromQueryResult)]
struct Counter {
    value: i64,
}

/// The number that the next order gets; held until the end of the transaction.
///
/// # Errors
/// What the database said.
pub async fn next_number(tx: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let mut sql = Sql::new("SELECT value FROM order_counter WHERE id = 1");
    if is_postgres(tx) {
        sql.push(" FOR UPDATE");
    }
    let found = Counter::find_by_statement(sql.on(tx)).one(tx).await?;
    found
        .map(|it| it.value + 1)
        .ok_or_else(|| DbErr::RecordNotFound("order_counter".to_owned()))
}

/// Stores an order with its items and its first step, and uses up its number.
///
/// # Errors
/// What the database said: also that the message which placed it has placed one already.
pub async fn place(
    tx: &impl ConnectionTrait,
    order: Model,
    items: Vec<order_item::Model>,
    told_by: Uuid,
) -> Result<(), DbErr> {
    let mut sql = Sql::new("UPDATE order_counter SET value = ");
    sql.value(order.number).push(" WHERE id = 1");
    tx.execute_raw(sql.on(tx)).await?;
    let step = order_step::ActiveModel {
        seq: NotSet,
        order_id: Set(order.id),
        status: Set(order.status),
        at: Set(order.created_at),
        actor_name: Set(None),
        message_id: Set(Some(told_by)),
        not_told_because: Set(None),
    };
    Entity::insert(order.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let items = items.into_iter().map(IntoActiveModel::into_active_model);
    order_item::Entity::insert_many(items)
        .exec_without_returning(tx)
        .await?;
    order_step::Entity::insert(step)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// A person's newest orders.
///
/// # Errors
/// What the database said.
pub async fn recent(
    db: &impl ConnectionTrait,
    contact_id: Uuid,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ContactId.eq(contact_id))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// One of a person's orders with its items; nothing for somebody else's.
///
/// # Errors
/// What the database said.
pub async fn one_of(
    db: &impl ConnectionTrait,
    contact_id: Uuid,
    id: Uuid,
) -> Result<Option<(Model, Vec<order_item::Model>)>, DbErr> {
    let order = Entity::find_by_id(id)
        .filter(Column::ContactId.eq(contact_id))
        .one(db)
        .await?;
    let Some(order) = order else { return Ok(None) };
    let items = order_item::Entity::find()
        .filter(order_item::Column::OrderId.eq(id))
        .order_by_asc(order_item::Column::Position)
        .all(db)
        .await?;
    Ok(Some((order, items)))
}
