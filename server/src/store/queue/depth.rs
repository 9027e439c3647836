//! How much waits in the queue, and since when.

use chrono::{DateTime, Utc};
use entity::types::{Lane, MessageStatus};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::store::sql::Sql;

/// How many messages a lane has in one status; retrying ones apart.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Depth {
    /// The lane.
    pub lane: Lane,
    /// The status.
    pub status: MessageStatus,
    /// Messages in all.
    pub total: i64,
    /// Of them: tried before. Counted for `QUEUED` only.
    pub tried: i64,
}

/// The depth of every lane that is not empty. Counted in partial indexes: its cost follows the queue, not the log.
///
/// # Errors
/// What the database said.
pub async fn depths(db: &impl ConnectionTrait) -> Result<Vec<Depth>, DbErr> {
    let mut sql = Sql::new(
        "SELECT lane, 'QUEUED' AS status, 0 AS total, count(*) AS tried FROM message \
         WHERE status = 'QUEUED' AND attempt_count > 0 GROUP BY lane",
    );
    for status in ["QUEUED", "SCHEDULED", "SENDING", "UNCONFIRMED"] {
        sql.push(&format!(
            " UNION ALL SELECT lane, '{status}', count(*), 0 FROM message WHERE status = '{status}' GROUP BY lane"
        ));
    }
    let mut depths: Vec<Depth> = Vec::new();
    for row in Depth::find_by_statement(sql.on(db)).all(db).await? {
        let is_it = |it: &&mut Depth| it.lane == row.lane && it.status == row.status;
        match depths.iter_mut().find(is_it) {
            Some(depth) => {
                depth.total += row.total;
                depth.tried += row.tried;
            }
            None => depths.push(row),
        }
    }
    Ok(depths)
}

/// Since when the message that waits longest is due, in these lanes.
///
/// # Errors
/// What the database said.
pub async fn oldest_due(
    db: &impl ConnectionTrait,
    lanes: &[Lane],
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let mut oldest = None;
    for lane in lanes {
        let mut sql = Sql::new(
            "SELECT min(due_at) AS due_at FROM message WHERE status = 'QUEUED' AND lane = ",
        );
        sql.value(*lane as i16).push(" AND due_at <= ").value(now);
        let found = Due::find_by_statement(sql.on(db)).one(db).await?;
        oldest = [oldest, found.and_then(|it| it.due_at)]
            .into_iter()
            .flatten()
            .min();
    }
    Ok(oldest)
}

#[derive(FromQueryResult)]
struct Due {
    due_at: Option<DateTime<Utc>>,
}
