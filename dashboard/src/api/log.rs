//! The log's pages by keyset cursor, its count, its facets.

use cynic::QueryBuilder;
use web_sys::AbortSignal;

use super::{
    client,
    error::ApiError,
    messages::{BoundedCount, MessageFilter, MessageRow},
};
use crate::{
    core::{
        log::Page,
        status::Status,
        words::{Direction, Lane, Timestamp},
    },
    schema,
};

/// Rows of one page.
pub(crate) const PAGE_SIZE: usize = 100;
const FIRST: i32 = 100;

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The newest.
    Newest,
    /// The oldest.
    Oldest,
    /// What comes after a cursor.
    Older(String),
    /// What comes before a cursor.
    Newer(String),
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct LogVariables {
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
    filter: Option<MessageFilter>,
}

impl LogVariables {
    fn of(side: Side, filter: MessageFilter) -> Self {
        let base = Self {
            first: None,
            after: None,
            last: None,
            before: None,
            filter: Some(filter),
        };
        let count = Some(FIRST);
        match side {
            Side::Newest => Self {
                first: count,
                ..base
            },
            Side::Oldest => Self {
                last: count,
                ..base
            },
            Side::Older(after) => Self {
                first: count,
                after: Some(after),
                ..base
            },
            Side::Newer(before) => Self {
                last: count,
                before: Some(before),
                ..base
            },
        }
    }
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "LogVariables")]
struct FirstQuery {
    #[arguments(first: $first, after: $after, last: $last, before: $before, filter: $filter)]
    messages: FirstPage,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "MessageConnection")]
struct FirstPage {
    nodes: Vec<MessageRow>,
    page_info: PageInfo,
    total_count: BoundedCount,
    event_cursor: String,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "LogVariables")]
struct MoreQuery {
    #[arguments(first: $first, after: $after, last: $last, before: $before, filter: $filter)]
    messages: MorePage,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "MessageConnection")]
struct MorePage {
    nodes: Vec<MessageRow>,
    page_info: PageInfo,
}

/// Where a page lies between its neighbours.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
struct PageInfo {
    has_previous_page: bool,
    has_next_page: bool,
    start_cursor: Option<String>,
    end_cursor: Option<String>,
}

impl PageInfo {
    fn page(self, rows: Vec<MessageRow>) -> Page<MessageRow> {
        Page {
            rows,
            start: self.start_cursor,
            end: self.end_cursor,
            has_newer: self.has_previous_page,
            has_older: self.has_next_page,
        }
    }
}

/// The newest page, and what belongs to the list as a whole.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) page: Page<MessageRow>,
    pub(crate) count: BoundedCount,
    pub(crate) event_cursor: String,
}

/// Reads the newest page, the count, and the head of the event log before both.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn head(
    filter: MessageFilter,
    abort: Option<AbortSignal>,
) -> Result<Head, ApiError> {
    let variables = LogVariables::of(Side::Newest, filter);
    let answer = client::run(FirstQuery::build(variables), abort)
        .await?
        .messages;
    Ok(Head {
        page: answer.page_info.page(answer.nodes),
        count: answer.total_count,
        event_cursor: answer.event_cursor,
    })
}

/// Reads any other page.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn page(
    filter: MessageFilter,
    side: Side,
    abort: Option<AbortSignal>,
) -> Result<Page<MessageRow>, ApiError> {
    let variables = LogVariables::of(side, filter);
    let answer = client::run(MoreQuery::build(variables), abort)
        .await?
        .messages;
    Ok(answer.page_info.page(answer.nodes))
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct FilterVariables {
    filter: Option<MessageFilter>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "FilterVariables")]
struct CountQuery {
    #[arguments(first: 1, filter: $filter)]
    messages: CountOnly,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "MessageConnection")]
struct CountOnly {
    total_count: BoundedCount,
}

/// Counts the messages of a filter.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn count(filter: MessageFilter) -> Result<BoundedCount, ApiError> {
    let variables = FilterVariables {
        filter: Some(filter),
    };
    client::run(CountQuery::build(variables), None)
        .await
        .map(|it| it.messages.total_count)
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "FilterVariables")]
struct OldestQuery {
    #[arguments(last: 1, filter: $filter)]
    messages: Times,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "MessageConnection")]
struct Times {
    nodes: Vec<Time>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Message")]
struct Time {
    created_at: Timestamp,
}

/// When the oldest message of a filter was stored.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn oldest(filter: MessageFilter) -> Result<Option<Timestamp>, ApiError> {
    let variables = FilterVariables {
        filter: Some(filter),
    };
    let answer = client::run(OldestQuery::build(variables), None).await?;
    Ok(answer
        .messages
        .nodes
        .into_iter()
        .next()
        .map(|it| it.created_at))
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "FilterVariables")]
struct FacetQuery {
    #[arguments(first: 1, filter: $filter)]
    messages: FacetsOnly,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "MessageConnection")]
struct FacetsOnly {
    facets: Facets,
}

/// How the messages of a filter divide.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "MessageFacets")]
pub(crate) struct Facets {
    pub(crate) status: Vec<StatusFacet>,
    pub(crate) direction: Vec<DirectionFacet>,
    pub(crate) lane: Vec<LaneFacet>,
    pub(crate) is_exact: bool,
}

/// So many of a status.
#[derive(cynic::QueryFragment, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatusFacet {
    pub(crate) value: Status,
    pub(crate) count: i32,
}

/// So many of a direction.
#[derive(cynic::QueryFragment, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DirectionFacet {
    pub(crate) value: Direction,
    pub(crate) count: i32,
}

/// So many of a lane.
#[derive(cynic::QueryFragment, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LaneFacet {
    pub(crate) value: Lane,
    pub(crate) count: i32,
}

/// Counts how the messages of a filter divide.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn facets(filter: MessageFilter) -> Result<Facets, ApiError> {
    let variables = FilterVariables {
        filter: Some(filter),
    };
    client::run(FacetQuery::build(variables), None)
        .await
        .map(|it| it.messages.facets)
}
