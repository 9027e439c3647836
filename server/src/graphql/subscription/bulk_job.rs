//! Following a background job.

use std::time::Duration;

use async_graphql::{Context, ID, Subscription};
use entity::bulk_job::{BulkState, Model};
use entity::types::Kind;
use entity::user::Role;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use uuid::Uuid;

use super::Events;
use crate::app::App;
use crate::error::{Error, Result};
use crate::graphql::guard::{app, id_of, published, viewer};
use crate::graphql::types::bulk_job::BulkJob;
use crate::store;

/// A hint that got lost costs no more than this.
const POLL: Duration = Duration::from_millis(500);
/// The log grows faster than anybody looks.
const AT_MOST_EVERY: Duration = Duration::from_millis(100);

/// Background jobs: a part of the root of subscriptions.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Jobs;

/// Background jobs.
#[Subscription(name = "BulkJobSubscription")]
#[expect(clippy::unused_async, reason = "the macro takes async functions only")]
impl Jobs {
    /// A background job as it is now, then at each change, until it has ended.
    async fn bulk_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "job_…")] id: ID,
    ) -> async_graphql::Result<impl Stream<Item = Events<BulkJob>>> {
        viewer(ctx, Role::Viewer)?;
        let id = id_of(Kind::BulkJob, &id)?;
        let app = app(ctx).clone();
        let follower = Follower {
            grew: app.cluster.log(),
            app,
            id,
            told: None,
        };
        Ok(stream::unfold(Some(follower), |follower| async move {
            let mut follower = follower?;
            match follower.next().await {
                Ok(Some(job)) => Some((Ok(BulkJob(job)), Some(follower))),
                Ok(None) => None,
                Err(error) => Some((Err(published(error)), None)),
            }
        }))
    }
}

struct Follower {
    app: App,
    id: Uuid,
    grew: watch::Receiver<u64>,
    told: Option<Model>,
}

impl Follower {
    /// The job at its next change; `None` after its end.
    async fn next(&mut self) -> Result<Option<Model>> {
        let mut is_first = self.told.is_none();
        loop {
            if self.told.as_ref().is_some_and(has_ended) {
                return Ok(None);
            }
            if !is_first {
                self.wait().await;
            }
            is_first = false;
            let found = store::bulk_jobs::by_id(self.app.db.read(), self.id).await?;
            let job = found.ok_or(Error::NotFound("the job"))?;
            if self.told.as_ref().is_none_or(|told| is_news(told, &job)) {
                self.told = Some(job.clone());
                return Ok(Some(job));
            }
        }
    }

    async fn wait(&mut self) {
        tokio::time::sleep(AT_MOST_EVERY).await;
        tokio::select! {
            _ = self.grew.changed() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

fn has_ended(job: &Model) -> bool {
    job.state != BulkState::Running
}

/// Who has the lease is nobody's news.
fn is_news(told: &Model, now: &Model) -> bool {
    let shown = |it: &Model| (it.state, it.total, it.done, it.skipped, it.updated_at);
    shown(told) != shown(now)
}
