//! Messages: reading them in pages, and the guarded moves of their status.

mod again;
mod doubt;
pub(in crate::store) mod filter;
pub mod many;
mod old;
pub mod owned;
mod row;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use entity::contact;
use entity::message::{Column, Direction, Entity, Model};
use entity::types::MessageStatus;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    Iterable, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, UpdateMany,
};
use uuid::Uuid;

pub use again::{Failed, take_back};
pub use doubt::{Place, Stale, has_rival, stale};
pub use filter::Filter;
pub use old::{delete, ended_before};

/// Ends that reached nobody.
pub(super) const RETRYABLE: [MessageStatus; 3] = [
    MessageStatus::Failed,
    MessageStatus::Undelivered,
    MessageStatus::Canceled,
];
/// The same in SQL, as the condition of their partial index: a query on them alone repeats it.
const ENDED: &str = "message.status IN ('FAILED', 'UNDELIVERED', 'CANCELED')";

/// A place in the list, and on which side of it to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Newest first, from the newest or from below an id.
    Older(Option<Uuid>),
    /// Oldest first, from the oldest or from above an id.
    Newer(Option<Uuid>),
}

/// Up to `limit` messages of a filter, by id on one side of a place.
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
    let rows = beside(select, side).into_model::<row::Plain>();
    Ok(rows.all(db).await?.into_iter().map(|it| it.0).collect())
}

/// The same, each with its contact.
///
/// # Errors
/// What the database said.
pub async fn page_with_contacts(
    db: &impl ConnectionTrait,
    filter: &Filter,
    side: Side,
    limit: u64,
) -> Result<Vec<(Model, Option<contact::Model>)>, DbErr> {
    let select = Entity::find().filter(filter.condition(db)).limit(limit);
    with_contacts(db, beside(select, side)).await
}

async fn with_contacts(
    db: &impl ConnectionTrait,
    select: Select<Entity>,
) -> Result<Vec<(Model, Option<contact::Model>)>, DbErr> {
    let whose = Entity::belongs_to(contact::Entity)
        .from(Column::ContactId)
        .to(contact::Column::Id);
    let select = select.join(JoinType::LeftJoin, whose.into());
    let select = contact::Column::iter().fold(select, QuerySelect::column);
    let rows = select.into_model::<row::WithContact>().all(db).await?;
    Ok(rows.into_iter().map(|it| (it.0, it.1)).collect())
}

fn beside(select: Select<Entity>, side: Side) -> Select<Entity> {
    match side {
        Side::Older(below) => {
            let place = Condition::all().add_option(below.map(|id| Column::Id.lt(id)));
            select.filter(place).order_by_desc(Column::Id)
        }
        Side::Newer(above) => {
            let place = Condition::all().add_option(above.map(|id| Column::Id.gt(id)));
            select.filter(place).order_by_asc(Column::Id)
        }
    }
}

/// How many messages a filter has, counted up to `most`.
///
/// # Errors
/// What the database said.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter, most: u64) -> Result<u64, DbErr> {
    Entity::find()
        .filter(filter.condition(db))
        .limit(most)
        .count(db)
        .await
}

/// Stores a message. A second one with the same provider id or idempotency key is not stored: `None`.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &impl ConnectionTrait, message: Model) -> Result<Option<Model>, DbErr> {
    Ok(insert_new(tx, [message]).await?.pop())
}

/// Stores messages that bring no key and no provider's id, so that none can be known already.
///
/// # Errors
/// What the database said.
pub async fn insert_all(
    tx: &impl ConnectionTrait,
    messages: impl IntoIterator<Item = Model>,
) -> Result<(), DbErr> {
    let rows = messages.into_iter().map(IntoActiveModel::into_active_model);
    Entity::insert_many(rows)
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// Stores messages; those whose idempotency key or id is known already are left out of the answer.
///
/// # Errors
/// What the database said.
pub async fn insert_new(
    tx: &impl ConnectionTrait,
    messages: impl IntoIterator<Item = Model>,
) -> Result<Vec<Model>, DbErr> {
    let rows = messages.into_iter().map(IntoActiveModel::into_active_model);
    Entity::insert_many(rows)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_with_returning(tx)
        .await
}

/// One message.
///
/// # Errors
/// What the database said.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Messages by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// The same, each with its contact.
///
/// # Errors
/// What the database said.
pub async fn by_ids_with_contacts(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<(Model, Option<contact::Model>)>, DbErr> {
    with_contacts(db, Entity::find().filter(Column::Id.is_in(ids))).await
}

/// The message of a provider's id.
///
/// # Errors
/// What the database said.
pub async fn by_twilio_sid(db: &impl ConnectionTrait, sid: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::TwilioSid.eq(sid))
        .one(db)
        .await
}

/// Those of the provider's ids that messages have.
///
/// # Errors
/// What the database said.
pub async fn known_sids(
    db: &impl ConnectionTrait,
    sids: &[&str],
) -> Result<HashSet<String>, DbErr> {
    let mut known = HashSet::new();
    for part in sids.chunks(1_000) {
        let found: Vec<String> = Entity::find()
            .select_only()
            .column(Column::TwilioSid)
            .filter(Column::TwilioSid.is_in(part.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(found);
    }
    Ok(known)
}

/// The messages of clients' keys.
///
/// # Errors
/// What the database said.
pub async fn by_keys(db: &impl ConnectionTrait, keys: &[&str]) -> Result<Vec<Model>, DbErr> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Entity::find()
        .filter(Column::IdempotencyKey.is_in(keys.iter().copied()))
        .all(db)
        .await
}

/// Takes a message back that has not left; `None`: it has, or there is none.
///
/// # Errors
/// What the database said.
pub async fn cancel(
    tx: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let canceled = touch(now)
        .col_expr(Column::Status, MessageStatus::Canceled.into())
        .col_expr(Column::DueAt, None::<DateTime<Utc>>.into())
        .filter(Column::Id.eq(id))
        .filter(Column::Direction.eq(Direction::Outbound))
        .filter(Column::Status.is_in(MessageStatus::Canceled.predecessors()))
        .exec_with_returning(tx)
        .await?;
    Ok(canceled.into_iter().next())
}

/// What else changes with a move of the status.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The provider's error code.
    pub error_code: Option<i32>,
    /// When the queue may take it; `None`: it leaves the queue.
    pub due_at: Option<DateTime<Utc>>,
    /// Only while this is the newest attempt.
    pub attempt: Option<i32>,
    /// One more status from which the move is right, because there is proof of it.
    pub also_from: Option<MessageStatus>,
    /// Tries given on top.
    pub more_tries: i32,
}

/// Moves a message to `next` if that is legal from where it is now; whether it moved.
///
/// # Errors
/// What the database said.
pub async fn advance(
    tx: &impl ConnectionTrait,
    id: Uuid,
    next: MessageStatus,
    change: &Change,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let newest = Condition::all().add_option(change.attempt.map(|it| Column::AttemptCount.eq(it)));
    let mut from = next.predecessors();
    from.extend(change.also_from);
    let moved = touch(now)
        .col_expr(Column::Status, next.into())
        .col_expr(Column::ErrorCode, change.error_code.into())
        .col_expr(Column::DueAt, change.due_at.into())
        .col_expr(Column::LeaseUntil, None::<DateTime<Utc>>.into())
        .col_expr(Column::LeasedBy, None::<String>.into())
        .col_expr(
            Column::MaxAttempts,
            Expr::col(Column::MaxAttempts).add(change.more_tries),
        )
        .filter(Column::Id.eq(id))
        .filter(Column::Status.is_in(from))
        .filter(newest)
        .exec(tx)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Notes the provider's id of the newest attempt. An id known from another message is not taken: whether it was noted.
///
/// # Errors
/// What the database said.
pub async fn adopt_sid(
    tx: &impl ConnectionTrait,
    id: Uuid,
    sid: &str,
    attempt: i32,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    if let Some(owner) = by_twilio_sid(tx, sid).await? {
        return Ok(owner.id == id);
    }
    let adopted = touch(now)
        .col_expr(Column::TwilioSid, Some(sid.to_owned()).into())
        .filter(Column::Id.eq(id))
        .filter(Column::AttemptCount.eq(attempt))
        .exec(tx)
        .await?;
    Ok(adopted.rows_affected == 1)
}

/// Puts a message that reached nobody back into the queue, with `more` tries; whether it was one.
///
/// # Errors
/// What the database said.
pub async fn requeue(
    tx: &impl ConnectionTrait,
    id: Uuid,
    more: i32,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let queued = queue_again(more, now)
        .filter(Column::Id.eq(id))
        .exec_with_returning(tx)
        .await?;
    Ok(queued.into_iter().next())
}

/// An update that puts messages which reached nobody back into the queue, with `more` tries; others stay as they are.
pub(super) fn queue_again(more: i32, now: DateTime<Utc>) -> UpdateMany<Entity> {
    touch(now)
        .col_expr(Column::Status, MessageStatus::Queued.into())
        .col_expr(Column::DueAt, Some(now).into())
        .col_expr(Column::NotAfter, None::<DateTime<Utc>>.into())
        .col_expr(Column::TwilioSid, None::<String>.into())
        .col_expr(Column::ErrorCode, None::<i32>.into())
        .col_expr(
            Column::MaxAttempts,
            Expr::col(Column::AttemptCount).add(more),
        )
        .filter(Column::Direction.eq(Direction::Outbound))
        .filter(Column::Status.is_in(RETRYABLE))
}

/// An update that makes the row newer.
pub(super) fn touch(now: DateTime<Utc>) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, now.into())
}
