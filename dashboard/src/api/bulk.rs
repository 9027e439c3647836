//! Retrying many messages: the dry run, the job, its progress.

use cynic::{MutationBuilder, SubscriptionBuilder};

use super::{client, error::ApiError, messages::UserError, stats::Selection};
use crate::{core::status::Status, schema};

/// What a retry would do, or does.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "RetryMessagesPayload")]
pub(crate) struct RetryPlan {
    pub(crate) matching_count: i32,
    pub(crate) retryable_count: i32,
    pub(crate) not_retryable: Vec<NotRetryable>,
    pub(crate) job: Option<Job>,
    pub(crate) user_errors: Vec<UserError>,
}

/// Messages that are left alone.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotRetryable {
    pub(crate) count: i32,
    pub(crate) reason: String,
    pub(crate) status: Status,
}

/// Work that goes on in the background.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "BulkJob")]
pub(crate) struct Job {
    pub(crate) id: cynic::Id,
    pub(crate) state: JobState,
    pub(crate) total_count: i32,
    pub(crate) done_count: i32,
    pub(crate) skipped_count: i32,
    pub(crate) error: Option<String>,
}

/// How far a job is.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "BulkJobState")]
pub(crate) enum JobState {
    Running,
    Done,
    Canceled,
    Failed,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct RetryVariables {
    dry_run: bool,
    filter: Selection,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "RetryVariables")]
struct RetryMutation {
    #[arguments(dryRun: $dry_run, filter: $filter)]
    retry_messages: RetryPlan,
}

/// How a retry of many is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// Count only.
    Dry,
    /// Begin.
    Real,
}

/// Counts what a retry of these would do, or begins it.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn retry(filter: Selection, run: Run) -> Result<RetryPlan, ApiError> {
    let variables = RetryVariables {
        dry_run: run == Run::Dry,
        filter,
    };
    let answer = client::run(RetryMutation::build(variables), None).await?;
    Ok(answer.retry_messages)
}

/// Which job.
#[derive(cynic::QueryVariables, Clone, Debug)]
pub(crate) struct JobVariables {
    id: cynic::Id,
}

/// What the subscription tells.
#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Subscription", variables = "JobVariables")]
pub(crate) struct JobWatch {
    #[arguments(id: $id)]
    pub(crate) bulk_job: Job,
}

/// The subscription to one job, as it travels.
pub(crate) fn watch_operation(id: &str) -> String {
    let operation = JobWatch::build(JobVariables {
        id: cynic::Id::new(id),
    });
    serde_json::to_string(&operation).unwrap_or_default()
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "JobVariables")]
struct CancelMutation {
    #[arguments(id: $id)]
    cancel_bulk_job: CancelBulkJobPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct CancelBulkJobPayload {
    job: Option<Job>,
    user_errors: Vec<UserError>,
}

/// Ends a job; what it did stays done.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn cancel(id: String) -> Result<Result<Job, Vec<UserError>>, ApiError> {
    let variables = JobVariables {
        id: cynic::Id::new(id),
    };
    let answer = client::run(CancelMutation::build(variables), None).await?;
    let answer = answer.cancel_bulk_job;
    Ok(answer.job.ok_or(answer.user_errors))
}
