//! The queue in the message table: claims with a lease, time's work on it, and its depth.

use chrono::{DateTime, Utc};
use entity::message::{Column, Entity, Model};
use entity::types::{Lane, MessageStatus};
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::messages::touch;

/// Who takes a lease, and until when.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The node.
    pub node: String,
    /// When others may take the message from it.
    pub until: DateTime<Utc>,
}

/// Takes up to `limit` due messages, most urgent lane first, oldest first within a lane. Each comes back `SENDING`, with
/// its attempt counted. Right on SQLite too, where row locks are ignored: the update is guarded by the status.
///
/// # Errors
/// What the database said.
pub async fn claim(
    tx: &impl ConnectionTrait,
    lease: &Lease,
    limit: u64,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    let due: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.eq(MessageStatus::Queued))
        .filter(Column::DueAt.lte(now))
        .filter(
            Condition::any()
                .add(Column::NotAfter.is_null())
                .add(Column::NotAfter.gt(now)),
        )
        .order_by_asc(Column::Lane)
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(tx)
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let mut claimed = touch(now)
        .col_expr(Column::Status, MessageStatus::Sending.into())
        .col_expr(Column::AttemptCount, Expr::col(Column::AttemptCount).add(1))
        .col_expr(Column::LeaseUntil, Some(lease.until).into())
        .col_expr(Column::LeasedBy, Some(lease.node.clone()).into())
        .filter(Column::Id.is_in(due))
        .filter(Column::Status.eq(MessageStatus::Queued))
        .exec_with_returning(tx)
        .await?;
    claimed.sort_by_key(|it| (it.lane as i16, it.due_at, it.id));
    Ok(claimed)
}

/// Queues scheduled messages whose time has come.
///
/// # Errors
/// What the database said.
pub async fn promote(tx: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    touch(now)
        .col_expr(Column::Status, MessageStatus::Queued.into())
        .filter(Column::Status.eq(MessageStatus::Scheduled))
        .filter(Column::DueAt.lte(now))
        .exec_with_returning(tx)
        .await
}

/// Fails waiting messages that were not to be sent after a time that has passed.
///
/// # Errors
/// What the database said.
pub async fn expire(tx: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    touch(now)
        .col_expr(Column::Status, MessageStatus::Failed.into())
        .col_expr(Column::DueAt, None::<DateTime<Utc>>.into())
        .filter(Column::Status.is_in([MessageStatus::Scheduled, MessageStatus::Queued]))
        .filter(Column::NotAfter.lte(now))
        .exec_with_returning(tx)
        .await
}

/// Takes messages out of `SENDING` whose lease ran out, or every one. Their request may have left.
///
/// # Errors
/// What the database said.
pub async fn give_up_leases(
    tx: &impl ConnectionTrait,
    which: Orphans,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    let lost = match which {
        Orphans::Expired => Condition::all().add(Column::LeaseUntil.lt(now)),
        Orphans::OfOthers(node) => Condition::any()
            .add(Column::LeasedBy.is_null())
            .add(Column::LeasedBy.ne(node)),
    };
    touch(now)
        .col_expr(Column::Status, MessageStatus::Unconfirmed.into())
        .col_expr(Column::LeaseUntil, None::<DateTime<Utc>>.into())
        .col_expr(Column::LeasedBy, None::<String>.into())
        .filter(Column::Status.eq(MessageStatus::Sending))
        .filter(lost)
        .exec_with_returning(tx)
        .await
}

/// Which leases have no holder.
#[derive(Clone, Debug)]
pub enum Orphans {
    /// Those that ran out.
    Expired,
    /// Those of every other node: this process is the only one, so theirs ended with them.
    OfOthers(String),
}

/// How many messages a lane has in one status; retrying ones apart.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Depth {
    /// The lane.
    pub lane: Lane,
    /// The status.
    pub status: MessageStatus,
    /// Messages in all.
    pub total: i64,
    /// Of them: tried before.
    pub tried: i64,
}

/// The depth of every lane that is not empty.
///
/// # Errors
/// What the database said.
pub async fn depths(db: &impl ConnectionTrait) -> Result<Vec<Depth>, DbErr> {
    let waiting = [
        MessageStatus::Scheduled,
        MessageStatus::Queued,
        MessageStatus::Sending,
        MessageStatus::Unconfirmed,
    ];
    let tried = Expr::case(Column::AttemptCount.gt(0), 1).finally(0);
    Entity::find()
        .select_only()
        .column(Column::Lane)
        .column(Column::Status)
        .column_as(Column::Id.count(), "total")
        .column_as(Expr::expr(tried).sum(), "tried")
        .filter(Column::Status.is_in(waiting))
        .group_by(Column::Lane)
        .group_by(Column::Status)
        .into_model()
        .all(db)
        .await
}

/// Since when the message that waits longest is due.
///
/// # Errors
/// What the database said.
pub async fn oldest_due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let oldest = Entity::find()
        .filter(Column::Status.eq(MessageStatus::Queued))
        .filter(Column::DueAt.lte(now))
        .order_by_asc(Column::DueAt)
        .limit(1)
        .one(db)
        .await?;
    Ok(oldest.and_then(|it| it.due_at))
}
