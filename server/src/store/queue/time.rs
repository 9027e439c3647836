//! What time does to waiting messages and to leases that nobody holds any more.

use chrono::{DateTime, Utc};
use entity::message::{Entity, Model};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};

use crate::store::is_postgres;
use crate::store::sql::Sql;

/// Rows that time moves in one transaction.
pub const AT_ONCE: usize = 1_000;

/// Queues scheduled messages whose time has come, at most [`AT_ONCE`].
///
/// # Errors
/// What the database said.
pub async fn promote(tx: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    moved(tx, "status = 'QUEUED'", due(now), now).await
}

/// Fails waiting messages that were not to be sent after a time that has passed, at most [`AT_ONCE`].
///
/// # Errors
/// What the database said.
pub async fn expire(tx: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    moved(tx, "status = 'FAILED', due_at = NULL", late(now), now).await
}

/// Takes messages out of `SENDING` whose lease ran out, or every one, at most [`AT_ONCE`]. Their request may have left.
///
/// # Errors
/// What the database said.
pub async fn give_up_leases(
    tx: &impl ConnectionTrait,
    which: &Orphans,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    let change = "status = 'UNCONFIRMED', lease_until = NULL, leased_by = NULL";
    moved(tx, change, abandoned(which, now), now).await
}

fn due(now: DateTime<Utc>) -> Sql {
    let mut of = Sql::new("status = 'SCHEDULED' AND lane IN (0, 1, 2) AND due_at <= ");
    of.value(now);
    of
}

fn late(now: DateTime<Utc>) -> Sql {
    let mut of = Sql::new("status IN ('SCHEDULED', 'QUEUED') AND not_after <= ");
    of.value(now);
    of
}

fn abandoned(which: &Orphans, now: DateTime<Utc>) -> Sql {
    let mut of = Sql::new("status = 'SENDING' AND lane IN (0, 1, 2) AND ");
    match which {
        Orphans::Expired => of.push("lease_until < ").value(now),
        Orphans::OfOthers(node) => of
            .push("(leased_by IS NULL OR leased_by <> ")
            .value(node.as_str())
            .push(")"),
    };
    of
}

/// Changes the first rows of a condition, in the order of their ids, guarded by the condition itself.
async fn moved(
    tx: &impl ConnectionTrait,
    change: &str,
    of: Sql,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    let statement = moving(is_postgres(tx), change, of, now).on(tx);
    Entity::find().from_raw_sql(statement).all(tx).await
}

fn moving(is_postgres: bool, change: &str, of: Sql, now: DateTime<Utc>) -> Sql {
    let condition = of.text().to_owned();
    // SQLite would walk through the whole log in the order of the ids, to save itself the sorting of a few.
    let first = if is_postgres {
        format!("ORDER BY id LIMIT {AT_ONCE} FOR NO KEY UPDATE")
    } else {
        format!("ORDER BY +id LIMIT {AT_ONCE}")
    };
    // The condition's own value keeps its number, whatever else comes after it.
    let mut sql = of.within(&format!(
        "UPDATE message SET {change}, version = version + 1, updated_at = "
    ));
    sql.value(now).push(&format!(
        " WHERE {condition} AND id IN (SELECT id FROM message WHERE {condition} {first}) RETURNING *"
    ));
    sql
}

/// Which leases have no holder.
#[derive(Clone, Debug)]
pub enum Orphans {
    /// Those that ran out.
    Expired,
    /// Those of every other node: this process is the only one, so theirs ended with them.
    OfOthers(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Once a second it held the one writer for as long as it takes to walk through a million messages, twice.
    #[tokio::test]
    async fn a_long_log_does_not_hold_up_whoever_writes_while_time_moves_messages() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/waybill.db", folder.path().display());
        let db = crate::store::open(&url).await.unwrap();
        crate::store::migrate(&db).await.unwrap();
        let now = DateTime::UNIX_EPOCH;
        let others = Orphans::OfOthers("node".to_owned());
        for (what, of) in [
            ("due", due(now)),
            ("late", late(now)),
            ("expired leases", abandoned(&Orphans::Expired, now)),
            ("others' leases", abandoned(&others, now)),
        ] {
            let mut statement = moving(false, "status = 'QUEUED'", of, now).on(db.write());
            statement.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
            let steps = db.write().query_all_raw(statement).await.unwrap();
            let steps: Vec<String> = steps
                .iter()
                .map(|it| it.try_get("", "detail").unwrap())
                .collect();
            let reads_all = |it: &String| {
                it == "SCAN message" || it.contains("SCAN message USING INDEX sqlite")
            };
            assert!(!steps.iter().any(reads_all), "{what}: {steps:?}");
        }
        db.close().await;
    }
}
