//! A person we talk to.

use async_graphql::{ID, Object};
use chrono::{DateTime, TimeDelta, Utc};
use entity::contact;
use entity::types::Kind;

/// How long after a customer's message free text may be sent. Source: Twilio's "Key concepts" for WhatsApp.
const WINDOW: TimeDelta = TimeDelta::hours(24);

/// A person we talk to.
pub(in crate::graphql) struct Contact(pub(in crate::graphql) contact::Model);

/// A person we talk to.
#[Object]
impl Contact {
    /// con_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::Contact.encode(self.0.id).into()
    }

    /// What they call themselves on the channel; null where unknown.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The address last used, channel included, e.g. whatsapp:+9779800000000.
    async fn address(&self) -> &str {
        &self.0.address
    }

    /// BCP 47 tag of the language they are written to in.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// Until when free text may be sent: 24 hours after they last wrote. Null when they never wrote.
    async fn window_expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_inbound_at.map(|at| at + WINDOW)
    }

    /// When we first heard of them.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
