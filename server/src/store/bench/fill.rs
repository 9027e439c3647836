//! A long log, written as fast as a database takes it, and the join by which its lists are measured.

use chrono::{DateTime, Utc};
use entity::message_event::EventKind;
use entity::{contact, conversation, message};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::store::sql::Sql;
use crate::store::{self, Db, is_postgres, message_events::NewEvent};

/// Rows of one statement: SQLite takes 32,766 values.
const ROWS: usize = 1_000;
const SEARCH_INDEX: &str = "ix_message_search_grams";

/// A contact, their conversation with us, their address.
pub type Talk = (Uuid, Uuid, String);

/// Who talks with `sender`, in the order of their ids.
///
/// # Errors
/// What the database said.
pub async fn talks(db: &Db, sender: &str) -> Result<Vec<Talk>, DbErr> {
    let people: std::collections::HashMap<Uuid, String> = contact::Entity::find()
        .select_only()
        .columns([contact::Column::Id, contact::Column::Address])
        .into_tuple::<(Uuid, String)>()
        .all(db.read())
        .await?
        .into_iter()
        .collect();
    let talks = conversation::Entity::find()
        .filter(conversation::Column::Sender.eq(sender))
        .all(db.read())
        .await?;
    let mut all: Vec<Talk> = talks
        .into_iter()
        .filter_map(|it| Some((it.contact_id, it.id, people.get(&it.contact_id)?.clone())))
        .collect();
    all.sort_unstable();
    Ok(all)
}

/// Stores messages with the event by which each came to be, and makes them known to searches, in one transaction.
///
/// # Errors
/// What the database said.
pub async fn messages(db: &Db, rows: Vec<message::Model>, at: DateTime<Utc>) -> Result<(), DbErr> {
    let begins = |it: &message::Model| {
        let kind = match it.direction {
            message::Direction::Inbound => EventKind::Received,
            message::Direction::Outbound => EventKind::Created,
        };
        NewEvent::moved(it.id, kind, it.status)
    };
    let events: Vec<NewEvent> = rows.iter().map(begins).collect();
    let count = events.len() as u64;
    let tx = store::begin(db).await?;
    let mut rows = rows;
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(ROWS));
        store::messages::insert_all(&tx, rows).await?;
        rows = rest;
    }
    let before = store::message_events::head(&tx).await?;
    store::message_events::append(&tx, at, events).await?;
    let texts = store::search::texts_after(&tx, before, count).await?;
    for part in texts.chunks(ROWS) {
        store::search::insert(&tx, part).await?;
    }
    tx.commit().await
}

/// Before a long fill: an index that is made at its end costs less than one that grows with it.
///
/// # Errors
/// What the database said.
pub async fn begin(db: &Db) -> Result<(), DbErr> {
    if is_postgres(db.write()) {
        let sql = format!("DROP INDEX {SEARCH_INDEX}");
        db.write().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// After it: what the databases' own housekeeping would have done after a while.
///
/// # Errors
/// What the database said.
pub async fn end(db: &Db) -> Result<(), DbErr> {
    if !is_postgres(db.write()) {
        let fold = "PRAGMA wal_checkpoint(TRUNCATE)";
        return db.write().execute_unprepared(fold).await.map(|_| ());
    }
    let index = format!("CREATE INDEX {SEARCH_INDEX} ON message_search USING gin (grams)");
    let housekeeping = "VACUUM ANALYZE message, message_event, message_search, contact";
    for sql in [index.as_str(), housekeeping] {
        db.write().execute_unprepared(sql).await?;
    }
    Ok(())
}

/// The id of the message that so many are older than.
///
/// # Errors
/// What the database said, or that there is none.
pub async fn message_above(db: &Db, older: u64) -> Result<Uuid, DbErr> {
    let found: Option<Uuid> = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .order_by_asc(message::Column::Id)
        .offset(older)
        .limit(1)
        .into_tuple()
        .one(db.read())
        .await?;
    found.ok_or_else(|| DbErr::RecordNotFound("no message there".to_owned()))
}

/// Reads the newest page as the database alone does: one prepared join of messages and contacts, its rows thrown away.
///
/// # Errors
/// What the database said.
pub async fn join(db: &Db, count: u64) -> Result<usize, DbErr> {
    let mut sql = Sql::new(
        "SELECT m.*, c.* FROM message m JOIN contact c ON c.id = m.contact_id ORDER BY m.id DESC LIMIT ",
    );
    sql.value(i64::try_from(count).unwrap_or(i64::MAX));
    let rows = db.read().query_all_raw(sql.on(db.read())).await?;
    Ok(rows.len())
}
