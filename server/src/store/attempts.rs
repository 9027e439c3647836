//! Requests to the provider.

use chrono::{DateTime, Utc};
use entity::delivery_attempt::{ActiveModel, Column, Entity, Model, Outcome};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

/// How a request ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// In which way.
    pub outcome: Outcome,
    /// Milliseconds from request to answer.
    pub duration_ms: i32,
    /// HTTP status, where an answer came.
    pub http_status: Option<i32>,
    /// The provider's error code.
    pub error_code: Option<i32>,
    /// What went wrong, without personal data.
    pub error_message: Option<String>,
    /// The provider's id of the message it made.
    pub twilio_sid: Option<String>,
    /// The provider's id of the request.
    pub twilio_request_id: Option<String>,
}

/// A request that is about to leave.
pub fn pending(id: Uuid, message_id: Uuid, number: i32, node: &str, now: DateTime<Utc>) -> Model {
    Model {
        id,
        message_id,
        number,
        node: node.to_owned(),
        started_at: now,
        ended_at: None,
        duration_ms: None,
        outcome: Outcome::Pending,
        http_status: None,
        error_code: None,
        error_message: None,
        twilio_sid: None,
        twilio_request_id: None,
    }
}

/// Stores attempts before their requests leave.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &impl ConnectionTrait, attempts: Vec<Model>) -> Result<(), DbErr> {
    if attempts.is_empty() {
        return Ok(());
    }
    let rows = attempts.into_iter().map(IntoActiveModel::into_active_model);
    Entity::insert_many(rows)
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// Writes how a request ended; false when that was written before.
///
/// # Errors
/// What the database said.
pub async fn end(
    tx: &impl ConnectionTrait,
    message_id: Uuid,
    number: i32,
    ending: &Ending,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let change = ActiveModel {
        id: NotSet,
        message_id: NotSet,
        number: NotSet,
        node: NotSet,
        started_at: NotSet,
        ended_at: Set(Some(now)),
        duration_ms: Set(Some(ending.duration_ms)),
        outcome: Set(ending.outcome),
        http_status: Set(ending.http_status),
        error_code: Set(ending.error_code),
        error_message: Set(ending.error_message.clone()),
        twilio_sid: Set(ending.twilio_sid.clone()),
        twilio_request_id: Set(ending.twilio_request_id.clone()),
    };
    let ended = Entity::update_many()
        .set(change)
        .filter(Column::MessageId.eq(message_id))
        .filter(Column::Number.eq(number))
        .filter(Column::Outcome.eq(Outcome::Pending))
        .exec(tx)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// Attempts of the given messages, in their order.
///
/// # Errors
/// What the database said.
pub async fn of_messages(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::MessageId.is_in(ids))
        .order_by_asc(Column::Number)
        .all(db)
        .await
}

/// Whether an attempt of any message made the provider's message `sid`.
///
/// # Errors
/// What the database said.
pub async fn knows_sid(db: &impl ConnectionTrait, sid: &str) -> Result<bool, DbErr> {
    let found = Entity::find()
        .filter(Column::TwilioSid.eq(sid))
        .count(db)
        .await?;
    Ok(found > 0)
}

/// One attempt.
///
/// # Errors
/// What the database said.
pub async fn find(
    db: &impl ConnectionTrait,
    message_id: Uuid,
    number: i32,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::MessageId.eq(message_id))
        .filter(Column::Number.eq(number))
        .one(db)
        .await
}

/// How many requests began since `since`.
///
/// # Errors
/// What the database said.
pub async fn count_since(db: &impl ConnectionTrait, since: DateTime<Utc>) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::StartedAt.gte(since))
        .count(db)
        .await
}
