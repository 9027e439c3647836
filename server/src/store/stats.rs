//! Rollups by the minute: charts read these, so that they cost the same beside a short log and a long one.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, DurationRound as _, NaiveDateTime, TimeDelta, Utc};
use entity::message_event::EventKind;
use entity::stats_minute::{Column, Entity, Model};
use entity::types::MessageStatus;
use sea_orm::sea_query::{Alias, Expr, OnConflict, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult,
    IntoActiveModel, Order, QueryFilter, QueryOrder, QuerySelect,
};

use super::is_postgres;

/// How long the parts of a range are. They begin with minutes, hours and days of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// How often something happened in one part of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The part's begin.
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: EventKind,
    /// The status it led to.
    pub status: MessageStatus,
    /// How often.
    pub count: i64,
}

/// How often messages ended with one code of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Reason {
    /// The code; 0: none.
    pub error_code: i32,
    /// How often.
    pub count: i64,
}

impl Bucket {
    /// Its length.
    pub const fn length(self) -> TimeDelta {
        match self {
            Self::Minute => TimeDelta::minutes(1),
            Self::Hour => TimeDelta::hours(1),
            Self::Day => TimeDelta::days(1),
        }
    }

    /// How much of a time's text names its part, and what makes it whole again.
    const fn text(self) -> (i32, &'static str) {
        match self {
            Self::Minute => (16, ":00"),
            Self::Hour => (13, ":00:00"),
            Self::Day => (10, " 00:00:00"),
        }
    }
}

/// What happened between two times, by parts of the range; parts in which nothing did are left out. The answer is as long
/// as the range has parts, however long the log is.
///
/// # Errors
/// What the database said.
pub async fn between(
    db: &impl ConnectionTrait,
    range: &Range<DateTime<Utc>>,
    bucket: Bucket,
) -> Result<Vec<Count>, DbErr> {
    let (letters, rest) = bucket.text();
    // SQLite keeps times as such a text.
    let minute = if is_postgres(db) {
        "to_char(minute AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')"
    } else {
        "minute"
    };
    let part = Expr::cust(format!("substr({minute}, 1, {letters})"));
    let rows: Vec<(String, EventKind, MessageStatus, i64)> = Entity::find()
        .select_only()
        .column_as(part, "part")
        .column(Column::Kind)
        .column(Column::Status)
        .column_as(sum(), "total")
        .filter(within(range))
        .group_by(Expr::col(Alias::new("part")))
        .group_by(Column::Kind)
        .group_by(Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    let read = |(part, kind, status, count): (String, EventKind, MessageStatus, i64)| {
        let text = format!("{}{rest}", part.replace('T', " "));
        let at = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S")
            .map_err(|error| DbErr::Type(format!("stats_minute.minute: {text:?}: {error}")))?;
        Ok(Count {
            at: at.and_utc(),
            kind,
            status,
            count,
        })
    };
    rows.into_iter().map(read).collect()
}

/// With which codes messages ended without reaching anyone between two times, most frequent first; at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn reasons(
    db: &impl ConnectionTrait,
    range: &Range<DateTime<Utc>>,
    limit: u64,
) -> Result<Vec<Reason>, DbErr> {
    let ended = [MessageStatus::Failed, MessageStatus::Undelivered];
    Entity::find()
        .select_only()
        .column(Column::ErrorCode)
        .column_as(sum(), "count")
        .filter(within(range))
        .filter(Column::Status.is_in(ended))
        .group_by(Column::ErrorCode)
        .order_by(sum(), Order::Desc)
        .order_by_asc(Column::ErrorCode)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

fn within(range: &Range<DateTime<Utc>>) -> Condition {
    Condition::all()
        .add(Column::Minute.gte(range.start))
        .add(Column::Minute.lt(range.end))
}

/// PostgreSQL adds up to a number of another type.
fn sum() -> SimpleExpr {
    Expr::col(Column::Count).sum().cast_as(Alias::new("bigint"))
}

/// Counts events, by kind, status and error code, that moved a message. Called with the log held, so that no two transactions wait for each other's rows.
///
/// # Errors
/// What the database said.
pub(super) async fn count(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    events: impl Iterator<Item = (EventKind, MessageStatus, i32)>,
) -> Result<(), DbErr> {
    let mut counts = HashMap::new();
    for event in events {
        *counts.entry(event).or_insert(0_i64) += 1;
    }
    if counts.is_empty() {
        return Ok(());
    }
    let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
    let rows = counts
        .into_iter()
        .map(|((kind, status, error_code), count)| {
            Model {
                minute,
                kind,
                status,
                error_code,
                count,
            }
            .into_active_model()
        });
    let key = [
        Column::Minute,
        Column::Kind,
        Column::Status,
        Column::ErrorCode,
    ];
    let sum = Expr::col((Entity, Column::Count)).add(Expr::cust("excluded.count"));
    let add = OnConflict::columns(key)
        .value(Column::Count, sum)
        .to_owned();
    Entity::insert_many(rows)
        .on_conflict(add)
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}
