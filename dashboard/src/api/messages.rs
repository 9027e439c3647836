//! Messages: a row, a filter, one message in full, sending and retrying.

use cynic::{MutationBuilder, QueryBuilder};
use web_sys::AbortSignal;

pub(crate) use super::message_filter::MessageFilter;
use super::{
    client,
    content::{Choice, Location, Medium, QuotedMessage, Referral},
    error::ApiError,
};
use crate::{
    core::{
        content::ContentKind,
        filter::Facts,
        log::Row,
        status::Status,
        words::{
            Direction, ErrorKind, EventKind, Json, Lane, Outcome, Owner, Timestamp, bare_address,
        },
    },
    schema,
};

/// The customer of a message.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) id: cynic::Id,
    pub(crate) name: Option<String>,
    pub(crate) address: String,
}

impl Contact {
    /// The name, else the number.
    pub(crate) fn title(&self) -> &str {
        self.name
            .as_deref()
            .unwrap_or_else(|| bare_address(&self.address))
    }
}

/// The customer of one message, and whether they may be written to.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "Contact")]
pub(crate) struct Customer {
    pub(crate) id: cynic::Id,
    pub(crate) name: Option<String>,
    pub(crate) address: String,
    pub(crate) last_inbound_at: Option<Timestamp>,
    pub(crate) window_expires_at: Option<Timestamp>,
    pub(crate) opted_out_at: Option<Timestamp>,
    pub(crate) blocked_at: Option<Timestamp>,
}

impl Customer {
    /// The name, else the number.
    pub(crate) fn title(&self) -> &str {
        self.name
            .as_deref()
            .unwrap_or_else(|| bare_address(&self.address))
    }
}

/// A message as the log shows it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "Message")]
pub(crate) struct MessageRow {
    pub(crate) id: cynic::Id,
    pub(crate) direction: Direction,
    pub(crate) status: Status,
    pub(crate) contact: Contact,
    pub(crate) body: Option<String>,
    pub(crate) content_kind: ContentKind,
    pub(crate) error_code: Option<i32>,
    pub(crate) attempt_count: i32,
    pub(crate) lane: Lane,
    pub(crate) twilio_sid: Option<String>,
    pub(crate) is_retryable: bool,
    pub(crate) version: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Row for MessageRow {
    fn id(&self) -> &str {
        self.id.inner()
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl Facts for MessageRow {
    fn status(&self) -> Status {
        self.status
    }

    fn direction(&self) -> Direction {
        self.direction
    }

    fn lane(&self) -> Lane {
        self.lane
    }

    fn code(&self) -> Option<i32> {
        self.error_code
    }

    fn address(&self) -> &str {
        &self.contact.address
    }

    fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }
}

/// Where a page of a list that is only read downwards ends.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageInfo {
    pub(crate) has_next_page: bool,
    pub(crate) end_cursor: Option<String>,
}

/// A count that stops counting somewhere.
#[derive(cynic::QueryFragment, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BoundedCount {
    pub(crate) value: i32,
    pub(crate) is_exact: bool,
}

/// One message with its whole life.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Message")]
pub(crate) struct MessageDetail {
    pub(crate) id: cynic::Id,
    pub(crate) direction: Direction,
    pub(crate) status: Status,
    pub(crate) lane: Lane,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) contact: Customer,
    pub(crate) body: Option<String>,
    pub(crate) content_kind: ContentKind,
    pub(crate) media: Vec<Medium>,
    pub(crate) location: Option<Location>,
    pub(crate) choice: Option<Choice>,
    pub(crate) quoted: Option<QuotedMessage>,
    pub(crate) referral: Option<Referral>,
    pub(crate) is_forwarded: bool,
    pub(crate) unknown_fields: Option<Json>,
    pub(crate) content_sid: Option<String>,
    pub(crate) content_variables: Option<Json>,
    pub(crate) twilio_sid: Option<String>,
    pub(crate) error_code: Option<i32>,
    pub(crate) error: Option<TwilioError>,
    pub(crate) attempt_count: i32,
    pub(crate) is_retryable: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) not_after: Option<Timestamp>,
    pub(crate) attempts: Vec<DeliveryAttempt>,
    pub(crate) timeline: Vec<TimelineEvent>,
}

/// What an error code means and who does what about it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct TwilioError {
    pub(crate) code: i32,
    pub(crate) meaning: String,
    pub(crate) owner: Owner,
    pub(crate) kind: ErrorKind,
    pub(crate) next_step: String,
}

/// One request to Twilio.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliveryAttempt {
    pub(crate) number: i32,
    pub(crate) started_at: Timestamp,
    pub(crate) duration_ms: Option<i32>,
    pub(crate) outcome: Outcome,
    pub(crate) http_status: Option<i32>,
    pub(crate) error_code: Option<i32>,
    pub(crate) error_message: Option<String>,
    pub(crate) twilio_request_id: Option<String>,
    pub(crate) twilio_sid: Option<String>,
    pub(crate) node: String,
}

/// One thing that happened to a message.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "MessageEvent")]
pub(crate) struct TimelineEvent {
    pub(crate) at: Timestamp,
    pub(crate) kind: EventKind,
    pub(crate) status: Status,
    pub(crate) changed: bool,
    pub(crate) detail: Option<String>,
    pub(crate) error_code: Option<i32>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct IdVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "IdVariables")]
struct MessageQuery {
    #[arguments(id: $id)]
    message: Option<MessageDetail>,
}

/// Reads one message by its id or by a Twilio SID; `None` when there is none.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn read(
    id: String,
    abort: Option<AbortSignal>,
) -> Result<Option<MessageDetail>, ApiError> {
    let variables = IdVariables {
        id: cynic::Id::new(id),
    };
    client::run(MessageQuery::build(variables), abort)
        .await
        .map(|it| it.message)
}

/// One reason why an input was refused.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserError {
    pub(crate) field: Option<Vec<String>>,
    pub(crate) message: String,
}

/// Why it was refused, in words; what several say is said once.
pub(crate) fn reasons(errors: Vec<UserError>) -> String {
    let mut words: Vec<_> = errors.into_iter().map(|it| it.message).collect();
    words.dedup();
    words.join(" ")
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Message")]
struct MessageId {
    id: cynic::Id,
}

#[derive(cynic::InputObject, Clone, Debug)]
pub(super) struct SendMessageInput {
    pub(super) to: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(super) content_sid: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(super) content_variables: Option<Json>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(super) idempotency_key: Option<String>,
    pub(super) lane: Lane,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct SendVariables {
    input: SendMessageInput,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "SendVariables")]
struct SendMutation {
    #[arguments(input: $input)]
    send_message: SendMessagePayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct SendMessagePayload {
    message: Option<MessageId>,
    user_errors: Vec<UserError>,
}

/// Asks for a message to be sent; `Ok(Ok(id))` once it is in the queue. The same key never sends twice.
///
/// # Errors
/// See [`ApiError`]; a refused input is the inner error.
pub(crate) async fn send(
    to: String,
    body: String,
    key: String,
) -> Result<Result<String, Vec<UserError>>, ApiError> {
    let input = SendMessageInput {
        to,
        body: Some(body),
        content_sid: None,
        content_variables: None,
        from: None,
        idempotency_key: Some(key),
        lane: Lane::Normal,
    };
    send_input(input).await
}

/// As [`send`], of a whole input.
pub(super) async fn send_input(
    input: SendMessageInput,
) -> Result<Result<String, Vec<UserError>>, ApiError> {
    let answer = client::run(SendMutation::build(SendVariables { input }), None)
        .await?
        .send_message;
    Ok(answer
        .message
        .map(|it| it.id.into_inner())
        .ok_or(answer.user_errors))
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "IdVariables")]
struct RetryMutation {
    #[arguments(id: $id)]
    retry_message: RetryMessagePayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct RetryMessagePayload {
    message: Option<MessageId>,
    user_errors: Vec<UserError>,
}

/// Puts a failed message back into the queue.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn retry(id: String) -> Result<Result<(), Vec<UserError>>, ApiError> {
    let variables = IdVariables {
        id: cynic::Id::new(id),
    };
    let answer = client::run(RetryMutation::build(variables), None)
        .await?
        .retry_message;
    Ok(answer.message.map(|_| ()).ok_or(answer.user_errors))
}
