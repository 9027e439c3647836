//! Sending many messages again, and ending that.

use async_graphql::{Context, ID, Object};
use entity::types::Kind;
use entity::user::Role;

use crate::error::{Error, Result};
use crate::flows::audit::Actor;
use crate::flows::bulk;
use crate::graphql::guard::{actor, app, published, target};
use crate::graphql::types::bulk_job::{BulkJob, CancelBulkJobPayload, RetryMessagesPayload};
use crate::graphql::types::message::MessageFilter;
use crate::graphql::types::user_error::UserError;

/// Background jobs: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Jobs;

/// Background jobs.
#[Object(name = "BulkJobMutation")]
impl Jobs {
    /// Sends every message of a filter again that ended as FAILED, UNDELIVERED or CANCELED. A dry run counts only; else a background
    /// job begins, which takes the messages as they stand now: later ones are not of it. UNCONFIRMED ones are never taken.
    async fn retry_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which messages; an empty filter means all")] filter: MessageFilter,
        #[graphql(desc = "Only count", default = false)] dry_run: bool,
        #[graphql(
            desc = "A key of your own, at most 255 bytes: the same key and filter begins one job, however often it is asked for in 30 days"
        )]
        idempotency_key: Option<String>,
    ) -> async_graphql::Result<RetryMessagesPayload> {
        let by = actor(ctx, Role::Operator)?;
        let begins = (!dry_run).then_some((&by, idempotency_key));
        match retry(app(ctx), filter, begins).await {
            Ok(payload) => Ok(payload),
            Err(Error::Refused(broken)) => {
                let errors = broken.into_iter().map(UserError::from).collect();
                Ok(RetryMessagesPayload::refused(errors))
            }
            Err(error) => Err(published(error)),
        }
    }

    /// Ends a background job. What it did stays done.
    async fn cancel_bulk_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "job_…")] id: ID,
    ) -> async_graphql::Result<CancelBulkJobPayload> {
        let by = actor(ctx, Role::Operator)?;
        let canceled = match target(Kind::BulkJob, &id) {
            Ok(id) => bulk::cancel(app(ctx), &by, id).await,
            Err(error) => Err(error),
        };
        let (job, user_errors) = match canceled {
            Ok(job) => (Some(BulkJob(job)), Vec::new()),
            Err(Error::Refused(broken)) => {
                (None, broken.into_iter().map(UserError::from).collect())
            }
            Err(error) => return Err(published(error)),
        };
        Ok(CancelBulkJobPayload { job, user_errors })
    }
}

/// `begins`: who begins a job, with which key; nobody on a dry run.
async fn retry(
    app: &crate::app::App,
    filter: MessageFilter,
    begins: Option<(&Actor, Option<String>)>,
) -> Result<RetryMessagesPayload> {
    let plan = bulk::plan(app, filter.check()?).await?;
    let job = match begins {
        Some((by, key)) => Some(bulk::begin(app, by, &plan, key).await?),
        None => None,
    };
    Ok(RetryMessagesPayload::planned(&plan, job))
}
