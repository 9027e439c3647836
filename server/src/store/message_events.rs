//! The append-only timeline. Its order is the order of commits, so a cursor never skips an event.

use chrono::{DateTime, Utc};
use entity::message_event::{ActiveModel, Column, Entity, EventKind, Model};
use entity::types::MessageStatus;
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::is_postgres;

/// Rows a statement: both databases bound the values of one (SQLite at 32,766).
const AT_ONCE: usize = 1_000;

/// An event before it has its place.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Whose life it belongs to.
    pub message_id: Uuid,
    /// What happened.
    pub kind: EventKind,
    /// The status it reported or caused.
    pub status: MessageStatus,
    /// Whether the status moved.
    pub changed: bool,
    /// A sentence for the operator, without personal data.
    pub detail: Option<String>,
    /// The provider's error code.
    pub error_code: Option<i32>,
}

impl NewEvent {
    /// An event that moved the message to `status`.
    pub fn moved(message_id: Uuid, kind: EventKind, status: MessageStatus) -> Self {
        Self {
            message_id,
            kind,
            status,
            changed: true,
            detail: None,
            error_code: None,
        }
    }

    /// The same with a sentence for the operator.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// Appends to the log and counts in the rollups. Call it last in a transaction: on PostgreSQL it holds the log until the commit, because
/// numbers drawn by two transactions at once could become visible in the wrong order.
///
/// # Errors
/// What the database said.
pub async fn append(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    events: Vec<NewEvent>,
) -> Result<(), DbErr> {
    if events.is_empty() {
        return Ok(());
    }
    if is_postgres(tx) {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(823545)")
            .await?;
    }
    let moved = events.iter().filter(|it| it.changed);
    let moved = moved.map(|it| (it.kind, it.status, it.error_code.unwrap_or(0)));
    super::stats::count(tx, now, moved).await?;
    for part in events.chunks(AT_ONCE) {
        let rows = part.iter().cloned().map(|event| row(event, now));
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn row(event: NewEvent, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        seq: NotSet,
        message_id: Set(event.message_id),
        at: Set(now),
        kind: Set(event.kind),
        status: Set(event.status),
        changed: Set(event.changed),
        detail: Set(event.detail),
        error_code: Set(event.error_code),
    }
}

/// The position of the newest event; 0 when there is none.
///
/// # Errors
/// What the database said.
pub async fn head(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let newest = Entity::find()
        .order_by_desc(Column::Seq)
        .limit(1)
        .one(db)
        .await?;
    Ok(newest.map_or(0, |it| it.seq))
}

/// The last position that the log has given out; 0 when there is none.
///
/// # Errors
/// What the database said.
pub async fn last_given(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    super::drawn::last(db, "message_event").await
}

/// The event at position `seq`; `None` when it was deleted, or there was none.
///
/// # Errors
/// What the database said.
pub async fn at(db: &impl ConnectionTrait, seq: i64) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(seq).one(db).await
}

/// Up to `limit` events after position `seq`, oldest first.
///
/// # Errors
/// What the database said.
pub async fn after(db: &impl ConnectionTrait, seq: i64, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Seq.gt(seq))
        .order_by_asc(Column::Seq)
        .limit(limit)
        .all(db)
        .await
}

/// Every event of the given messages, oldest first.
///
/// # Errors
/// What the database said.
pub async fn of_messages(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::MessageId.is_in(ids))
        .order_by_asc(Column::Seq)
        .all(db)
        .await
}
