//! The simulated Twilio's phones, as the dashboard shows them.

use async_graphql::{Context, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::types::Address;
use serde_json::Value;

use crate::error::{Error, Fault};
use crate::gateway::simulator::{Choice, ControlError, Phone, PhoneMessage, Phones};
use crate::graphql::guard::{published, shown_address};

/// The simulated Twilio's phones.
pub(in crate::graphql) struct Simulator(pub(in crate::graphql) Phones);

/// A simulated phone.
pub(in crate::graphql) struct SimulatorPhone(pub(in crate::graphql) Phone);

/// A message on a simulated phone.
pub(in crate::graphql) struct SimulatorMessage(pub(in crate::graphql) PhoneMessage);

/// The simulated Twilio's phones.
#[Object]
impl Simulator {
    /// Every phone that wrote or was written to.
    #[graphql(complexity = "5 + crate::graphql::page::cost(None, child_complexity)")]
    async fn phones(&self) -> async_graphql::Result<Vec<SimulatorPhone>> {
        Ok(self.all().await?.into_iter().map(SimulatorPhone).collect())
    }

    /// How the simulated Twilio behaves: every control, by the names of the documentation of the simulator.
    async fn world(&self) -> async_graphql::Result<Json<Value>> {
        let world = self.0.world().await;
        world.map(Json).map_err(|error| fault(&error))
    }

    /// One phone; null when it neither wrote nor was written to.
    async fn phone(
        &self,
        #[graphql(desc = "Its number, with or without whatsapp:")] address: String,
    ) -> async_graphql::Result<Option<SimulatorPhone>> {
        let Ok(address) = Address::parse(&address) else {
            return Ok(None);
        };
        match self.0.phone(address.as_str()).await {
            Ok(phone) => Ok(Some(SimulatorPhone(phone))),
            Err(ControlError::Missing(_)) => Ok(None),
            Err(error) => Err(fault(&error)),
        }
    }
}

impl Simulator {
    async fn all(&self) -> async_graphql::Result<Vec<Phone>> {
        let found = self.0.all().await;
        found.map_err(|error| fault(&error))
    }
}

fn fault(error: &impl std::fmt::Display) -> async_graphql::Error {
    published(Error::Fault(Fault::Other(format!(
        "the simulator: {error}"
    ))))
}

/// A simulated phone.
#[Object]
impl SimulatorPhone {
    /// Its address, channel included. Masked for the role VIEWER.
    async fn address(&self, ctx: &Context<'_>) -> String {
        shown_address(ctx, &self.0.address)
    }

    /// What its owner calls themselves.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether messages reach it.
    async fn is_online(&self) -> bool {
        self.0.online
    }

    /// Whether the business is told that a message was read.
    async fn sends_read_receipts(&self) -> bool {
        self.0.read_receipts
    }

    /// Whether its owner blocked the business.
    async fn is_blocking(&self) -> bool {
        self.0.blocked
    }

    /// Whether it shows that the business is typing.
    async fn is_typing(&self) -> bool {
        self.0.typing
    }

    /// When its owner last wrote, by the phone's clock.
    async fn last_wrote_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_wrote_at
    }

    /// What is on it, oldest first.
    #[graphql(complexity = "1 + crate::graphql::page::cost(None, child_complexity)")]
    async fn messages(&self) -> Vec<SimulatorMessage> {
        self.0
            .messages
            .iter()
            .cloned()
            .map(SimulatorMessage)
            .collect()
    }
}

/// A message on a simulated phone.
#[Object]
impl SimulatorMessage {
    /// Twilio's id of the message.
    async fn sid(&self) -> &str {
        &self.0.sid
    }

    /// Whether the phone's owner wrote it.
    async fn from_phone(&self) -> bool {
        self.0.from_phone
    }

    /// Its text.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Twilio's word for its status, e.g. delivered.
    async fn status(&self) -> &str {
        &self.0.status
    }

    /// Why it failed.
    async fn error_code(&self) -> Option<i32> {
        self.0.error_code
    }

    /// Twilio's word for what it is, e.g. text, image, location.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The type of what is shown above the text, e.g. image/jpeg; null where there is nothing.
    async fn media_type(&self) -> Option<&str> {
        self.0.media.as_ref().map(|it| it.content_type.as_str())
    }

    /// Where that is; an address of Twilio's own needs its credentials.
    async fn media_url(&self) -> Option<&str> {
        self.0.media.as_ref().map(|it| it.url.as_str())
    }

    /// The place on the map that it is, as a person reads it: its name, or its degrees.
    async fn place(&self) -> Option<String> {
        let place = self.0.location.as_ref()?;
        let degrees = || format!("{}, {}", place.latitude, place.longitude);
        Some(place.label.clone().unwrap_or_else(degrees))
    }

    /// Buttons to tap.
    async fn buttons(&self) -> Vec<SimulatorChoice> {
        self.0.buttons.iter().map(SimulatorChoice::from).collect()
    }

    /// A list to choose from.
    async fn items(&self) -> Vec<SimulatorChoice> {
        self.0.items.iter().map(SimulatorChoice::from).collect()
    }

    /// The message it answers, by Twilio's id.
    async fn reply_to(&self) -> Option<&str> {
        self.0.reply_to.as_deref()
    }

    /// When it was written.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// A button, or a line of a list.
#[derive(SimpleObject)]
struct SimulatorChoice {
    /// What the person sees.
    title: String,
    /// Smaller, below the title; empty where there is nothing.
    description: String,
}

impl From<&Choice> for SimulatorChoice {
    fn from(choice: &Choice) -> Self {
        Self {
            title: choice.title.clone(),
            description: choice.description.clone(),
        }
    }
}
