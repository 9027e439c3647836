//! Requests to the provider.

use chrono::{DateTime, Utc};
use entity::delivery_attempt::{ActiveModel, Column, Entity, Model, Outcome};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Set, Value,
};

use uuid::Uuid;

use super::sql::Sql;

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

/// Writes how a request ended; false when its answer was written before.
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
        // A callback may have told it before an answer that does not.
        twilio_sid: match &ending.twilio_sid {
            Some(sid) => Set(Some(sid.clone())),
            None => NotSet,
        },
        twilio_request_id: Set(ending.twilio_request_id.clone()),
    };
    let ended = Entity::update_many()
        .set(change)
        .filter(Column::MessageId.eq(message_id))
        .filter(Column::Number.eq(number))
        .filter(Column::DurationMs.is_null())
        .exec(tx)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// An attempt whose message the provider took.
#[derive(Clone, Copy, Debug)]
pub struct Won<'a> {
    /// Its message.
    pub message_id: Uuid,
    /// Which of the message's attempts.
    pub number: i32,
    /// How it ended; its outcome is `Accepted`.
    pub ending: &'a Ending,
}

/// Writes the end of attempts that the provider took, all in one statement; those whose end is written already
/// stay. The messages of those that were written.
///
/// # Errors
/// What the database said.
pub async fn won(
    tx: &impl ConnectionTrait,
    won: &[Won<'_>],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    if won.is_empty() {
        return Ok(Vec::new());
    }
    let row = |it: &Won<'_>| -> [Value; 6] {
        [
            it.message_id.into(),
            it.number.into(),
            it.ending.duration_ms.into(),
            it.ending.http_status.into(),
            it.ending.twilio_sid.clone().into(),
            it.ending.twilio_request_id.clone().into(),
        ]
    };
    let rows: Vec<_> = won.iter().map(row).collect();
    let mut sql = Sql::new("WITH won (id, number, took, http, sid, request) AS (VALUES ");
    sql.rows(&rows);
    sql.push(") UPDATE delivery_attempt SET outcome = 'ACCEPTED', duration_ms = won.took, http_status = won.http, \
        twilio_sid = won.sid, twilio_request_id = won.request, ended_at = ");
    sql.value(now);
    sql.push(" FROM won WHERE delivery_attempt.message_id = won.id AND delivery_attempt.number = won.number \
        AND delivery_attempt.duration_ms IS NULL RETURNING delivery_attempt.message_id");
    let ended = Ended::find_by_statement(sql.on(tx)).all(tx).await?;
    Ok(ended.into_iter().map(|it| it.message_id).collect())
}

#[derive(FromQueryResult)]
struct Ended {
    message_id: Uuid,
}

/// The provider has the message of an attempt whose answer did not come, or not yet; or the answer was unclear: then that is
/// how it stays written, but with the id.
///
/// # Errors
/// What the database said.
pub async fn proven(
    tx: &impl ConnectionTrait,
    message_id: Uuid,
    number: i32,
    sid: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let is_open = || Column::DurationMs.is_null();
    let outcome = Expr::case(is_open(), Outcome::Accepted).finally(Expr::col(Column::Outcome));
    let ended_at = Expr::case(is_open(), now).finally(Expr::col(Column::EndedAt));
    let is_unclear = Column::Outcome
        .eq(Outcome::Unclear)
        .and(Column::TwilioSid.is_null());
    Entity::update_many()
        .col_expr(Column::Outcome, outcome.into())
        .col_expr(Column::TwilioSid, Some(sid.to_owned()).into())
        .col_expr(Column::EndedAt, ended_at.into())
        .filter(Column::MessageId.eq(message_id))
        .filter(Column::Number.eq(number))
        .filter(is_open().or(is_unclear))
        .exec(tx)
        .await
        .map(|_| ())
}

/// The processes that made these messages' attempts ended before their answers were stored.
///
/// # Errors
/// What the database said.
pub async fn given_up(
    tx: &impl ConnectionTrait,
    message_ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for part in message_ids.chunks(1_000) {
        Entity::update_many()
            .col_expr(Column::Outcome, Outcome::Unclear.into())
            .col_expr(Column::EndedAt, Some(now).into())
            .filter(Column::MessageId.is_in(part.iter().copied()))
            .filter(Column::Outcome.eq(Outcome::Pending))
            .exec(tx)
            .await?;
    }
    Ok(())
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

/// The attempt that made the provider's message `sid`.
///
/// # Errors
/// What the database said.
pub async fn by_sid(db: &impl ConnectionTrait, sid: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::TwilioSid.eq(sid))
        .order_by_desc(Column::Number)
        .one(db)
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
