//! The audit log: who changed what. For administrators.

use cynic::QueryBuilder;
use web_sys::AbortSignal;

use super::{client, error::ApiError, messages::PageInfo};
use crate::{
    core::{
        facets::Facets,
        words::{Json, Timestamp},
    },
    schema,
};

const PAGE_SIZE: i32 = 50;

/// Something that was changed.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct AuditEntry {
    pub(crate) id: cynic::Id,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) actor_name: String,
    pub(crate) action: String,
    pub(crate) target: Option<String>,
    pub(crate) before: Option<Json>,
    pub(crate) after: Option<Json>,
    pub(crate) client: Option<String>,
}

#[derive(cynic::InputObject, Clone, Debug, Default)]
struct AuditFilter {
    #[cynic(skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    target: Option<cynic::Id>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct AuditVariables {
    first: Option<i32>,
    after: Option<String>,
    filter: Option<AuditFilter>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "AuditVariables")]
struct AuditQuery {
    #[arguments(first: $first, after: $after, filter: $filter)]
    audit_log: AuditPage,
}

/// One page of the log.
#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "AuditEntryConnection")]
pub(crate) struct AuditPage {
    pub(crate) nodes: Vec<AuditEntry>,
    pub(crate) page_info: PageInfo,
}

/// Reads one page, newest first.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn list(
    filter: &Facets,
    after: Option<String>,
    abort: Option<AbortSignal>,
) -> Result<AuditPage, ApiError> {
    let own = |key: &str| filter.get(key).map(ToOwned::to_owned);
    let variables = AuditVariables {
        first: Some(PAGE_SIZE),
        after,
        filter: Some(AuditFilter {
            actor: own("actor"),
            action: own("action"),
            target: own("target").map(cynic::Id::new),
        }),
    };
    client::run(AuditQuery::build(variables), abort)
        .await
        .map(|it| it.audit_log)
}
