//! Background jobs: one node at a time works on each, by a lease that the next batch renews.

use chrono::{DateTime, Utc};
use entity::bulk_job::{BulkState, Column, Entity, Model};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
};
use uuid::Uuid;

use super::messages::Side;

/// Stores a job.
///
/// # Errors
/// What the database said.
pub async fn insert(db: &impl ConnectionTrait, job: Model) -> Result<(), DbErr> {
    Entity::insert(job.into_active_model())
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// One job.
///
/// # Errors
/// What the database said.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Jobs by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// Up to `limit` jobs by id on one side of a place.
///
/// # Errors
/// What the database said.
pub async fn page(db: &impl ConnectionTrait, side: Side, limit: u64) -> Result<Vec<Model>, DbErr> {
    let select = Entity::find().limit(limit);
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

/// How many jobs have not ended.
///
/// # Errors
/// What the database said.
pub async fn count_running(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::State.eq(BulkState::Running))
        .count(db)
        .await
}

/// The oldest job that nobody works on.
///
/// # Errors
/// What the database said.
pub async fn free(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<Uuid>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(is_free(now))
        .order_by_asc(Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await
}

/// Takes a job that nobody works on; `None` when somebody was faster, or it ended.
///
/// # Errors
/// What the database said.
pub async fn take(
    db: &impl ConnectionTrait,
    id: Uuid,
    node: &str,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<Model>, DbErr> {
    let taken = Entity::update_many()
        .col_expr(Column::LeasedBy, Some(node.to_owned()).into())
        .col_expr(Column::LeaseUntil, Some(until).into())
        .filter(Column::Id.eq(id))
        .filter(is_free(now))
        .exec_with_returning(db)
        .await?;
    Ok(taken.into_iter().next())
}

/// One batch of a job.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    /// The last message looked at.
    pub cursor: Uuid,
    /// Messages worked on.
    pub done: i64,
    /// Messages that had moved on.
    pub skipped: i64,
    /// The lease from here on.
    pub lease_until: DateTime<Utc>,
}

/// Moves a running job on; false when it is not the node's any more, or was canceled.
///
/// # Errors
/// What the database said.
pub async fn advance(
    tx: &impl ConnectionTrait,
    id: Uuid,
    node: &str,
    batch: &Batch,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let moved = held(id, node)
        .col_expr(Column::Cursor, Some(batch.cursor).into())
        .col_expr(Column::Done, Expr::col(Column::Done).add(batch.done))
        .col_expr(
            Column::Skipped,
            Expr::col(Column::Skipped).add(batch.skipped),
        )
        .col_expr(Column::LeaseUntil, Some(batch.lease_until).into())
        .col_expr(Column::UpdatedAt, now.into())
        .exec(tx)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Ends a job whose every message was looked at: what it did not work on had moved on. False as with [`advance`].
///
/// # Errors
/// What the database said.
pub async fn finish(
    tx: &impl ConnectionTrait,
    id: Uuid,
    node: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let is_more = || Expr::col(Column::Total).gt(Expr::col(Column::Done));
    let rest: SimpleExpr = Expr::case(
        is_more(),
        Expr::col(Column::Total).sub(Expr::col(Column::Done)),
    )
    .finally(0)
    .into();
    let total: SimpleExpr = Expr::case(is_more(), Expr::col(Column::Total))
        .finally(Expr::col(Column::Done))
        .into();
    let ended = ended(held(id, node), BulkState::Done, now)
        .col_expr(Column::Skipped, rest)
        .col_expr(Column::Total, total)
        .exec(tx)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// Ends a job that can't go on, with the reason. False as with [`advance`].
///
/// # Errors
/// What the database said.
pub async fn fail(
    tx: &impl ConnectionTrait,
    id: Uuid,
    node: &str,
    error: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let ended = ended(held(id, node), BulkState::Failed, now)
        .col_expr(Column::Error, Some(error.to_owned()).into())
        .exec(tx)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// Ends a running job, whoever works on it; the job, or `None` when it had ended or never was.
///
/// # Errors
/// What the database said.
pub async fn cancel(
    tx: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let running = Entity::update_many()
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(BulkState::Running));
    let canceled = ended(running, BulkState::Canceled, now)
        .exec_with_returning(tx)
        .await?;
    Ok(canceled.into_iter().next())
}

/// Gives a job back, for the next process; false as with [`advance`].
///
/// # Errors
/// What the database said.
pub async fn release(tx: &impl ConnectionTrait, id: Uuid, node: &str) -> Result<bool, DbErr> {
    let released = free_again(held(id, node)).exec(tx).await?;
    Ok(released.rows_affected == 1)
}

/// Frees every job that another node had: for a process that is the only one. How many.
///
/// # Errors
/// What the database said.
pub async fn release_others(tx: &impl ConnectionTrait, node: &str) -> Result<u64, DbErr> {
    let freed = free_again(Entity::update_many())
        .filter(Column::State.eq(BulkState::Running))
        .filter(Column::LeasedBy.ne(node))
        .exec(tx)
        .await?;
    Ok(freed.rows_affected)
}

fn is_free(now: DateTime<Utc>) -> Condition {
    let nobody = Condition::any()
        .add(Column::LeaseUntil.is_null())
        .add(Column::LeaseUntil.lt(now));
    Condition::all()
        .add(Column::State.eq(BulkState::Running))
        .add(nobody)
}

fn held(id: Uuid, node: &str) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(BulkState::Running))
        .filter(Column::LeasedBy.eq(node))
}

fn free_again(update: UpdateMany<Entity>) -> UpdateMany<Entity> {
    update
        .col_expr(Column::LeasedBy, None::<String>.into())
        .col_expr(Column::LeaseUntil, None::<DateTime<Utc>>.into())
}

fn ended(update: UpdateMany<Entity>, state: BulkState, now: DateTime<Utc>) -> UpdateMany<Entity> {
    free_again(update)
        .col_expr(Column::State, state.into())
        .col_expr(Column::UpdatedAt, now.into())
        .col_expr(Column::EndedAt, Some(now).into())
}
