//! What `waybill bench` asks of a database: an empty one for each round, and what a round left in it.

pub mod fill;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::types::MessageStatus;
use entity::webhook_event::WebhookState;
use entity::{conversation, message, product, webhook_event};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::{Db, contacts};
use crate::clock::Ids;

/// Makes an empty database on the PostgreSQL server of `db`.
///
/// # Errors
/// What the database said.
pub async fn create_database(db: &Db, name: &str) -> Result<(), DbErr> {
    let sql = format!("CREATE DATABASE {name}");
    db.write().execute_unprepared(&sql).await.map(drop)
}

/// Drops it again, whoever is connected to it.
///
/// # Errors
/// What the database said.
pub async fn drop_database(db: &Db, name: &str) -> Result<(), DbErr> {
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    db.write().execute_unprepared(&sql).await.map(drop)
}

/// Makes addresses known as people who wrote to `sender` at `at`: their reply windows are open.
///
/// # Errors
/// What the database said.
pub async fn have_written(
    db: &Db,
    addresses: &BTreeSet<&str>,
    sender: &str,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let ids = Ids::default();
    let all: Vec<&str> = addresses.iter().copied().collect();
    for part in all.chunks(1_000) {
        let tx = super::begin(db).await?;
        let part = part.iter().copied().collect();
        let known = contacts::find_or_create_all(&tx, &part, || ids.next(at), at).await?;
        let pairs = known.values().map(|id| (*id, sender)).collect();
        contacts::conversations(&tx, &pairs, || ids.next(at), at).await?;
        let opened = conversation::Entity::update_many()
            .col_expr(conversation::Column::LastInboundAt, at.into())
            .filter(conversation::Column::ContactId.is_in(known.into_values()));
        opened.exec(&tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// How many messages are in any of these states.
///
/// # Errors
/// What the database said.
pub async fn messages_in(
    db: &impl ConnectionTrait,
    statuses: &[MessageStatus],
) -> Result<u64, DbErr> {
    message::Entity::find()
        .filter(message::Column::Status.is_in(statuses.iter().copied()))
        .count(db)
        .await
}

/// How many webhook events are in a state.
///
/// # Errors
/// What the database said.
pub async fn events_in(db: &impl ConnectionTrait, state: WebhookState) -> Result<u64, DbErr> {
    webhook_event::Entity::find()
        .filter(webhook_event::Column::State.eq(state))
        .count(db)
        .await
}

/// Whether an event waits for processing, or a message is in any of these states: quicker than counting.
///
/// # Errors
/// What the database said.
pub async fn is_any_waiting(
    db: &impl ConnectionTrait,
    statuses: &[MessageStatus],
) -> Result<bool, DbErr> {
    let event: Option<Uuid> = webhook_event::Entity::find()
        .select_only()
        .column(webhook_event::Column::Id)
        .filter(webhook_event::Column::State.eq(WebhookState::Pending))
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    if event.is_some() {
        return Ok(true);
    }
    let message: Option<Uuid> = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::Status.is_in(statuses.iter().copied()))
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(message.is_some())
}

/// Messages that the provider took, with its ids of them.
///
/// # Errors
/// What the database said.
pub async fn taken(db: &impl ConnectionTrait) -> Result<Vec<(Uuid, String)>, DbErr> {
    message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .column(message::Column::TwilioSid)
        .filter(message::Column::Status.eq(MessageStatus::Accepted))
        .into_tuple()
        .all(db)
        .await
}

/// Has so many pieces of every product.
///
/// # Errors
/// What the database said.
pub async fn stock_up(db: &Db, pieces: i64) -> Result<(), DbErr> {
    product::Entity::update_many()
        .col_expr(product::Column::Stock, pieces.into())
        .exec(db.write())
        .await
        .map(|_| ())
}
