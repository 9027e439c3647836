//! Rollups by the minute: charts read these, so that they cost the same beside a short log and a long one.

use std::collections::HashMap;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use entity::stats_minute::{Column, Entity, Model};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel};

use super::message_events::NewEvent;

/// Counts events that moved a message. Called with the log held, so that no two transactions wait for each other's rows.
///
/// # Errors
/// What the database said.
pub(super) async fn count(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    events: &[NewEvent],
) -> Result<(), DbErr> {
    let mut counts = HashMap::new();
    for event in events.iter().filter(|it| it.changed) {
        let key = (event.kind, event.status, event.error_code.unwrap_or(0));
        *counts.entry(key).or_insert(0_i64) += 1;
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
