//! Reading what happened to messages over time.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use entity::user::Role;

use crate::flows::{failures, stats};
use crate::graphql::guard::{app, published, viewer};
use crate::graphql::page;
use crate::graphql::types::stats::{BucketEnum, DeliveryStats, FailureGroup};
use crate::store::stats::Bucket;

/// What a range costs, which is counted in memory: a twentieth of its buckets' fields. One with too many buckets is refused anyway.
fn cost(from: DateTime<Utc>, to: DateTime<Utc>, bucket: Bucket, of_bucket: usize) -> usize {
    let buckets = (to - from).num_seconds() / bucket.length().num_seconds() + 2;
    let buckets = usize::try_from(buckets).unwrap_or(1);
    let all = page::cost_of_all(buckets.min(stats::MOST_BUCKETS), of_bucket);
    (all / 20).max(of_bucket)
}

/// Counts over time: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Stats;

/// Counts over time.
#[Object(name = "StatsQuery")]
impl Stats {
    /// What happened to messages from one time to before another, to the minute, in at most 1,500 buckets of UTC. It costs the same
    /// beside any number of messages.
    #[graphql(complexity = "20 + cost(from, to, bucket.into(), child_complexity)")]
    async fn delivery_stats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From this minute on")] from: DateTime<Utc>,
        #[graphql(desc = "Before this time")] to: DateTime<Utc>,
        #[graphql(desc = "How long each bucket is")] bucket: BucketEnum,
    ) -> async_graphql::Result<DeliveryStats> {
        viewer(ctx, Role::Viewer)?;
        let stats = stats::read(app(ctx), from, to, bucket.into()).await;
        Ok(stats.map_err(published)?.into())
    }

    /// Why messages ended as FAILED or UNDELIVERED from one time to before another, at most 92 days, most frequent first. A
    /// message that was sent again and failed again counts twice. It costs the same beside any number of messages.
    #[graphql(complexity = "50 + 10 * child_complexity")]
    async fn failure_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From this minute on")] from: DateTime<Utc>,
        #[graphql(desc = "Before this time")] to: DateTime<Utc>,
    ) -> async_graphql::Result<Vec<FailureGroup>> {
        viewer(ctx, Role::Viewer)?;
        let groups = failures::groups(app(ctx), from, to).await;
        let groups = groups.map_err(published)?.into_iter();
        Ok(groups.map(Into::into).collect())
    }
}
