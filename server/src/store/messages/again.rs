//! Messages that the provider took, and then failed for a reason that passes: they go back into the queue.

use chrono::{DateTime, Utc};
use entity::message::Column;
use entity::types::MessageStatus;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, Iterable as _, QueryFilter};
use uuid::Uuid;

use super::touch;

/// What of a message failed, and when it is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Failed<'a> {
    /// Its newest attempt.
    pub attempt: i32,
    /// The provider's id of what that attempt made.
    pub sid: &'a str,
    /// The provider's code.
    pub error_code: i32,
    /// When the queue may take it.
    pub due_at: DateTime<Utc>,
    /// One more status from which this is right, because there is proof of it.
    pub also_from: Option<MessageStatus>,
}

/// Puts a message back into the queue whose newest attempt failed; whether it was one. The provider's id goes: from now on
/// it is the attempt's alone, so that nothing which is told of it is taken for news of the next attempt.
///
/// # Errors
/// What the database said.
pub async fn take_back(
    tx: &impl ConnectionTrait,
    id: Uuid,
    failed: &Failed<'_>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut from: Vec<MessageStatus> = MessageStatus::iter()
        .filter(|it| it.may_come_back())
        .collect();
    from.extend(failed.also_from);
    let queued = touch(now)
        .col_expr(Column::Status, MessageStatus::Queued.into())
        .col_expr(Column::DueAt, Some(failed.due_at).into())
        .col_expr(Column::ErrorCode, Some(failed.error_code).into())
        .col_expr(Column::TwilioSid, None::<String>.into())
        .col_expr(Column::LeaseUntil, None::<DateTime<Utc>>.into())
        .col_expr(Column::LeasedBy, None::<String>.into())
        .filter(Column::Id.eq(id))
        .filter(Column::AttemptCount.eq(failed.attempt))
        .filter(Column::TwilioSid.eq(failed.sid))
        .filter(Column::Status.is_in(from))
        .exec(tx)
        .await?;
    Ok(queued.rows_affected == 1)
}
