//! Whose orders and baskets: two contacts become one, one wants to be forgotten.

use entity::order::{Column, Entity, Model, OrderStatus};
use entity::{basket_item, order_item, order_step};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::super::sql::Sql;

/// Gives the orders and the basket of one contact to another. What both have in their baskets stays as the other has it.
///
/// # Errors
/// What the database said.
pub async fn hand_over(tx: &impl ConnectionTrait, from: Uuid, into: Uuid) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ContactId, into.into())
        .filter(Column::ContactId.eq(from))
        .exec(tx)
        .await?;
    let mut sql =
        Sql::new("INSERT INTO basket_item (contact_id, product_id, quantity, added_at) SELECT ");
    sql.value(into)
        .push(", product_id, quantity, added_at FROM basket_item WHERE contact_id = ");
    sql.value(from).push(" ON CONFLICT DO NOTHING");
    tx.execute_raw(sql.on(tx)).await?;
    basket_item::Entity::delete_many()
        .filter(basket_item::Column::ContactId.eq(from))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Gives the orders of one conversation to another.
///
/// # Errors
/// What the database said.
pub async fn talks_become_one(
    tx: &impl ConnectionTrait,
    old: Uuid,
    new: Uuid,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ConversationId, new.into())
        .filter(Column::ConversationId.eq(old))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Deletes the orders and the basket of a contact; how many orders. Pieces of those that had not left are in stock again.
///
/// # Errors
/// What the database said.
pub async fn erase(tx: &impl ConnectionTrait, contact: Uuid) -> Result<u64, DbErr> {
    let orders: Vec<Model> = Entity::find()
        .filter(Column::ContactId.eq(contact))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let open = |it: &&Model| OrderStatus::is_cancelable(it.status);
    let open: Vec<Uuid> = orders.iter().filter(open).map(|it| it.id).collect();
    put_back(tx, &open).await?;
    for part in orders.chunks(1_000) {
        let ids = || part.iter().map(|it| it.id);
        order_step::Entity::delete_many()
            .filter(order_step::Column::OrderId.is_in(ids()))
            .exec(tx)
            .await?;
        order_item::Entity::delete_many()
            .filter(order_item::Column::OrderId.is_in(ids()))
            .exec(tx)
            .await?;
        Entity::delete_many()
            .filter(Column::Id.is_in(ids()))
            .exec(tx)
            .await?;
    }
    basket_item::Entity::delete_many()
        .filter(basket_item::Column::ContactId.eq(contact))
        .exec(tx)
        .await?;
    Ok(orders.len() as u64)
}

/// Puts every piece of these orders back into stock.
async fn put_back(tx: &impl ConnectionTrait, orders: &[Uuid]) -> Result<(), DbErr> {
    if orders.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new(
        "UPDATE product SET stock = stock + (SELECT sum(i.quantity) FROM order_item i \
         WHERE i.product_id = product.id AND i.order_id IN (",
    );
    sql.list(orders)
        .push(")) WHERE id IN (SELECT product_id FROM order_item WHERE order_id IN (");
    sql.list(orders).push("))");
    tx.execute_raw(sql.on(tx)).await.map(drop)
}
