//! The simulated Twilio: customers who write, their phones, and how the world behaves. Sandbox mode only.

use async_graphql::{Context, Enum, InputObject, Json, Object, SimpleObject};
use entity::types::Address;
use entity::user::Role;
use serde_json::Value;

use crate::error::{Refusal, RefusalCode, Result};
use crate::flows::simulated::{self, PhoneChange};
use crate::gateway::simulator::{Choice, Place, Sample, Writing};
use crate::graphql::guard::{actor, app, refusable};
use crate::graphql::types::simulator::{SimulatorMessage, SimulatorPhone};
use crate::graphql::types::user_error::UserError;

/// The simulated Twilio: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Simulator;

/// What a simulated customer writes: a text, or one of the other things.
#[derive(Debug, InputObject)]
struct SimulatorSendInput {
    /// The customer's number.
    from: String,
    /// What they call themselves.
    name: Option<String>,
    /// What they write; with something attached, the text below it.
    body: Option<String>,
    /// A tap on a button: its title, of the newest message that has it.
    button: Option<String>,
    /// A choice from a list: its title, of the newest message that has it.
    item: Option<String>,
    /// Something small of this kind.
    attach: Option<SimulatorAttachment>,
    /// A place on the map.
    location: Option<SimulatorLocationInput>,
    /// The message they answer, by Twilio's id, SM….
    reply_to: Option<String>,
}

/// What a customer attaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum SimulatorAttachment {
    /// A picture.
    Image,
    /// A recorded voice.
    Audio,
    /// A film.
    Video,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
    /// A contact card.
    Contact,
}

/// A place on the map.
#[derive(Debug, InputObject)]
struct SimulatorLocationInput {
    /// Degrees, -90 to 90.
    latitude: f64,
    /// Degrees, -180 to 180.
    longitude: f64,
    /// Its name.
    label: Option<String>,
}

/// What became of simulatorSend: a message or errors, never both.
#[derive(SimpleObject)]
struct SimulatorSendPayload {
    /// What is on the phone now; null when there are errors.
    message: Option<SimulatorMessage>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// What is changed about a simulated phone; what is absent stays.
#[derive(Debug, InputObject)]
struct ChangeSimulatorPhoneInput {
    /// Its number; the phone is made if there was none.
    address: String,
    /// Whether messages reach it.
    is_online: Option<bool>,
    /// Whether the business is told that a message was read.
    sends_read_receipts: Option<bool>,
    /// Whether its owner blocked the business.
    is_blocking: Option<bool>,
    /// Its clock moves on: everything its owner did is so many seconds longer ago, and the 24-hour window closes.
    travel_seconds: Option<u32>,
}

/// What became of changeSimulatorPhone: a phone or errors, never both.
#[derive(SimpleObject)]
struct ChangeSimulatorPhonePayload {
    /// The phone; null when there are errors.
    phone: Option<SimulatorPhone>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// What became of changeSimulatorWorld: a world or errors, never both.
#[derive(SimpleObject)]
struct ChangeSimulatorWorldPayload {
    /// Every control as it is now; null when there are errors.
    world: Option<Json<Value>>,
    /// What is wrong with the change.
    user_errors: Vec<UserError>,
}

/// The simulated Twilio.
#[Object(name = "SimulatorMutation")]
impl Simulator {
    /// Writes to this server as a customer would, from a simulated phone. Works in sandbox mode only.
    async fn simulator_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who writes what")] input: SimulatorSendInput,
    ) -> async_graphql::Result<SimulatorSendPayload> {
        let by = actor(ctx, Role::Operator)?;
        let sent = match input.writing() {
            Ok(writing) => simulated::write(app(ctx), &by, writing).await,
            Err(error) => Err(error),
        };
        let (message, user_errors) = refusable(sent)?;
        Ok(SimulatorSendPayload {
            message: message.map(SimulatorMessage),
            user_errors,
        })
    }

    /// Changes a simulated phone: its network, its owner's settings, its clock. Works in sandbox mode only.
    async fn change_simulator_phone(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which phone, and what of it")] input: ChangeSimulatorPhoneInput,
    ) -> async_graphql::Result<ChangeSimulatorPhonePayload> {
        let by = actor(ctx, Role::Operator)?;
        let change = PhoneChange {
            online: input.is_online,
            read_receipts: input.sends_read_receipts,
            blocked: input.is_blocking,
            travel_seconds: input.travel_seconds,
        };
        let changed = match number("address", &input.address) {
            Ok(address) => simulated::change_phone(app(ctx), &by, &address, change).await,
            Err(error) => Err(error),
        };
        let (phone, user_errors) = refusable(changed)?;
        Ok(ChangeSimulatorPhonePayload {
            phone: phone.map(SimulatorPhone),
            user_errors,
        })
    }

    /// Changes how the simulated Twilio behaves: what becomes of messages, how requests are answered, how callbacks come. Works
    /// in sandbox mode only.
    async fn change_simulator_world(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The controls that change, by the names of the documentation of the simulator; null brings the usual back"
        )]
        change: Json<Value>,
    ) -> async_graphql::Result<ChangeSimulatorWorldPayload> {
        let by = actor(ctx, Role::Operator)?;
        let changed = simulated::change_world(app(ctx), &by, change.0).await;
        let (world, user_errors) = refusable(changed)?;
        Ok(ChangeSimulatorWorldPayload {
            world: world.map(Json),
            user_errors,
        })
    }
}

impl SimulatorSendInput {
    /// The error says what is missing.
    fn writing(self) -> Result<Writing> {
        let from = number("from", &self.from)?;
        let body = self.body.unwrap_or_default();
        let is_text = self.button.is_none()
            && self.item.is_none()
            && self.attach.is_none()
            && self.location.is_none();
        if is_text && body.trim().is_empty() {
            return Err(Refusal::field(RefusalCode::Empty, "body", "write something first").into());
        }
        if body.encode_utf16().count() > 4_096 {
            let message = "WhatsApp takes 4,096 characters";
            return Err(Refusal::field(RefusalCode::TooLong, "body", message).into());
        }
        let choice = |title| Choice {
            title,
            ..Choice::default()
        };
        let filename = matches!(self.attach, Some(SimulatorAttachment::Document))
            .then(|| body.clone())
            .filter(|it| !it.trim().is_empty());
        Ok(Writing {
            from: from.as_str().to_owned(),
            name: self.name.unwrap_or_default(),
            body,
            kind: self.attach.map(|it| it.word().to_owned()),
            media: self.attach.map(|_| Sample {
                filename,
                ..Sample::default()
            }),
            location: self.location.map(|it| Place {
                latitude: it.latitude,
                longitude: it.longitude,
                label: it.label,
                address: None,
            }),
            button: self.button.map(choice),
            item: self.item.map(choice),
            reply_to: self.reply_to,
            ..Writing::default()
        })
    }
}

impl SimulatorAttachment {
    /// The provider's word for it.
    fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
            Self::Sticker => "sticker",
            Self::Contact => "contact",
        }
    }
}

fn number(field: &'static str, text: &str) -> Result<Address> {
    let address = Address::parse(text);
    address.map_err(|error| {
        Refusal::field(RefusalCode::InvalidNumber, field, error.to_string()).into()
    })
}
