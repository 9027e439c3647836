//! Work on many messages: what it would do, the job that does it, and following it.

use cynic::{MutationBuilder, QueryBuilder, SubscriptionBuilder};

use super::{
    client,
    error::ApiError,
    messages::{MessageFilter, UserError, reasons},
};
use crate::{
    core::{say::say, status::Status, words::Timestamp},
    schema,
};

/// How far a job is.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "BulkJobState")]
pub(crate) enum JobState {
    Running,
    Done,
    Failed,
    Canceled,
}

impl JobState {
    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Running => say!("Running"),
            Self::Done => say!("Done"),
            Self::Failed => say!("Failed"),
            Self::Canceled => say!("Canceled"),
        }
    }

    /// The word in `data-state`.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}

/// Work on many messages.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "BulkJob")]
pub(crate) struct Job {
    pub(crate) id: cynic::Id,
    pub(crate) state: JobState,
    pub(crate) total_count: i32,
    pub(crate) done_count: i32,
    pub(crate) skipped_count: i32,
    pub(crate) progress: f64,
    pub(crate) error: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

/// A job or message by its id.
#[derive(cynic::QueryVariables, Clone, Debug)]
pub(crate) struct IdVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "IdVariables")]
struct JobQuery {
    #[arguments(id: $id)]
    bulk_job: Option<Job>,
}

/// Reads one job; `None` when there is none.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn job(id: String) -> Result<Option<Job>, ApiError> {
    let id = cynic::Id::new(id);
    client::run(JobQuery::build(IdVariables { id }), None)
        .await
        .map(|it| it.bulk_job)
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct JobsQuery {
    #[arguments(first: 5)]
    bulk_jobs: JobPage,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "BulkJobConnection")]
struct JobPage {
    nodes: Vec<Job>,
}

/// Reads the newest jobs.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn jobs() -> Result<Vec<Job>, ApiError> {
    client::run(JobsQuery::build(()), None)
        .await
        .map(|it| it.bulk_jobs.nodes)
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "IdVariables")]
struct CancelJobMutation {
    #[arguments(id: $id)]
    cancel_bulk_job: CancelJobPayload,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "CancelBulkJobPayload")]
struct CancelJobPayload {
    job: Option<Job>,
    user_errors: Vec<UserError>,
}

/// Ends a job; what is done stays done.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn cancel_job(id: String) -> Result<Result<Job, Vec<UserError>>, ApiError> {
    let id = cynic::Id::new(id);
    let answer = client::run(CancelJobMutation::build(IdVariables { id }), None).await?;
    let answer = answer.cancel_bulk_job;
    Ok(answer.job.ok_or(answer.user_errors))
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct ManyVariables {
    filter: MessageFilter,
    dry_run: bool,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "ManyVariables")]
struct RetryManyMutation {
    #[arguments(filter: $filter, dryRun: $dry_run)]
    retry_messages: RetryPlan,
}

/// What a retry of many would do, or does.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "RetryMessagesPayload")]
pub(crate) struct RetryPlan {
    pub(crate) job: Option<Job>,
    pub(crate) matching_count: i32,
    pub(crate) retryable_count: i32,
    pub(crate) not_retryable: Vec<NotRetryable>,
    pub(crate) user_errors: Vec<UserError>,
}

/// Messages that are left alone, and why.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotRetryable {
    pub(crate) status: Status,
    pub(crate) count: i32,
    pub(crate) reason: String,
}

/// Whether it is done, or only said what would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    Dry,
    Real,
}

/// Sends every message of a filter again that can be.
///
/// # Errors
/// See [`ApiError`]; refusals are in the plan.
pub(crate) async fn retry_many(filter: MessageFilter, run: Run) -> Result<RetryPlan, ApiError> {
    let dry_run = run == Run::Dry;
    client::run(
        RetryManyMutation::build(ManyVariables { filter, dry_run }),
        None,
    )
    .await
    .map(|it| it.retry_messages)
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "ManyVariables")]
struct CancelManyMutation {
    #[arguments(filter: $filter, dryRun: $dry_run)]
    cancel_messages: CancelPlan,
}

/// What taking many back would do, or did.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "CancelMessagesPayload")]
pub(crate) struct CancelPlan {
    pub(crate) matching_count: Option<i32>,
    pub(crate) canceled_count: Option<i32>,
    pub(crate) user_errors: Vec<UserError>,
}

/// Takes back every message of a filter that has not left, at most 10,000 a time.
///
/// # Errors
/// See [`ApiError`]; refusals are in the plan.
pub(crate) async fn cancel_many(filter: MessageFilter, run: Run) -> Result<CancelPlan, ApiError> {
    let dry_run = run == Run::Dry;
    client::run(
        CancelManyMutation::build(ManyVariables { filter, dry_run }),
        None,
    )
    .await
    .map(|it| it.cancel_messages)
}

/// Taking back that ended before it was through.
#[derive(Debug)]
pub(crate) struct Halt {
    /// So many were taken back before, and stay so.
    done: i32,
    why: String,
    /// Unless it was refused.
    pub(crate) error: Option<ApiError>,
}

impl Halt {
    /// What was done, and what ended it.
    pub(crate) fn words(self) -> String {
        let (done, why) = (self.done, self.why);
        if done == 0 {
            return why;
        }
        say!(
            done,
            "{n} message was taken back before. {why}"
                | "{n} messages were taken back before. {why}",
            n = done,
            why
        )
    }
}

/// Takes back every message of a filter that has not left, request after request, until none is left or `goes_on`, which
/// hears after each how many were, says no. How many were.
///
/// # Errors
/// See [`Halt`].
pub(crate) async fn cancel_all(
    filter: &MessageFilter,
    goes_on: impl Fn(i32) -> bool,
) -> Result<i32, Halt> {
    let mut done = 0;
    loop {
        let round = match cancel_many(filter.clone(), Run::Real).await {
            Ok(round) if round.user_errors.is_empty() => round,
            Ok(round) => {
                return Err(Halt {
                    done,
                    why: reasons(round.user_errors),
                    error: None,
                });
            }
            Err(error) => {
                return Err(Halt {
                    done,
                    why: error.words(),
                    error: Some(error),
                });
            }
        };
        let some = round.canceled_count.unwrap_or_default();
        let is_all = some == 0 || some >= round.matching_count.unwrap_or_default();
        done += some;
        if !goes_on(done) || is_all {
            return Ok(done);
        }
    }
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "IdVariables")]
struct CancelOneMutation {
    #[arguments(id: $id)]
    cancel_message: CancelOnePayload,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "CancelMessagePayload")]
struct CancelOnePayload {
    user_errors: Vec<UserError>,
}

/// Takes one message back that has not left.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn cancel_one(id: String) -> Result<Result<(), Vec<UserError>>, ApiError> {
    let id = cynic::Id::new(id);
    let answer = client::run(CancelOneMutation::build(IdVariables { id }), None).await?;
    let errors = answer.cancel_message.user_errors;
    Ok(if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    })
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Subscription", variables = "IdVariables")]
pub(crate) struct JobChanges {
    #[arguments(id: $id)]
    pub(crate) bulk_job: Job,
}

/// The subscription that follows a job, as the payload of its frame.
pub(crate) fn follow(id: &str) -> String {
    let id = cynic::Id::new(id);
    serde_json::to_string(&JobChanges::build(IdVariables { id })).unwrap_or_default()
}
