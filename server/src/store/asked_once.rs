//! What clients asked for with a key of theirs, so that asking again does nothing.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::sql::Sql;

/// What a key was used for.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Asked {
    /// The key, with who used it and for what.
    pub key: String,
    /// The content it was used with, as a digest.
    pub digest: String,
    /// The public id of what came of it.
    pub target: String,
}

/// Takes a key; `Some`: what it was taken for before. On PostgreSQL whoever comes second waits for the first one's commit.
///
/// # Errors
/// What the database said.
pub async fn take(
    tx: &impl ConnectionTrait,
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<Option<Asked>, DbErr> {
    let mut sql = Sql::new("INSERT INTO asked_once (key, digest, target, created_at) VALUES ");
    sql.tuples(std::iter::once([
        asked.key.clone().into(),
        asked.digest.clone().into(),
        asked.target.clone().into(),
        now.into(),
    ]));
    sql.push(" ON CONFLICT DO NOTHING RETURNING key, digest, target");
    let taken = Asked::find_by_statement(sql.on(tx)).one(tx).await?;
    if taken.is_some() {
        return Ok(None);
    }
    let mut known = Sql::new("SELECT key, digest, target FROM asked_once WHERE key = ");
    known.value(asked.key.clone());
    Asked::find_by_statement(known.on(tx)).one(tx).await
}

/// Forgets keys that were taken before a time.
///
/// # Errors
/// What the database said.
pub async fn forget(tx: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<(), DbErr> {
    let mut sql = Sql::new("DELETE FROM asked_once WHERE created_at < ");
    sql.value(before);
    tx.execute_raw(sql.on(tx)).await.map(drop)
}
