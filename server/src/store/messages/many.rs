//! Many messages at once: how many of a filter are in each status, which may be sent again, and putting those back.

use chrono::{DateTime, Utc};
use entity::message::{Column, Direction, Entity};
use entity::types::{Lane, MessageStatus};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{ENDED, Filter, RETRYABLE, queue_again};

/// How many messages are in one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Tally {
    /// The status.
    pub status: MessageStatus,
    /// Messages.
    pub count: i64,
}

/// The messages of a filter as they stood at one moment: whatever came or changed later is not of them.
#[derive(Clone, Debug)]
pub struct Snapshot<'a> {
    /// Which messages.
    pub filter: &'a Filter,
    /// The newest of them; `None`: there are none.
    pub upper: Option<Uuid>,
    /// The moment.
    pub at: DateTime<Utc>,
}

impl Snapshot<'_> {
    /// Those that had come by then.
    fn condition(&self, db: &impl ConnectionTrait) -> Condition {
        let upper = self.upper.unwrap_or_default();
        self.filter.condition(db).add(Column::Id.lte(upper))
    }
}

/// The id of the newest message.
///
/// # Errors
/// What the database said.
pub async fn newest(db: &impl ConnectionTrait) -> Result<Option<Uuid>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await
}

/// How many messages are in each status now; statuses without any are left out. Where the filter names nothing but statuses, an index
/// has the answer.
///
/// # Errors
/// What the database said.
pub async fn tally(
    db: &impl ConnectionTrait,
    snapshot: &Snapshot<'_>,
) -> Result<Vec<Tally>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Status)
        .column_as(Column::Id.count(), "count")
        .filter(snapshot.condition(db))
        .group_by(Column::Status)
        .order_by_asc(Column::Status)
        .into_model()
        .all(db)
        .await
}

/// Status, direction and lane of the newest messages of a filter, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn kinds(
    db: &impl ConnectionTrait,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<(MessageStatus, Direction, Lane)>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::Status, Column::Direction, Column::Lane])
        .filter(filter.condition(db))
        .order_by_desc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Up to `limit` messages above `cursor` that ended without reaching anyone, by id.
///
/// # Errors
/// What the database said.
pub async fn retryable(
    db: &impl ConnectionTrait,
    snapshot: &Snapshot<'_>,
    cursor: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let place = Condition::all().add_option(cursor.map(|it| Column::Id.gt(it)));
    let mut found: Vec<Uuid> = Vec::new();
    // Status by status, each in the order of its index: one statement for all would sort them anew for each batch.
    for status in RETRYABLE {
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Status.eq(status))
            .filter(Expr::cust(ENDED))
            .filter(Column::Direction.eq(Direction::Outbound))
            .filter(Column::UpdatedAt.lte(snapshot.at))
            .filter(snapshot.condition(db))
            .filter(place.clone())
            .order_by_asc(Column::Id)
            .limit(limit)
            .into_tuple()
            .all(db)
            .await?;
        found.extend(ids);
    }
    found.sort_unstable();
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// Up to `limit` messages above `cursor` that have not left, by id.
///
/// # Errors
/// What the database said.
pub async fn cancelable(
    db: &impl ConnectionTrait,
    snapshot: &Snapshot<'_>,
    cursor: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let waiting = [MessageStatus::Scheduled, MessageStatus::Queued];
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.is_in(waiting))
        .filter(Column::Direction.eq(Direction::Outbound))
        .filter(snapshot.condition(db))
        .filter(Condition::all().add_option(cursor.map(|it| Column::Id.gt(it))))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Puts those of the given messages back into the queue, with `more` tries, that still stand as they did at `at`; which.
///
/// # Errors
/// What the database said.
pub async fn requeue(
    tx: &impl ConnectionTrait,
    ids: &[Uuid],
    more: i32,
    (at, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Uuid>, DbErr> {
    let queued = queue_again(more, now)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::UpdatedAt.lte(at))
        .exec_with_returning(tx)
        .await?;
    let mut ids: Vec<Uuid> = queued.into_iter().map(|it| it.id).collect();
    ids.sort_unstable();
    Ok(ids)
}
