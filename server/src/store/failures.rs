//! Why messages reached nobody, by the provider's code: out of the rollups and the index of what ended, never out of the log.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use entity::message;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::is_postgres;
use super::messages;
use super::sql::Sql;

/// Examples are looked for among so many newest of each status.
const NEWEST: u64 = 2_000;

/// How often messages ended with one code in one part of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Count {
    /// The code; 0: none.
    pub error_code: i32,
    /// The number of the part, from 0.
    pub part: i32,
    /// How often.
    pub count: i64,
    /// The first minute of it in which that happened.
    pub first_at: DateTime<Utc>,
    /// The last one.
    pub last_at: DateTime<Utc>,
}

/// How often messages ended without reaching anyone, by code and part of a range, counted by the database: the answer is as
/// long as there are codes and parts, however much happened. A part begins with each of `starts`, the first with the range.
///
/// # Errors
/// What the database said.
pub async fn between(
    db: &impl ConnectionTrait,
    range: &Range<DateTime<Utc>>,
    starts: &[DateTime<Utc>],
) -> Result<Vec<Count>, DbErr> {
    let mut sql = Sql::new("SELECT error_code, part, ");
    sql.push(if is_postgres(db) {
        // A sum of bigint is a numeric there.
        "CAST(SUM(count) AS bigint)"
    } else {
        "SUM(count)"
    });
    sql.push(" AS count, MIN(minute) AS first_at, MAX(minute) AS last_at FROM (SELECT error_code, count, minute, CASE");
    for (part, next) in starts.iter().skip(1).enumerate() {
        sql.push(" WHEN minute < ").value(*next);
        sql.push(&format!(" THEN {part}"));
    }
    let last = starts.len().saturating_sub(1);
    sql.push(&format!(
        " ELSE {last} END AS part FROM stats_minute WHERE status IN ('FAILED', 'UNDELIVERED') AND minute >= "
    ));
    sql.value(range.start).push(" AND minute < ");
    sql.value(range.end);
    sql.push(") parts GROUP BY error_code, part ORDER BY error_code, part");
    Count::find_by_statement(sql.on(db)).all(db).await
}

#[derive(FromQueryResult)]
struct Newest {
    id: Uuid,
    error_code: Option<i32>,
}

/// The newest message that stands with each code now, by code; 0: none. Codes that no message of late has are left out.
///
/// # Errors
/// What the database said.
pub async fn examples(db: &impl ConnectionTrait) -> Result<HashMap<i32, message::Model>, DbErr> {
    let mut newest: HashMap<i32, Uuid> = HashMap::new();
    for status in ["FAILED", "UNDELIVERED"] {
        // Word for word as in the partial index.
        let sql = Sql::new(format!(
            "SELECT id, error_code FROM message WHERE status = '{status}' \
             AND status IN ('FAILED', 'UNDELIVERED', 'CANCELED') ORDER BY id DESC LIMIT {NEWEST}"
        ));
        for row in Newest::find_by_statement(sql.on(db)).all(db).await? {
            let known = newest.entry(row.error_code.unwrap_or(0)).or_insert(row.id);
            *known = row.id.max(*known);
        }
    }
    let found = messages::by_ids(db, newest.values().copied()).await?;
    Ok(found
        .into_iter()
        .map(|it| (it.error_code.unwrap_or(0), it))
        .collect())
}
