//! Numbers over time: what became of the messages of a period, and why some reached nobody.

use cynic::QueryBuilder;
use web_sys::AbortSignal;

use super::{
    client,
    error::ApiError,
    messages::{BoundedCount, MessageFilter},
};
use crate::{
    core::{
        period::{Bounds, Bucket, moment},
        status::Status,
        tally::Tally,
        words::{Direction, ErrorKind, Owner, Timestamp},
    },
    schema,
};

/// Our messages that were stored in a stretch of time.
fn sent_within(bounds: Bounds) -> MessageFilter {
    MessageFilter {
        direction: Some(Direction::Outbound),
        created_from: Some(Timestamp(moment(bounds.from_ms))),
        created_to: Some(Timestamp(moment(bounds.to_ms))),
        ..MessageFilter::default()
    }
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct TallyVariables {
    now: Option<MessageFilter>,
    before: Option<MessageFilter>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "TallyVariables")]
struct TallyQuery {
    #[arguments(first: 1, filter: $now)]
    #[cynic(rename = "messages", alias)]
    now: Divided,
    #[arguments(first: 1, filter: $before)]
    #[cynic(rename = "messages", alias)]
    before: Divided,
    #[arguments(first: 1)]
    #[cynic(rename = "messages", alias)]
    all: Counted,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "MessageConnection")]
struct Divided {
    facets: MessageFacets,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "MessageConnection")]
struct Counted {
    total_count: BoundedCount,
}

#[derive(cynic::QueryFragment, Debug)]
struct MessageFacets {
    is_exact: bool,
    status: Vec<StatusFacet>,
}

#[derive(cynic::QueryFragment, Debug)]
struct StatusFacet {
    count: i32,
    value: Status,
}

impl From<MessageFacets> for Tally {
    fn from(facets: MessageFacets) -> Self {
        let counts = facets.status.into_iter();
        let counts = counts.map(|it| (it.value, it.count)).collect();
        Self::of(counts, facets.is_exact)
    }
}

/// What became of the messages of a period and of the one before it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tallies {
    /// The ends of the period that was counted.
    pub(crate) bounds: Bounds,
    pub(crate) now: Tally,
    pub(crate) before: Tally,
    /// Whether there was never any message.
    pub(crate) is_new: bool,
}

/// Counts the messages of a period by where they stand.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn tallies(
    bounds: Bounds,
    abort: Option<AbortSignal>,
) -> Result<Tallies, ApiError> {
    let variables = TallyVariables {
        now: Some(sent_within(bounds)),
        before: Some(sent_within(bounds.before())),
    };
    let answer = client::run(TallyQuery::build(variables), abort).await?;
    Ok(Tallies {
        bounds,
        now: answer.now.facets.into(),
        before: answer.before.facets.into(),
        is_new: answer.all.total_count.value == 0,
    })
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct CurveVariables {
    bucket: Bucket,
    from: Timestamp,
    to: Timestamp,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "CurveVariables")]
struct CurveQuery {
    #[arguments(bucket: $bucket, from: $from, to: $to)]
    delivery_stats: DeliveryStats,
}

#[derive(cynic::QueryFragment, Debug)]
struct DeliveryStats {
    buckets: Vec<DeliveryBucket>,
}

/// What happened in one bucket.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliveryBucket {
    pub(crate) start_at: Timestamp,
    pub(crate) counts: DeliveryCounts,
}

/// How often what happened.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliveryCounts {
    pub(crate) created: i32,
    pub(crate) accepted: i32,
    pub(crate) delivered: i32,
    pub(crate) failed: i32,
    pub(crate) undelivered: i32,
    pub(crate) unconfirmed: i32,
}

/// Reads what happened over time.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn curve(
    bounds: Bounds,
    bucket: Bucket,
    abort: Option<AbortSignal>,
) -> Result<Vec<DeliveryBucket>, ApiError> {
    let variables = CurveVariables {
        bucket,
        from: Timestamp(moment(bounds.from_ms)),
        to: Timestamp(moment(bounds.to_ms)),
    };
    let answer = client::run(CurveQuery::build(variables), abort).await?;
    Ok(answer.delivery_stats.buckets)
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct GroupVariables {
    from: Timestamp,
    to: Timestamp,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "GroupVariables")]
struct GroupsQuery {
    #[arguments(from: $from, to: $to)]
    failure_groups: Vec<FailureGroup>,
}

/// Messages that reached nobody for one cause.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct FailureGroup {
    pub(crate) code: Option<i32>,
    pub(crate) count: i32,
    pub(crate) error: Option<Cause>,
    pub(crate) example: Option<ExampleMessage>,
    pub(crate) first_at: Timestamp,
    pub(crate) last_at: Timestamp,
    pub(crate) trend: Vec<i32>,
}

/// What a code means.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "TwilioError")]
pub(crate) struct Cause {
    pub(crate) meaning: String,
    pub(crate) owner: Owner,
    pub(crate) kind: ErrorKind,
    pub(crate) next_step: String,
}

/// One of the messages.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "Message")]
pub(crate) struct ExampleMessage {
    pub(crate) id: cynic::Id,
}

/// Reads why messages reached nobody, most frequent first.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn groups(
    bounds: Bounds,
    abort: Option<AbortSignal>,
) -> Result<Vec<FailureGroup>, ApiError> {
    let variables = GroupVariables {
        from: Timestamp(moment(bounds.from_ms)),
        to: Timestamp(moment(bounds.to_ms)),
    };
    let answer = client::run(GroupsQuery::build(variables), abort).await?;
    Ok(answer.failure_groups)
}
