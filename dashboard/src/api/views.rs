//! Views of the log that are kept under a name: one's own, and those that others share.

use cynic::{MutationBuilder, QueryBuilder};

use super::{
    access::{Answer, unless},
    client,
    error::ApiError,
    messages::UserError,
};
use crate::schema;

/// A kept view.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedView {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) is_shared: bool,
    pub(crate) is_own: bool,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct SavedViewsQuery {
    saved_views: Vec<SavedView>,
}

/// Reads them, by name.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn saved_views() -> Result<Vec<SavedView>, ApiError> {
    let answer = client::run(SavedViewsQuery::build(()), None).await?;
    Ok(answer.saved_views)
}

/// A view to be kept.
#[derive(cynic::InputObject, Clone, Debug)]
pub(crate) struct SaveViewInput {
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) is_shared: bool,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct SaveViewVariables {
    input: SaveViewInput,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "SaveViewVariables")]
struct SaveViewMutation {
    #[arguments(input: $input)]
    save_view: SaveViewPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct SaveViewPayload {
    user_errors: Vec<UserError>,
}

/// Keeps a view, in the place of one's own other one of this name.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn save_view(input: SaveViewInput) -> Answer<()> {
    let operation = SaveViewMutation::build(SaveViewVariables { input });
    let answer = client::run(operation, None).await?;
    Ok(unless(answer.save_view.user_errors))
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct DeleteViewVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "DeleteViewVariables")]
struct DeleteViewMutation {
    #[arguments(id: $id)]
    delete_view: DeleteViewPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct DeleteViewPayload {
    user_errors: Vec<UserError>,
}

/// Deletes a view.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn delete_view(id: cynic::Id) -> Answer<()> {
    let operation = DeleteViewMutation::build(DeleteViewVariables { id });
    let answer = client::run(operation, None).await?;
    Ok(unless(answer.delete_view.user_errors))
}
