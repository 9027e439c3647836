//! In which language the server writes to a customer.

use cynic::{MutationBuilder, QueryBuilder};

use super::{client, error::ApiError, messages::UserError};
use crate::schema;

#[derive(cynic::InputObject, Clone, Debug)]
struct ContactFilter {
    search: Option<String>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct ContactVariables {
    filter: Option<ContactFilter>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "ContactVariables")]
struct ContactQuery {
    #[arguments(first: 1, filter: $filter)]
    contacts: ContactConnection,
}

#[derive(cynic::QueryFragment, Debug)]
struct ContactConnection {
    nodes: Vec<Spoken>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Contact")]
struct Spoken {
    id: cynic::Id,
    language: String,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct UpdateContactInput {
    id: cynic::Id,
    #[cynic(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct UpdateVariables {
    input: UpdateContactInput,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "UpdateVariables")]
struct UpdateMutation {
    #[arguments(input: $input)]
    update_contact: ContactPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct ContactPayload {
    user_errors: Vec<UserError>,
}

/// Has the server write to a customer in a language; true when that is new. One who never wrote is not known yet.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn speak(
    address: String,
    language: String,
) -> Result<Result<bool, Vec<UserError>>, ApiError> {
    let filter = Some(ContactFilter {
        search: Some(address),
    });
    let answer = client::run(ContactQuery::build(ContactVariables { filter }), None).await?;
    let known = answer.contacts.nodes.into_iter().next();
    let Some(contact) = known.filter(|it| it.language != language) else {
        return Ok(Ok(false));
    };
    let input = UpdateContactInput {
        id: contact.id,
        language: Some(language),
    };
    let answer = client::run(UpdateMutation::build(UpdateVariables { input }), None).await?;
    let errors = answer.update_contact.user_errors;
    Ok(if errors.is_empty() {
        Ok(true)
    } else {
        Err(errors)
    })
}
