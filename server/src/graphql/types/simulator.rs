//! The simulated Twilio's phones, as the dashboard shows them.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use entity::types::Address;

use crate::error::{Error, Fault};
use crate::gateway::simulator::{ControlError, Phone, PhoneMessage, Phones};
use crate::graphql::guard::{published, shown_address};

/// The simulated Twilio's phones.
pub(in crate::graphql) struct Simulator(pub(in crate::graphql) Phones);

/// A simulated phone.
struct SimulatorPhone(Phone);

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

    /// When it was written.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}
