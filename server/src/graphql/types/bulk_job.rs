//! A background job, and what asking for one answers.

use async_graphql::{Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::bulk_job::{self, BulkKind, BulkState};
use entity::types::Kind;

use super::message::StatusEnum;
use super::user_error::UserError;
use crate::flows::bulk::LeftAlone;
use crate::graphql::page::{Page, PageInfo};

/// What a job does to each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "BulkJobKind", remote = "BulkKind")]
enum KindEnum {
    /// It is sent again.
    Retry,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "BulkJobState", remote = "BulkState")]
enum StateEnum {
    /// It is being worked on, or will be.
    Running,
    /// Every message was looked at.
    Done,
    /// Somebody ended it; what was done stays done.
    Canceled,
    /// It could not go on; error says why.
    Failed,
}

/// Work on many messages that goes on in the background, also after a restart.
pub(in crate::graphql) struct BulkJob(pub(in crate::graphql) bulk_job::Model);

/// Work on many messages that goes on in the background, also after a restart.
#[Object]
impl BulkJob {
    /// job_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::BulkJob.encode(self.0.id).into()
    }

    /// What it does to each message.
    async fn kind(&self) -> KindEnum {
        self.0.kind.into()
    }

    /// How far it is.
    async fn state(&self) -> StateEnum {
        self.0.state.into()
    }

    /// Messages that could be worked on when it was asked for.
    async fn total_count(&self) -> i32 {
        int(self.0.total)
    }

    /// Messages that were worked on.
    async fn done_count(&self) -> i32 {
        int(self.0.done)
    }

    /// Messages that had moved on by the time their turn came, and were left alone.
    async fn skipped_count(&self) -> i32 {
        int(self.0.skipped)
    }

    /// How much of it is behind it, from 0 to 1.
    async fn progress(&self) -> f64 {
        progress(&self.0)
    }

    /// Who asked for it, usr_… or tok_…
    async fn created_by(&self) -> ID {
        self.0.created_by.clone().into()
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last went on.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// When it ended; null while it runs.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// Why it failed; null unless it did.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }
}

fn progress(job: &bulk_job::Model) -> f64 {
    if job.state == BulkState::Done {
        return 1.0;
    }
    let exact = |count: i64| f64::from(int(count));
    if job.total == 0 {
        return 0.0;
    }
    (exact(job.done + job.skipped) / exact(job.total)).min(1.0)
}

fn int(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A page of jobs, newest first.
pub(in crate::graphql) struct BulkJobConnection(pub(in crate::graphql) Page<bulk_job::Model>);

/// A job in a list.
#[derive(SimpleObject)]
struct BulkJobEdge {
    /// Its place in the list.
    cursor: String,
    /// The job.
    node: BulkJob,
}

/// A page of jobs, newest first.
#[Object]
impl BulkJobConnection {
    /// The page's jobs with their cursors.
    async fn edges(&self) -> Vec<BulkJobEdge> {
        let edge = |it: &bulk_job::Model| BulkJobEdge {
            cursor: Kind::BulkJob.encode(it.id),
            node: BulkJob(it.clone()),
        };
        self.0.rows.iter().map(edge).collect()
    }

    /// The page's jobs.
    async fn nodes(&self) -> Vec<BulkJob> {
        self.0.rows.iter().cloned().map(BulkJob).collect()
    }

    /// Where the page lies in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.0.info
    }
}

/// Messages that retryMessages leaves alone.
#[derive(SimpleObject)]
pub(in crate::graphql) struct NotRetryable {
    /// Their status.
    status: StatusEnum,
    /// How many they are.
    count: i32,
    /// Why they are left alone.
    reason: String,
}

impl From<LeftAlone> for NotRetryable {
    fn from(it: LeftAlone) -> Self {
        Self {
            status: it.status.into(),
            count: int(it.count),
            reason: it.reason.to_owned(),
        }
    }
}

/// What retryMessages would do, or does.
#[derive(SimpleObject, Default)]
pub(in crate::graphql) struct RetryMessagesPayload {
    /// Messages of the filter; 0 when there are errors.
    matching_count: i32,
    /// Of them: those that are sent again.
    retryable_count: i32,
    /// The others, by status, with the reason.
    not_retryable: Vec<NotRetryable>,
    /// The job that sends them again; null on a dry run, or when there are errors.
    job: Option<BulkJob>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

impl RetryMessagesPayload {
    pub(in crate::graphql) fn planned(
        plan: &crate::flows::bulk::Plan,
        job: Option<bulk_job::Model>,
    ) -> Self {
        Self {
            matching_count: int(plan.matching()),
            retryable_count: int(plan.retryable()),
            not_retryable: plan.left_alone().map(NotRetryable::from).collect(),
            job: job.map(BulkJob),
            user_errors: Vec::new(),
        }
    }

    pub(in crate::graphql) fn refused(user_errors: Vec<UserError>) -> Self {
        Self {
            user_errors,
            ..Self::default()
        }
    }
}

/// What became of cancelBulkJob: a job or errors, never both.
#[derive(SimpleObject)]
pub(in crate::graphql) struct CancelBulkJobPayload {
    /// The job, ended; null when there are errors.
    pub(in crate::graphql) job: Option<BulkJob>,
    /// Why it can't be ended.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}
