//! The queue in the message table: claims with a lease, [`time`]'s work on it, and its [`depth`].

pub mod depth;
pub mod time;

use chrono::{DateTime, Utc};
use entity::message::{Entity, Model};
use entity::types::Lane;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::is_postgres;
use super::sql::Sql;

/// Who takes a lease, and until when.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The node.
    pub node: String,
    /// When others may take the message from it.
    pub until: DateTime<Utc>,
}

/// A due message that may be claimed.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Candidate {
    /// Which one.
    pub id: Uuid,
    /// Its sender.
    pub from_address: String,
}

/// Whom to look for.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    /// In this lane.
    pub lane: Lane,
    /// Not from these senders: their next turn is far away.
    pub without: &'a [String],
    /// At most so many.
    pub limit: u64,
}

/// Due messages of a lane, oldest first, of each recipient only the one accepted first: the next one may go when that has
/// left. One that left and came back holds nobody up while it waits: its place is lost anyway. On PostgreSQL they are locked until the end of the transaction, and those that another one has locked are passed
/// over; SQLite has one writer.
///
/// # Errors
/// What the database said.
pub async fn candidates(
    tx: &impl ConnectionTrait,
    search: &Search<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Candidate>, DbErr> {
    // The statuses are written out: a partial index serves only a query that is seen to stay within it.
    let mut sql = Sql::new(
        "SELECT m.id, m.from_address FROM message m WHERE m.status = 'QUEUED' AND m.lane = ",
    );
    sql.value(search.lane as i16)
        .push(" AND m.due_at <= ")
        .value(now);
    sql.push(" AND (m.not_after IS NULL OR m.not_after > ")
        .value(now)
        .push(")");
    if !search.without.is_empty() {
        sql.push(" AND m.from_address NOT IN (")
            .list(search.without)
            .push(")");
    }
    sql.push(
        // One lookup in an index for each row, whatever the planner knows about the table.
        " AND m.id = (SELECT e.id FROM message e WHERE e.to_address = m.to_address AND e.lane = m.lane \
         AND e.status IN ('QUEUED', 'SENDING', 'UNCONFIRMED') AND ",
    );
    not_back(&mut sql, now);
    sql.push(" ORDER BY e.id LIMIT 1) ORDER BY m.due_at, m.id LIMIT ");
    sql.value(search.limit);
    if is_postgres(tx) {
        // Any stronger lock would stop the log, whose rows refer to messages.
        sql.push(" FOR NO KEY UPDATE OF m SKIP LOCKED");
    }
    Candidate::find_by_statement(sql.on(tx)).all(tx).await
}

/// That message `e` is none which the provider took, which failed, and which waits to be sent again: its newest attempt has
/// an id of the provider, and it is not due.
fn not_back(sql: &mut Sql, now: DateTime<Utc>) {
    sql.push("NOT (e.status = 'QUEUED' AND e.attempt_count > 0 AND e.due_at > ")
        .value(now)
        .push(
            " AND EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.message_id = e.id \
             AND a.number = e.attempt_count AND a.twilio_sid IS NOT NULL))",
        );
}

/// Takes messages out of the queue: each comes back `SENDING`, with its attempt counted and the lease on it, oldest first.
/// One that is no longer `QUEUED` stays out.
///
/// # Errors
/// What the database said.
pub async fn claim(
    tx: &impl ConnectionTrait,
    ids: &[Uuid],
    lease: &Lease,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "UPDATE message SET status = 'SENDING', attempt_count = attempt_count + 1, version = version + 1",
    );
    sql.push(", lease_until = ").value(lease.until);
    sql.push(", leased_by = ").value(lease.node.as_str());
    sql.push(", updated_at = ").value(now);
    sql.push(" WHERE status = 'QUEUED' AND id IN (")
        .list(ids)
        .push(") RETURNING *");
    let mut claimed = Entity::find().from_raw_sql(sql.on(tx)).all(tx).await?;
    claimed.sort_by_key(|it| (it.due_at, it.id));
    Ok(claimed)
}

/// Whether a message to this recipient is on its way in the lane: then a later one waits for it, unless it came back.
///
/// # Errors
/// What the database said.
pub async fn is_taken(
    tx: &impl ConnectionTrait,
    lane: Lane,
    recipient: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut sql = Sql::new(
        "SELECT e.id, e.from_address FROM message e WHERE e.status IN ('QUEUED', 'SENDING', 'UNCONFIRMED') AND e.lane = ",
    );
    sql.value(lane as i16)
        .push(" AND e.to_address = ")
        .value(recipient)
        .push(" AND ");
    not_back(&mut sql, now);
    sql.push(" LIMIT 1");
    let earlier = Candidate::find_by_statement(sql.on(tx)).one(tx).await?;
    Ok(earlier.is_some())
}

/// Takes the rows of messages in one order and before those of their attempts, so that no two transactions wait for each other. `SQLite` has
/// one writer anyway.
///
/// # Errors
/// What the database said.
pub async fn hold(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<(), DbErr> {
    if ids.is_empty() || !is_postgres(tx) {
        return Ok(());
    }
    let mut sql = Sql::new("SELECT id FROM message WHERE id IN (");
    sql.list(ids).push(") ORDER BY id FOR NO KEY UPDATE");
    tx.execute_raw(sql.on(tx)).await.map(|_| ())
}

/// Writes the provider's id and `ACCEPTED` on messages, for those that wait for just this answer; their ids. The others'
/// callbacks were faster, or their attempt was given up.
///
/// # Errors
/// What the database said; an id of the provider that another message has is one.
pub async fn accepted(
    tx: &impl ConnectionTrait,
    taken: &[Taken<'_>],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<[Value; 3]> = taken
        .iter()
        .map(|it| [it.id.into(), it.attempt.into(), it.sid.into()])
        .collect();
    let mut sql = Sql::new("WITH taken (id, attempt, sid) AS (VALUES ");
    sql.rows(&rows);
    sql.push(") UPDATE message SET status = 'ACCEPTED', twilio_sid = taken.sid, error_code = NULL, due_at = NULL, \
        lease_until = NULL, leased_by = NULL, version = version + 1, updated_at = ").value(now);
    sql.push(
        " FROM taken WHERE message.id = taken.id AND message.attempt_count = taken.attempt \
        AND (message.status IN ('SENDING', 'UNCONFIRMED') OR message.status = 'QUEUED' AND EXISTS \
            (SELECT 1 FROM delivery_attempt a WHERE a.message_id = taken.id AND a.number = taken.attempt \
            AND a.outcome IN ('PENDING', 'UNCLEAR') AND a.twilio_sid IS NULL)) \
        AND NOT EXISTS (SELECT 1 FROM message o WHERE o.twilio_sid = taken.sid AND o.id <> taken.id) \
        AND (message.twilio_sid IS NULL OR message.twilio_sid = taken.sid) RETURNING message.id",
    );
    let moved = Moved::find_by_statement(sql.on(tx)).all(tx).await?;
    Ok(moved.into_iter().map(|it| it.id).collect())
}

/// A message that the provider took.
#[derive(Clone, Copy, Debug)]
pub struct Taken<'a> {
    /// Which one.
    pub id: Uuid,
    /// By which attempt.
    pub attempt: i32,
    /// The provider's id.
    pub sid: &'a str,
}

#[derive(FromQueryResult)]
struct Moved {
    id: Uuid,
}

/// The lanes in which a message is due.
///
/// # Errors
/// What the database said.
pub async fn due_lanes(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Lane>, DbErr> {
    let mut sql = Sql::new("");
    for lane in Lane::ALL {
        let (union, lane) = (
            if lane == Lane::Immediate {
                ""
            } else {
                " UNION ALL "
            },
            lane as i16,
        );
        sql.push(&format!(
            "{union}SELECT CAST({lane} AS SMALLINT) AS lane WHERE EXISTS \
            (SELECT 1 FROM message WHERE status = 'QUEUED' AND lane = {lane} AND due_at <= "
        ));
        sql.value(now).push(")");
    }
    let lanes = DueLane::find_by_statement(sql.on(db)).all(db).await?;
    Ok(lanes.into_iter().map(|it| it.lane).collect())
}

#[derive(FromQueryResult)]
struct DueLane {
    lane: Lane,
}
