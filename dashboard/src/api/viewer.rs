//! Who looks at this dashboard, and what the server is connected to.

use crate::{
    core::words::{Environment, Role, Timestamp},
    schema,
};
use cynic::QueryBuilder;

use super::{client, error::ApiError};

/// The signed-in user.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Viewer {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) environment: Environment,
    pub(crate) senders: Vec<String>,
    pub(crate) version: String,
    pub(crate) server_time: Timestamp,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct ViewerQuery {
    viewer: Viewer,
}

/// Asks who is signed in.
///
/// # Errors
/// `Unauthenticated` when nobody is.
pub(crate) async fn viewer() -> Result<Viewer, ApiError> {
    client::run(ViewerQuery::build(()), None)
        .await
        .map(|it| it.viewer)
}

/// Asks the same, and does not wait for somebody to sign in.
///
/// # Errors
/// `Unauthenticated` when nobody is.
pub(crate) async fn probe() -> Result<Viewer, ApiError> {
    client::run_now(ViewerQuery::build(()))
        .await
        .map(|it| it.viewer)
}
