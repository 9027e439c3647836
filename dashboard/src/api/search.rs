//! What the command palette asks the server: people and messages by a few words.

use cynic::QueryBuilder;
use web_sys::AbortSignal;

use super::{client, error::ApiError, messages::MessageFilter, messages::MessageRow};
use crate::schema;

const MOST: i32 = 5;

/// A person who was found.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "Contact")]
pub(crate) struct FoundContact {
    pub(crate) id: cynic::Id,
    pub(crate) name: Option<String>,
    pub(crate) address: String,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct ContactFilter {
    search: Option<String>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct SearchVariables {
    first: Option<i32>,
    people: Option<ContactFilter>,
    texts: Option<MessageFilter>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "SearchVariables")]
struct SearchQuery {
    #[arguments(first: $first, filter: $people)]
    contacts: FoundContacts,
    #[arguments(first: $first, filter: $texts)]
    messages: FoundMessages,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "ContactConnection")]
struct FoundContacts {
    nodes: Vec<FoundContact>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "MessageConnection")]
struct FoundMessages {
    nodes: Vec<MessageRow>,
}

/// People and messages that fit the words, the newest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) people: Vec<FoundContact>,
    pub(crate) messages: Vec<MessageRow>,
}

/// Looks for a few words.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn search(words: &str, abort: Option<AbortSignal>) -> Result<Found, ApiError> {
    let variables = SearchVariables {
        first: Some(MOST),
        people: Some(ContactFilter {
            search: Some(words.to_owned()),
        }),
        texts: Some(MessageFilter {
            search: Some(words.to_owned()),
            ..MessageFilter::default()
        }),
    };
    client::run(SearchQuery::build(variables), abort)
        .await
        .map(|it| Found {
            people: it.contacts.nodes,
            messages: it.messages.nodes,
        })
}
