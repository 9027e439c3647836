//! What the webhook refused, counted by cause.

use chrono::{DateTime, Utc};
use entity::webhook_refusal::{Column, Entity, Model};
use sea_orm::{
    ActiveEnum as _, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Value,
};

use super::sql::Sql;

/// Adds to the counts of known causes, and keeps new ones. No cause may stand twice in `causes`.
///
/// # Errors
/// What the database said.
pub async fn add(db: &impl ConnectionTrait, mut causes: Vec<Model>) -> Result<(), DbErr> {
    if causes.is_empty() {
        return Ok(());
    }
    // In one order in every process, so that none waits for another that waits for it.
    causes.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut sql = Sql::new(
        "INSERT INTO webhook_refusal (id, reason, route, client, detail, count, first_at, last_at) VALUES ",
    );
    sql.tuples(causes.iter().map(values));
    sql.push(
        " ON CONFLICT (reason, route, client, detail) DO UPDATE SET \
        count = webhook_refusal.count + excluded.count, last_at = excluded.last_at",
    );
    db.execute_raw(sql.on(db)).await.map(|_| ())
}

fn key(cause: &Model) -> (String, &str, &str, &str) {
    let reason = cause.reason.to_value();
    (reason, &cause.route, &cause.client, &cause.detail)
}

fn values(cause: &Model) -> [Value; 8] {
    [
        cause.id.into(),
        cause.reason.to_value().into(),
        cause.route.clone().into(),
        cause.client.clone().into(),
        cause.detail.clone().into(),
        cause.count.into(),
        cause.first_at.into(),
        cause.last_at.into(),
    ]
}

/// Forgets all causes but the `most` that came last; what our own token signed goes after what strangers did.
///
/// # Errors
/// What the database said.
pub async fn trim(db: &impl ConnectionTrait, most: u64) -> Result<(), DbErr> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut sql = Sql::new(
        "DELETE FROM webhook_refusal WHERE id NOT IN \
        (SELECT id FROM webhook_refusal ORDER BY CASE WHEN reason IN ('WRONG_URL', 'OTHER_ACCOUNT') \
        THEN 0 ELSE 1 END, last_at DESC, id DESC LIMIT ",
    );
    sql.value(most).push(")");
    db.execute_raw(sql.on(db)).await.map(|_| ())
}

/// The causes that came last, newest first.
///
/// # Errors
/// What the database said.
pub async fn newest(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .order_by_desc(Column::LastAt)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Forgets what did not come again since `end`; how many causes.
///
/// # Errors
/// What the database said.
pub async fn delete_before(db: &impl ConnectionTrait, end: DateTime<Utc>) -> Result<u64, DbErr> {
    let deleted = Entity::delete_many()
        .filter(Column::LastAt.lt(end))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected)
}
