//! Why messages reached nobody, by the provider's code: out of the rollups and the index of what ended, never out of the log.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use entity::message;
use entity::stats_minute::{Column, Entity};
use entity::types::MessageStatus;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::messages;
use super::sql::Sql;

/// Examples are looked for among so many newest of each status.
const NEWEST: u64 = 2_000;

/// How often messages ended with one code in one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Minute {
    /// The minute's begin.
    pub minute: DateTime<Utc>,
    /// The code; 0: none.
    pub error_code: i32,
    /// How often.
    pub count: i64,
}

/// How often messages ended without reaching anyone, by minute and code, oldest first. At most `limit`, the newest.
///
/// # Errors
/// What the database said.
pub async fn between(
    db: &impl ConnectionTrait,
    range: &Range<DateTime<Utc>>,
    limit: u64,
) -> Result<Vec<Minute>, DbErr> {
    let ended = [MessageStatus::Failed, MessageStatus::Undelivered];
    let mut rows: Vec<Minute> = Entity::find()
        .select_only()
        .columns([Column::Minute, Column::ErrorCode, Column::Count])
        .filter(Column::Minute.gte(range.start))
        .filter(Column::Minute.lt(range.end))
        .filter(Column::Status.is_in(ended))
        .order_by_desc(Column::Minute)
        .limit(limit)
        .into_model()
        .all(db)
        .await?;
    rows.reverse();
    Ok(rows)
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
