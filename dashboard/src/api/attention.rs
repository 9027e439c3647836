//! What else may need a person: chats whose window closes, refused webhooks, the server's own checks.

use cynic::QueryBuilder;
use web_sys::AbortSignal;

use super::{client, error::ApiError, messages::Contact};
use crate::{
    core::words::{Direction, Timestamp},
    schema,
};

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct ChatsQuery {
    #[arguments(first: 100, filter: { state: ["BOT", "PERSON"] })]
    conversations: ConversationConnection,
}

#[derive(cynic::QueryFragment, Debug)]
struct ConversationConnection {
    nodes: Vec<Chat>,
}

/// A talk that is not over.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "Conversation")]
pub(crate) struct Chat {
    pub(crate) contact: Contact,
    pub(crate) window_closes_at: Option<Timestamp>,
    pub(crate) state: ConversationState,
    pub(crate) last_message: Option<LastMessage>,
}

/// Who answers in a talk.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConversationState {
    Bot,
    Person,
    Resolved,
}

/// The newest message of a talk.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "Message")]
pub(crate) struct LastMessage {
    pub(crate) direction: Direction,
}

impl Chat {
    /// Whether a person has it, or the customer had the last word.
    pub(crate) fn waits(&self) -> bool {
        let is_open = self
            .last_message
            .as_ref()
            .is_some_and(|it| it.direction == Direction::Inbound);
        self.state == ConversationState::Person || is_open
    }
}

/// Reads the talks that are not over, newest activity first.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn chats(abort: Option<AbortSignal>) -> Result<Vec<Chat>, ApiError> {
    let answer = client::run(ChatsQuery::build(()), abort).await?;
    Ok(answer.conversations.nodes)
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct RefusalsQuery {
    webhook_refusals: Vec<WebhookRefusal>,
}

/// Webhook requests that were refused for one cause.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebhookRefusal {
    pub(crate) count: i32,
    pub(crate) detail: String,
    pub(crate) last_at: Timestamp,
}

/// Reads why webhook requests were refused, newest first; for operators.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn refusals(abort: Option<AbortSignal>) -> Result<Vec<WebhookRefusal>, ApiError> {
    let answer = client::run(RefusalsQuery::build(()), abort).await?;
    Ok(answer.webhook_refusals)
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct ChecksQuery {
    health: HealthReport,
}

#[derive(cynic::QueryFragment, Debug)]
struct HealthReport {
    checks: Vec<HealthCheck>,
}

/// What one check of Doctor found.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct HealthCheck {
    pub(crate) name: String,
    pub(crate) status: Health,
    pub(crate) measured: String,
    pub(crate) fix: Option<String>,
}

/// How something is.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "HealthStatus")]
pub(crate) enum Health {
    Ok,
    Warn,
    Fail,
    Skip,
}

/// Reads the checks of Doctor; for operators. May take some seconds.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn checks(abort: Option<AbortSignal>) -> Result<Vec<HealthCheck>, ApiError> {
    let answer = client::run(ChecksQuery::build(()), abort).await?;
    Ok(answer.health.checks)
}
