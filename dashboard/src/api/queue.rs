//! The queue: its numbers, holding and releasing lanes, and the messages that wait in it.

use cynic::{MutationBuilder, QueryBuilder, SubscriptionBuilder};
use web_sys::AbortSignal;

use super::{
    client,
    error::ApiError,
    messages::{Contact, MessageFilter, PageInfo, UserError},
};
use crate::{
    core::{
        pressure::{Circuit, Component, NodeRole},
        status::Status,
        words::{Lane, Outcome, Timestamp},
    },
    schema,
};

/// Rows of one page.
const PAGE_SIZE: i32 = 50;

/// The queue at one moment.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct QueueMetrics {
    pub(crate) at: Timestamp,
    pub(crate) circuit: Circuit,
    pub(crate) redis: Component,
    pub(crate) dead_messages: i32,
    pub(crate) dead_webhook_events: i32,
    pub(crate) pending_webhook_events: i32,
    pub(crate) running_jobs: i32,
    pub(crate) spool_bytes: i32,
    pub(crate) oldest_due_seconds: f64,
    pub(crate) throughput_per_second: f64,
    pub(crate) lanes: Vec<LaneMetrics>,
    pub(crate) workers: Vec<WorkerNode>,
}

impl QueueMetrics {
    /// Messages that wait for a worker or another try, of all lanes.
    pub(crate) fn waiting(&self) -> i32 {
        self.lanes.iter().map(LaneMetrics::waiting).sum()
    }

    /// Messages that may have been sent, of all lanes.
    pub(crate) fn unconfirmed(&self) -> i32 {
        self.lanes.iter().map(|it| it.unconfirmed).sum()
    }
}

/// One lane.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct LaneMetrics {
    pub(crate) lane: Lane,
    pub(crate) pause: Option<LanePause>,
    pub(crate) queued: i32,
    pub(crate) retrying: i32,
    pub(crate) scheduled: i32,
    pub(crate) sending: i32,
    pub(crate) unconfirmed: i32,
}

impl LaneMetrics {
    /// Messages that wait for a worker or another try.
    pub(crate) fn waiting(&self) -> i32 {
        self.queued + self.retrying
    }
}

/// Why a lane is held.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct LanePause {
    pub(crate) by: cynic::Id,
    pub(crate) by_name: Option<String>,
    pub(crate) reason: String,
    pub(crate) since: Timestamp,
    pub(crate) until: Option<Timestamp>,
}

impl LanePause {
    /// Who holds it, in a word a person knows if there is one.
    pub(crate) fn who(&self) -> String {
        let id = self.by.inner();
        self.by_name.as_deref().unwrap_or(id).to_owned()
    }
}

/// A process of the server.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct WorkerNode {
    pub(crate) id: cynic::Id,
    pub(crate) role: NodeRole,
    pub(crate) version: String,
    pub(crate) started_at: Timestamp,
    pub(crate) seen_at: Timestamp,
    pub(crate) concurrency: i32,
    pub(crate) sending: i32,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct MetricsQuery {
    queue_metrics: QueueMetrics,
}

/// Reads the queue's numbers once.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn read() -> Result<QueueMetrics, ApiError> {
    let answer = client::run(MetricsQuery::build(()), None).await?;
    Ok(answer.queue_metrics)
}

/// How often the numbers are told.
#[derive(cynic::QueryVariables, Clone, Debug)]
pub(crate) struct WatchVariables {
    interval_ms: i32,
}

/// What the subscription tells.
#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Subscription", variables = "WatchVariables")]
pub(crate) struct QueueWatch {
    #[arguments(intervalMs: $interval_ms)]
    pub(crate) queue_metrics: QueueMetrics,
}

/// The subscription to the queue's numbers, as it travels.
pub(crate) fn watch_operation(interval_ms: i32) -> String {
    let operation = QueueWatch::build(WatchVariables { interval_ms });
    serde_json::to_string(&operation).unwrap_or_default()
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct PauseVariables {
    lane: Option<Lane>,
    reason: String,
    until: Option<Timestamp>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "PauseVariables")]
struct PauseMutation {
    #[arguments(lane: $lane, reason: $reason, until: $until)]
    pause_queue: PauseQueuePayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct PauseQueuePayload {
    queue: Option<QueueMetrics>,
    user_errors: Vec<UserError>,
}

/// Holds a lane (all without one), until a moment if there is one.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn pause(
    lane: Option<Lane>,
    reason: String,
    until: Option<String>,
) -> Result<Result<QueueMetrics, Vec<UserError>>, ApiError> {
    let variables = PauseVariables {
        lane,
        reason,
        until: until.map(Timestamp),
    };
    let answer = client::run(PauseMutation::build(variables), None).await?;
    let answer = answer.pause_queue;
    Ok(answer.queue.ok_or(answer.user_errors))
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct ResumeVariables {
    lane: Option<Lane>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "ResumeVariables")]
struct ResumeMutation {
    #[arguments(lane: $lane)]
    resume_queue: ResumeQueuePayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct ResumeQueuePayload {
    queue: Option<QueueMetrics>,
    user_errors: Vec<UserError>,
}

/// Lets a lane go on (all without one).
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn resume(
    lane: Option<Lane>,
) -> Result<Result<QueueMetrics, Vec<UserError>>, ApiError> {
    let answer = client::run(ResumeMutation::build(ResumeVariables { lane }), None).await?;
    let answer = answer.resume_queue;
    Ok(answer.queue.ok_or(answer.user_errors))
}

/// A message that waits: for its time, for another try, or for Twilio's word.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "Message")]
pub(crate) struct WaitingMessage {
    pub(crate) id: cynic::Id,
    pub(crate) status: Status,
    pub(crate) lane: Lane,
    pub(crate) contact: Contact,
    pub(crate) body: Option<String>,
    pub(crate) attempt_count: i32,
    pub(crate) error_code: Option<i32>,
    pub(crate) created_at: Timestamp,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) attempts: Vec<Attempt>,
}

/// What a request to Twilio showed.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "DeliveryAttempt")]
pub(crate) struct Attempt {
    pub(crate) number: i32,
    pub(crate) started_at: Timestamp,
    pub(crate) duration_ms: Option<i32>,
    pub(crate) outcome: Outcome,
    pub(crate) http_status: Option<i32>,
    pub(crate) error_code: Option<i32>,
    pub(crate) error_message: Option<String>,
    pub(crate) twilio_request_id: Option<String>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct WaitingVariables {
    first: Option<i32>,
    after: Option<String>,
    filter: Option<MessageFilter>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "WaitingVariables")]
struct WaitingQuery {
    #[arguments(first: $first, after: $after, filter: $filter)]
    messages: WaitingPage,
}

/// Some of the messages that wait.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "MessageConnection")]
pub(crate) struct WaitingPage {
    pub(crate) nodes: Vec<WaitingMessage>,
    pub(crate) page_info: PageInfo,
}

/// Reads messages of one status, newest first, of one lane or all.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn waiting(
    status: Status,
    lane: Option<Lane>,
    after: Option<String>,
    abort: Option<AbortSignal>,
) -> Result<WaitingPage, ApiError> {
    let filter = MessageFilter {
        status: Some(vec![status]),
        lane,
        ..MessageFilter::default()
    };
    let variables = WaitingVariables {
        first: Some(PAGE_SIZE),
        after,
        filter: Some(filter),
    };
    let answer = client::run(WaitingQuery::build(variables), abort).await?;
    Ok(answer.messages)
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct IdVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "IdVariables")]
struct CancelMutation {
    #[arguments(id: $id)]
    cancel_message: CancelMessagePayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct CancelMessagePayload {
    user_errors: Vec<UserError>,
}

/// Takes a message back that has not left.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn cancel(id: String) -> Result<Result<(), Vec<UserError>>, ApiError> {
    let variables = IdVariables {
        id: cynic::Id::new(id),
    };
    let answer = client::run(CancelMutation::build(variables), None).await?;
    let errors = answer.cancel_message.user_errors;
    Ok(if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    })
}
