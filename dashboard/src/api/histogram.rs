//! How many messages were stored when: the log's scrubber.

use cynic::QueryBuilder;

use super::{client, error::ApiError};
use crate::{
    core::{
        histogram::Bucket,
        time::{iso, parse_ms},
        words::Timestamp,
    },
    schema,
};

/// How long a bucket is.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "StatsBucket")]
enum Width {
    Minute,
    Hour,
    Day,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct StatsVariables {
    from: Timestamp,
    to: Timestamp,
    bucket: Width,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "StatsVariables")]
struct StatsQuery {
    #[arguments(from: $from, to: $to, bucket: $bucket)]
    delivery_stats: Stats,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "DeliveryStats")]
struct Stats {
    buckets: Vec<StatsBucket>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "DeliveryBucket")]
struct StatsBucket {
    start_at: Timestamp,
    counts: Counts,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "DeliveryCounts")]
struct Counts {
    created: i32,
    received: i32,
}

/// How many messages were stored when, oldest first: in minutes, hours or days, whatever the range asks for.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn stored(from_ms: f64, to_ms: f64) -> Result<Vec<Bucket>, ApiError> {
    const HOUR_MS: f64 = 3_600_000.0;
    let bucket = match to_ms - from_ms {
        it if it <= 6.0 * HOUR_MS => Width::Minute,
        it if it <= 24.0 * 20.0 * HOUR_MS => Width::Hour,
        _ => Width::Day,
    };
    let variables = StatsVariables {
        from: Timestamp(iso(from_ms)),
        to: Timestamp(iso(to_ms)),
        bucket,
    };
    let answer = client::run(StatsQuery::build(variables), None).await?;
    let read = |it: StatsBucket| Bucket {
        at_ms: parse_ms(&it.start_at.0).unwrap_or(from_ms),
        count: (it.counts.created + it.counts.received).unsigned_abs(),
    };
    Ok(answer
        .delivery_stats
        .buckets
        .into_iter()
        .map(read)
        .collect())
}
