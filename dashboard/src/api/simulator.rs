//! The simulator's phones: what is on the screen, and writing as the customer.

use cynic::{MutationBuilder, QueryBuilder};
use web_sys::AbortSignal;

use super::{client, error::ApiError, messages::UserError};
use crate::{
    core::{
        words::{Json, Timestamp},
        world::World,
    },
    schema,
};

/// One bubble on a simulated phone.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "SimulatorMessage")]
pub(crate) struct PhoneMessage {
    pub(crate) sid: String,
    pub(crate) from_phone: bool,
    pub(crate) body: String,
    /// Twilio's word for it, `delivered`.
    pub(crate) status: String,
    pub(crate) error_code: Option<i32>,
    /// Twilio's word for what it is: `text`, `image`, `interactive`.
    pub(crate) kind: String,
    /// `image/jpeg`
    pub(crate) media_type: Option<String>,
    pub(crate) media_url: Option<String>,
    pub(crate) place: Option<String>,
    pub(crate) buttons: Vec<Tappable>,
    pub(crate) items: Vec<Tappable>,
    pub(crate) reply_to: Option<String>,
    pub(crate) at: Timestamp,
}

/// A button, or a line of a list.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "SimulatorChoice")]
pub(crate) struct Tappable {
    pub(crate) title: String,
    pub(crate) description: String,
}

/// A phone's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each setting is on or off")]
pub(crate) struct Settings {
    pub(crate) is_online: bool,
    pub(crate) sends_read_receipts: bool,
    pub(crate) is_blocking: bool,
    pub(crate) is_typing: bool,
}

#[derive(cynic::QueryFragment, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each setting is on or off")]
struct SimulatorPhone {
    is_online: bool,
    sends_read_receipts: bool,
    is_blocking: bool,
    is_typing: bool,
    messages: Vec<PhoneMessage>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct PhoneVariables {
    address: String,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Simulator", variables = "PhoneVariables")]
struct PhoneOfSimulator {
    world: Json,
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
    #[arguments(first: 1)]
    messages: EventHead,
    simulator: Option<PhoneOfSimulator>,
}

/// What a phone shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) messages: Vec<PhoneMessage>,
    /// `None`: the phone was not used yet, all is as usual.
    pub(crate) settings: Option<Settings>,
    /// How the simulated Twilio behaves.
    pub(crate) world: World,
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
    let answer = client::run(PhoneQuery::build(PhoneVariables { address }), abort).await?;
    let event_cursor = answer.messages.event_cursor;
    Ok(answer.simulator.map(|it| {
        let settings = it.phone.as_ref().map(|it| Settings {
            is_online: it.is_online,
            sends_read_receipts: it.sends_read_receipts,
            is_blocking: it.is_blocking,
            is_typing: it.is_typing,
        });
        Screen {
            messages: it.phone.map(|it| it.messages).unwrap_or_default(),
            settings,
            world: World::read(&it.world.0),
            event_cursor,
        }
    }))
}

#[derive(cynic::InputObject, Clone, Debug)]
struct SimulatorSendInput {
    from: String,
    name: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    button: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    attach: Option<SimulatorAttachment>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    location: Option<SimulatorLocationInput>,
}

/// What a customer attaches.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SimulatorAttachment {
    Image,
    Audio,
    Video,
    Document,
    Sticker,
    Contact,
}

#[derive(cynic::InputObject, Clone, Debug)]
struct SimulatorLocationInput {
    latitude: f64,
    longitude: f64,
    label: Option<String>,
}

/// What a customer does with the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    Text(String),
    Button(String),
    Item(String),
    /// With a text below it.
    Attach(SimulatorAttachment, String),
    /// A place in Kathmandu.
    Place,
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
    writing: Writing,
) -> Result<Result<PhoneMessage, Vec<UserError>>, ApiError> {
    let name = (!name.is_empty()).then_some(name);
    let mut input = SimulatorSendInput {
        from,
        name,
        body: None,
        button: None,
        item: None,
        attach: None,
        location: None,
    };
    match writing {
        Writing::Text(text) => input.body = Some(text),
        Writing::Button(title) => input.button = Some(title),
        Writing::Item(title) => input.item = Some(title),
        Writing::Attach(kind, text) => {
            input.attach = Some(kind);
            input.body = (!text.is_empty()).then_some(text);
        }
        Writing::Place => {
            input.location = Some(SimulatorLocationInput {
                latitude: 27.7154,
                longitude: 85.3123,
                label: Some("Thamel, Kathmandu".to_owned()),
            });
        }
    }
    let answer = client::run(SendMutation::build(SendVariables { input }), None).await?;
    let answer = answer.simulator_send;
    Ok(answer.message.ok_or(answer.user_errors))
}

/// What is changed about a phone; `None` stays.
#[derive(cynic::InputObject, Clone, Debug, Default)]
#[cynic(graphql_type = "ChangeSimulatorPhoneInput")]
pub(crate) struct PhoneChange {
    pub(crate) address: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) is_online: Option<bool>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) sends_read_receipts: Option<bool>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) is_blocking: Option<bool>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) travel_seconds: Option<i32>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct PhoneChangeVariables {
    input: PhoneChange,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "PhoneChangeVariables")]
struct PhoneMutation {
    #[arguments(input: $input)]
    change_simulator_phone: ChangeSimulatorPhonePayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct ChangeSimulatorPhonePayload {
    user_errors: Vec<UserError>,
}

/// Changes a phone's settings, or moves its clock on.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn change_phone(
    input: PhoneChange,
) -> Result<Result<(), Vec<UserError>>, ApiError> {
    let change = PhoneMutation::build(PhoneChangeVariables { input });
    let errors = client::run(change, None)
        .await?
        .change_simulator_phone
        .user_errors;
    Ok(if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    })
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct WorldVariables {
    change: Json,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "WorldVariables")]
struct WorldMutation {
    #[arguments(change: $change)]
    change_simulator_world: ChangeSimulatorWorldPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct ChangeSimulatorWorldPayload {
    user_errors: Vec<UserError>,
}

/// Changes how the simulated Twilio behaves.
///
/// # Errors
/// See [`ApiError`]; a refusal is the inner error.
pub(crate) async fn change_world(
    change: serde_json::Value,
) -> Result<Result<(), Vec<UserError>>, ApiError> {
    let change = WorldMutation::build(WorldVariables {
        change: Json(change),
    });
    let errors = client::run(change, None)
        .await?
        .change_simulator_world
        .user_errors;
    Ok(if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    })
}
