//! What Twilio posted: the log, one event in full, what was refused at the door, processing again.

use cynic::{MutationBuilder, QueryBuilder};
use web_sys::AbortSignal;

use super::{
    client,
    error::ApiError,
    messages::{PageInfo, UserError},
};
use crate::{
    core::{
        facets::Facets,
        webhook::{HookKind, HookSource, HookState, Refusal},
        words::Timestamp,
    },
    schema,
};

const PAGE_SIZE: i32 = 50;

/// An event as the log shows it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "WebhookEvent")]
pub(crate) struct Hook {
    pub(crate) id: cynic::Id,
    pub(crate) kind: HookKind,
    pub(crate) state: HookState,
    pub(crate) source: HookSource,
    pub(crate) received_at: Timestamp,
    pub(crate) processed_at: Option<Timestamp>,
    pub(crate) next_try_at: Option<Timestamp>,
    pub(crate) failures: i32,
    pub(crate) error: Option<String>,
    pub(crate) message_sid: Option<String>,
    pub(crate) dedupe_key: String,
}

/// What the server narrows by.
#[derive(cynic::InputObject, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WebhookEventFilter {
    #[cynic(skip_serializing_if = "Option::is_none")]
    kind: Option<HookKind>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    source: Option<HookSource>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    state: Option<HookState>,
}

impl WebhookEventFilter {
    /// Everything the URL says.
    pub(crate) fn of(filter: &Facets) -> Self {
        Self {
            kind: filter.get("kind").and_then(HookKind::parse),
            source: filter.get("source").and_then(HookSource::parse),
            state: filter.get("state").and_then(HookState::parse),
        }
    }

    /// Only what failed too often, of the same kind and source.
    pub(crate) fn dead(filter: &Facets) -> Self {
        Self {
            state: Some(HookState::Dead),
            ..Self::of(filter)
        }
    }
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct HookVariables {
    first: Option<i32>,
    after: Option<String>,
    filter: Option<WebhookEventFilter>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "HookVariables")]
struct HooksQuery {
    #[arguments(first: $first, after: $after, filter: $filter)]
    webhook_events: HookPage,
}

/// One page of the log.
#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "WebhookEventConnection")]
pub(crate) struct HookPage {
    pub(crate) nodes: Vec<Hook>,
    pub(crate) page_info: PageInfo,
}

/// Reads one page, newest first.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn list(
    filter: WebhookEventFilter,
    after: Option<String>,
    abort: Option<AbortSignal>,
) -> Result<HookPage, ApiError> {
    let variables = HookVariables {
        first: Some(PAGE_SIZE),
        after,
        filter: Some(filter),
    };
    client::run(HooksQuery::build(variables), abort)
        .await
        .map(|it| it.webhook_events)
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct HookIdVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "HookIdVariables")]
struct HookQuery {
    #[arguments(id: $id)]
    webhook_event: Option<Hook>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "WebhookEvent")]
struct HookBody {
    body: Option<String>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "HookIdVariables")]
struct HookBodyQuery {
    #[arguments(id: $id)]
    webhook_event: Option<HookBody>,
}

/// One event; `None` when there is none.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn read(id: String, abort: Option<AbortSignal>) -> Result<Option<Hook>, ApiError> {
    let id = cynic::Id::new(id);
    client::run(HookQuery::build(HookIdVariables { id }), abort)
        .await
        .map(|it| it.webhook_event)
}

/// The form as it was posted; for administrators.
///
/// # Errors
/// See [`ApiError`]; `Forbidden` for everybody else.
pub(crate) async fn body(id: String) -> Result<Option<String>, ApiError> {
    let id = cynic::Id::new(id);
    client::run(HookBodyQuery::build(HookIdVariables { id }), None)
        .await
        .map(|it| it.webhook_event.and_then(|it| it.body))
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "HookIdVariables")]
struct ReplayMutation {
    #[arguments(id: $id)]
    replay_webhook_event: ReplayWebhookEventPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct ReplayWebhookEventPayload {
    webhook_event: Option<Hook>,
    user_errors: Vec<UserError>,
}

/// Has a dead event processed again.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn replay(id: String) -> Result<Result<Hook, Vec<UserError>>, ApiError> {
    let id = cynic::Id::new(id);
    let answer = client::run(ReplayMutation::build(HookIdVariables { id }), None)
        .await?
        .replay_webhook_event;
    Ok(answer.webhook_event.ok_or(answer.user_errors))
}

/// Requests that were refused for one cause.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "WebhookRefusal")]
pub(crate) struct Refused {
    pub(crate) reason: Refusal,
    pub(crate) detail: String,
    pub(crate) route: String,
    pub(crate) client: Option<String>,
    pub(crate) count: i32,
    pub(crate) first_at: Timestamp,
    pub(crate) last_at: Timestamp,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct RefusalsQuery {
    webhook_refusals: Vec<Refused>,
}

/// Why requests were refused, the newest cause first; for operators.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn refusals(abort: Option<AbortSignal>) -> Result<Vec<Refused>, ApiError> {
    client::run(RefusalsQuery::build(()), abort)
        .await
        .map(|it| it.webhook_refusals)
}
