//! Messages past the retention time: found by whoever reads, deleted by whoever writes.

use chrono::{DateTime, Utc};
use entity::message::{Column, Entity};
use entity::types::MessageStatus;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::store::contact_book;

/// The oldest messages from before `end` whose way is over.
///
/// # Errors
/// What the database said.
pub async fn ended_before(
    db: &impl ConnectionTrait,
    end: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::CreatedAt.lt(end))
        .filter(is_over())
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

fn is_over() -> SimpleExpr {
    use MessageStatus as S;
    Column::Status.is_not_in([S::Scheduled, S::Queued, S::Sending, S::Unconfirmed])
}

/// Deletes those of `old` whose way is still over, with everything that hangs on them; how many messages.
///
/// # Errors
/// What the database said.
pub async fn delete(tx: &impl ConnectionTrait, old: Vec<Uuid>) -> Result<u64, DbErr> {
    // Somebody may have sent one again since it was found.
    let old: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(old))
        .filter(is_over())
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx)
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let [deleted, ..] = contact_book::delete_messages(tx, &old).await?;
    Ok(deleted)
}
