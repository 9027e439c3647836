//! Who did what to one message.

use cynic::QueryBuilder;

use super::{client, error::ApiError};
use crate::{core::words::Timestamp, schema};

#[derive(cynic::InputObject, Clone, Debug)]
struct AuditFilter {
    target: Option<cynic::Id>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct AuditVariables {
    filter: Option<AuditFilter>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "AuditVariables")]
struct AuditQuery {
    #[arguments(first: 50, filter: $filter)]
    audit_log: AuditPage,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "AuditEntryConnection")]
struct AuditPage {
    nodes: Vec<Deed>,
}

/// Something that somebody did.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "AuditEntry")]
pub(crate) struct Deed {
    pub(crate) at: Timestamp,
    pub(crate) action: String,
    pub(crate) actor_name: String,
    pub(crate) client: Option<String>,
}

/// Reads what people did to one message, newest first.
///
/// # Errors
/// `Forbidden` for whoever may not read it.
pub(crate) async fn of(id: String) -> Result<Vec<Deed>, ApiError> {
    let target = Some(cynic::Id::new(id));
    let variables = AuditVariables {
        filter: Some(AuditFilter { target }),
    };
    client::run(AuditQuery::build(variables), None)
        .await
        .map(|it| it.audit_log.nodes)
}
