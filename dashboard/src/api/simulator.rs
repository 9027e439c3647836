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
