//! The provider's raw events.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::webhook_event::{Column, Entity, Model, WebhookKind, WebhookSource, WebhookState};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    ActiveEnum as _, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, UpdateMany, Value,
};
use uuid::Uuid;

use super::messages::Side;
use super::sql::Sql;

/// How often processing may fail before an event is `DEAD`.
pub const MAX_FAILURES: i32 = 8;

/// Stores events, and answers those that were not known (by key or token). Written by hand: every webhook request waits for
/// it.
///
/// # Errors
/// What the database said.
pub async fn insert_new(
    tx: &impl ConnectionTrait,
    mut events: Vec<Model>,
) -> Result<Vec<Model>, DbErr> {
    if events.is_empty() {
        return Ok(events);
    }
    let mut sql = Sql::new(
        "INSERT INTO webhook_event (id, kind, source, dedupe_key, idempotency_token, query, body, \
        state, failures, error, next_try_at, received_at, processed_at) VALUES ",
    );
    sql.tuples(events.iter().map(values));
    sql.push(" ON CONFLICT DO NOTHING RETURNING id");
    let new = New::find_by_statement(sql.on(tx)).all(tx).await?;
    let new: HashSet<Uuid> = new.into_iter().map(|it| it.id).collect();
    events.retain(|it| new.contains(&it.id));
    Ok(events)
}

/// Word for word as in the partial indexes.
fn is_in(state: WebhookState) -> SimpleExpr {
    match state {
        WebhookState::Pending => Expr::cust("state = 'PENDING'"),
        WebhookState::Dead => Expr::cust("state = 'DEAD'"),
        WebhookState::Processed => Column::State.eq(state),
    }
}

#[derive(FromQueryResult)]
struct New {
    id: Uuid,
}

fn values(event: &Model) -> [Value; 13] {
    [
        event.id.into(),
        event.kind.to_value().into(),
        event.source.to_value().into(),
        event.dedupe_key.clone().into(),
        event.idempotency_token.clone().into(),
        event.query.clone().into(),
        event.body.clone().into(),
        event.state.to_value().into(),
        event.failures.into(),
        event.error.clone().into(),
        event.next_try_at.into(),
        event.received_at.into(),
        event.processed_at.into(),
    ]
}

/// Which events to read. Empty: all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// How far their processing is.
    pub state: Option<WebhookState>,
    /// What they carry.
    pub kind: Option<WebhookKind>,
    /// How we know of them.
    pub source: Option<WebhookSource>,
}

/// Up to `limit` events of a filter, by id on one side of a place.
///
/// # Errors
/// What the database said.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    side: Side,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    beside(*filter, side, limit).all(db).await
}

/// The ids of the same.
///
/// # Errors
/// What the database said.
pub async fn ids(
    db: &impl ConnectionTrait,
    filter: &Filter,
    side: Side,
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let select = beside(*filter, side, limit)
        .select_only()
        .column(Column::Id);
    select.into_tuple().all(db).await
}

/// How many events a filter has.
///
/// # Errors
/// What the database said.
pub async fn count_of(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, DbErr> {
    Entity::find().filter(filter.condition()).count(db).await
}

impl Filter {
    fn condition(self) -> Condition {
        Condition::all()
            .add_option(self.state.map(is_in))
            .add_option(self.kind.map(|it| Column::Kind.eq(it)))
            .add_option(self.source.map(|it| Column::Source.eq(it)))
    }
}

fn beside(filter: Filter, side: Side, limit: u64) -> Select<Entity> {
    let (all, select) = (filter.condition(), Entity::find().limit(limit));
    match side {
        Side::Older(below) => {
            let place = all.add_option(below.map(|id| Column::Id.lt(id)));
            select.filter(place).order_by_desc(Column::Id)
        }
        Side::Newer(above) => {
            let place = all.add_option(above.map(|id| Column::Id.gt(id)));
            select.filter(place).order_by_asc(Column::Id)
        }
    }
}

/// One event.
///
/// # Errors
/// What the database said.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Events by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// Makes a dead event wait for its processing again, due now; `None` when it is not dead.
///
/// # Errors
/// What the database said.
pub async fn replay(
    tx: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let replayed = again(now)
        .filter(Column::Id.eq(id))
        .exec_with_returning(tx)
        .await?;
    Ok(replayed.into_iter().next())
}

/// Makes those of some events that are dead wait for their processing again, due now; how many.
///
/// # Errors
/// What the database said.
pub async fn replay_those(
    tx: &impl ConnectionTrait,
    ids: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let replayed = again(now).filter(Column::Id.is_in(ids)).exec(tx).await?;
    Ok(replayed.rows_affected)
}

/// An update of dead events.
fn again(now: DateTime<Utc>) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::State, WebhookState::Pending.into())
        .col_expr(Column::Failures, 0.into())
        .col_expr(Column::NextTryAt, now.into())
        .filter(Column::State.eq(WebhookState::Dead))
}

/// How many events are in one state.
///
/// # Errors
/// What the database said.
pub async fn count_in(db: &impl ConnectionTrait, state: WebhookState) -> Result<u64, DbErr> {
    Entity::find().filter(is_in(state)).count(db).await
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
        .filter(Expr::cust("state = 'PENDING'"))
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
