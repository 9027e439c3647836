//! The provider's raw events.

use chrono::{DateTime, TimeDelta, Utc};
use entity::webhook_event::{Column, Entity, Model, WebhookState};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

/// How often processing may fail before an event is `DEAD`.
pub const MAX_FAILURES: i32 = 8;

/// Stores events; those known already (same key or token) are left out of the answer.
///
/// # Errors
/// What the database said.
pub async fn insert_new(
    tx: &impl ConnectionTrait,
    events: Vec<Model>,
) -> Result<Vec<Model>, DbErr> {
    let rows = events.into_iter().map(IntoActiveModel::into_active_model);
    Entity::insert_many(rows)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_with_returning(tx)
        .await
}

/// Events that wait for processing and are due, oldest first.
///
/// # Errors
/// What the database said.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::State.eq(WebhookState::Pending))
        .filter(Column::NextTryAt.lte(now))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Marks an event as done; false when it was done before, by this or another process.
///
/// # Errors
/// What the database said.
pub async fn processed(
    tx: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::State, WebhookState::Processed.into())
        .col_expr(Column::ProcessedAt, Some(now).into())
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(WebhookState::Pending))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes that processing failed; the event is tried again later, or is `DEAD`.
///
/// # Errors
/// What the database said.
pub async fn failed(
    tx: &impl ConnectionTrait,
    event: &Model,
    error: &str,
    now: DateTime<Utc>,
) -> Result<WebhookState, DbErr> {
    let failures = event.failures + 1;
    let state = if failures >= MAX_FAILURES {
        WebhookState::Dead
    } else {
        WebhookState::Pending
    };
    let pause = TimeDelta::seconds(1 << failures.clamp(0, 8));
    Entity::update_many()
        .col_expr(Column::State, state.into())
        .col_expr(Column::Failures, failures.into())
        .col_expr(Column::Error, error.into())
        .col_expr(Column::NextTryAt, (now + pause).into())
        .filter(Column::Id.eq(event.id))
        .filter(Column::State.eq(WebhookState::Pending))
        .exec(tx)
        .await?;
    Ok(state)
}

/// Deletes up to `limit` processed events that came in before `end`; how many.
///
/// # Errors
/// What the database said.
pub async fn delete_before(
    db: &impl ConnectionTrait,
    end: DateTime<Utc>,
    limit: u64,
) -> Result<u64, DbErr> {
    let old: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ReceivedAt.lt(end))
        .filter(Column::State.eq(WebhookState::Processed))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let deleted = Entity::delete_many()
        .filter(Column::Id.is_in(old))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected)
}

/// How many events are kept in all.
///
/// # Errors
/// What the database said.
pub async fn count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Entity::find().count(db).await
}
