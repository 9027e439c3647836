//! The simulator's phones: what is on the screen, and writing as the customer.

use cynic::{MutationBuilder, QueryBuilder};
use web_sys::AbortSignal;

use super::{
    client,
    error::ApiError,
    messages::{MessageFilter, UserError},
};
use crate::{core::words::Timestamp, schema};

/// One bubble on a simulated phone.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "SimulatorMessage")]
pub(crate) struct PhoneMessage {
    pub(crate) sid: String,
    pub(crate) from_phone: bool,
    pub(crate) body: String,
    /// Twilio's word for it, `delivered`.
    pub(crate) status: String,
    pub(crate) at: Timestamp,
}

#[derive(cynic::QueryFragment, Debug)]
struct SimulatorPhone {
    messages: Vec<PhoneMessage>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct PhoneVariables {
    address: String,
    filter: MessageFilter,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Simulator", variables = "PhoneVariables")]
struct PhoneOfSimulator {
    #[arguments(address: $address)]
    phone: Option<SimulatorPhone>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "MessageConnection")]
struct EventHead {
    event_cursor: String,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "PhoneVariables")]
struct PhoneQuery {
    #[arguments(first: 1, filter: $filter)]
    messages: EventHead,
    simulator: Option<PhoneOfSimulator>,
}

/// What a phone shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) messages: Vec<PhoneMessage>,
    /// The head of the event log before the screen was read.
    pub(crate) event_cursor: String,
}

/// Reads the screen of one phone; `None` when the simulator is off.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn screen(
    address: String,
    abort: Option<AbortSignal>,
) -> Result<Option<Screen>, ApiError> {
    let filter = MessageFilter::with(&address);
    let answer = client::run(PhoneQuery::build(PhoneVariables { address, filter }), abort).await?;
    let event_cursor = answer.messages.event_cursor;
    Ok(answer.simulator.map(|it| Screen {
        messages: it.phone.map(|it| it.messages).unwrap_or_default(),
        event_cursor,
    }))
}

#[derive(cynic::InputObject, Clone, Debug)]
struct SimulatorSendInput {
    from: String,
    name: Option<String>,
    body: String,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct SendVariables {
    input: SimulatorSendInput,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "SendVariables")]
struct SendMutation {
    #[arguments(input: $input)]
    simulator_send: SimulatorSendPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct SimulatorSendPayload {
    message: Option<PhoneMessage>,
    user_errors: Vec<UserError>,
}

/// Writes to the business as the customer.
///
/// # Errors
/// See [`ApiError`]; a refused input is the inner error.
pub(crate) async fn send(
    from: String,
    name: String,
    body: String,
) -> Result<Result<PhoneMessage, Vec<UserError>>, ApiError> {
    let name = (!name.is_empty()).then_some(name);
    let input = SimulatorSendInput { from, name, body };
    let answer = client::run(SendMutation::build(SendVariables { input }), None).await?;
    let answer = answer.simulator_send;
    Ok(answer.message.ok_or(answer.user_errors))
}

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
