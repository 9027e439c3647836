//! Orders: pages, what hangs on them, and the guarded moves of their status. Placing one is another story.

mod owner;

use chrono::{DateTime, Utc};
use entity::order::{Column, Entity, Model, OrderStatus};
use entity::{contact, message, order_item, order_step};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait as _, Set,
};
use uuid::Uuid;

use super::messages::Side;
use super::messages::filter::contains;
use super::sql::Sql;

pub use owner::{erase, hand_over, talks_become_one};

/// Which orders. Empty: all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Any of these; empty: any.
    pub statuses: Vec<OrderStatus>,
    /// Of this contact.
    pub contact_id: Option<Uuid>,
    /// The one that people call so.
    pub number: Option<i64>,
    /// Placed at this time or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Placed before this time.
    pub created_to: Option<DateTime<Utc>>,
    /// Its number, or a part of the contact's name or address, or of an item's SKU or name.
    pub search: Option<String>,
}

impl Filter {
    fn condition(&self, db: &impl ConnectionTrait) -> Condition {
        let mut all = Condition::all()
            .add_option(self.contact_id.map(|it| Column::ContactId.eq(it)))
            .add_option(self.number.map(|it| Column::Number.eq(it)))
            .add_option(self.created_from.map(|it| Column::CreatedAt.gte(it)))
            .add_option(self.created_to.map(|it| Column::CreatedAt.lt(it)));
        if !self.statuses.is_empty() {
            all = all.add(Column::Status.is_in(self.statuses.iter().copied()));
        }
        if let Some(words) = &self.search {
            all = all.add(found(db, words));
        }
        all
    }
}

fn found(db: &impl ConnectionTrait, words: &str) -> Condition {
    use contact::Column as C;
    use order_item::Column as I;
    let people = contact::Entity::find().select_only().column(C::Id).filter(
        Condition::any()
            .add(contains(db, C::Name, words))
            .add(contains(db, C::Address, words)),
    );
    let items = order_item::Entity::find()
        .select_only()
        .column(I::OrderId)
        .filter(
            Condition::any()
                .add(contains(db, I::Sku, words))
                .add(contains(db, I::Name, words)),
        );
    let number = words.trim_start_matches('#').parse::<i64>().ok();
    Condition::any()
        .add_option(number.map(|it| Column::Number.eq(it)))
        .add(Column::ContactId.in_subquery(people.into_query()))
        .add(Column::Id.in_subquery(items.into_query()))
}

/// Up to `limit` orders of a filter, by id on one side of a place.
///
/// # Errors
/// What the database said.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    side: Side,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let select = Entity::find().filter(filter.condition(db)).limit(limit);
    match side {
        Side::Older(below) => {
            let place = Condition::all().add_option(below.map(|id| Column::Id.lt(id)));
            select.filter(place).order_by_desc(Column::Id).all(db).await
        }
        Side::Newer(above) => {
            let place = Condition::all().add_option(above.map(|id| Column::Id.gt(id)));
            select.filter(place).order_by_asc(Column::Id).all(db).await
        }
    }
}

/// How many orders a filter has, counted up to `most`.
///
/// # Errors
/// What the database said.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter, most: u64) -> Result<u64, DbErr> {
    let select = Entity::find().filter(filter.condition(db)).limit(most);
    select.count(db).await
}

/// One order.
///
/// # Errors
/// What the database said.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// One order, held as it is until the transaction ends.
///
/// # Errors
/// What the database said.
pub async fn hold(tx: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// Orders by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// Up to `limit` orders of each contact, newest first.
///
/// # Errors
/// What the database said.
pub async fn newest_of(
    db: &impl ConnectionTrait,
    contacts: &[Uuid],
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT * FROM \"order\" WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER \
         (PARTITION BY contact_id ORDER BY id DESC) AS place FROM \"order\" WHERE contact_id IN (",
    );
    sql.list(contacts).push(&format!(
        ")) ranked WHERE place <= {limit}) ORDER BY id DESC"
    ));
    Entity::find().from_raw_sql(sql.on(db)).all(db).await
}

/// Items by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn items_by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<order_item::Model>, DbErr> {
    order_item::Entity::find()
        .filter(order_item::Column::Id.is_in(ids))
        .all(db)
        .await
}

/// The items of orders, in their order.
///
/// # Errors
/// What the database said.
pub async fn items_of(
    db: &impl ConnectionTrait,
    orders: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<order_item::Model>, DbErr> {
    order_item::Entity::find()
        .filter(order_item::Column::OrderId.is_in(orders))
        .order_by_asc(order_item::Column::Position)
        .all(db)
        .await
}

/// The steps of orders, in the order in which they were taken.
///
/// # Errors
/// What the database said.
pub async fn steps_of(
    db: &impl ConnectionTrait,
    orders: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<order_step::Model>, DbErr> {
    order_step::Entity::find()
        .filter(order_step::Column::OrderId.is_in(orders))
        .order_by_asc(order_step::Column::Seq)
        .all(db)
        .await
}

/// The messages that told of the steps of orders, each with its order, oldest first.
///
/// # Errors
/// What the database said.
pub async fn messages_of(
    db: &impl ConnectionTrait,
    orders: &[Uuid],
) -> Result<Vec<(Uuid, message::Model)>, DbErr> {
    use order_step::Column as S;
    let steps = order_step::Entity::find()
        .filter(S::OrderId.is_in(orders.iter().copied()))
        .filter(S::MessageId.is_not_null());
    let told = order_step::Entity::belongs_to(message::Entity)
        .from(S::MessageId)
        .to(message::Column::Id);
    let rows = steps
        .join(sea_orm::JoinType::InnerJoin, told.into())
        .select_also(message::Entity)
        .order_by_asc(S::Seq)
        .all(db)
        .await?;
    let pairs = rows.into_iter();
    Ok(pairs
        .filter_map(|(step, message)| Some((step.order_id, message?)))
        .collect())
}

/// How the order was taken to a status; `None`: it was not.
///
/// # Errors
/// What the database said.
pub async fn step(
    db: &impl ConnectionTrait,
    order: Uuid,
    status: OrderStatus,
) -> Result<Option<order_step::Model>, DbErr> {
    order_step::Entity::find()
        .filter(order_step::Column::OrderId.eq(order))
        .filter(order_step::Column::Status.eq(status))
        .one(db)
        .await
}

/// Moves an order to `next` if it is where it was; `None`: it is not.
///
/// # Errors
/// What the database said.
pub async fn advance(
    tx: &impl ConnectionTrait,
    was: &Model,
    next: OrderStatus,
    cancel_reason: Option<String>,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let moved = Entity::update_many()
        .col_expr(Column::Status, next.into())
        .col_expr(Column::CancelReason, cancel_reason.into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, now.into())
        .filter(Column::Id.eq(was.id))
        .filter(Column::Status.eq(was.status))
        .filter(Column::Version.eq(was.version))
        .exec_with_returning(tx)
        .await?;
    Ok(moved.into_iter().next())
}

/// A step before it has its place.
#[derive(Clone, Debug)]
pub struct NewStep {
    /// Of which order.
    pub order_id: Uuid,
    /// The status it came to.
    pub status: OrderStatus,
    /// Who did it, by name; `None`: the customer.
    pub actor_name: Option<String>,
    /// The message that tells the customer.
    pub message_id: Option<Uuid>,
    /// The refusal's code, where none can.
    pub not_told_because: Option<String>,
}

/// Notes a step. An order takes each once.
///
/// # Errors
/// What the database said, in particular that it was taken before: see [`super::is_about_content`].
pub async fn note_step(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    step: NewStep,
) -> Result<order_step::Model, DbErr> {
    let row = order_step::ActiveModel {
        seq: NotSet,
        order_id: Set(step.order_id),
        status: Set(step.status),
        at: Set(now),
        actor_name: Set(step.actor_name),
        message_id: Set(step.message_id),
        not_told_because: Set(step.not_told_because),
    };
    order_step::Entity::insert(row)
        .exec_with_returning(tx)
        .await
}
