//! A person we talk to.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::contact::{self, OptOutCause};
use entity::types::Kind;

use crate::domain::window;
use crate::graphql::guard::shown_address;

/// How we know that somebody wants no messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "OptOutCause", remote = "OptOutCause")]
enum OptOutCauseEnum {
    /// They wrote a word like STOP.
    Word,
    /// Twilio said so: they opted out there, or blocked this sender.
    Provider,
}

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

    /// The address last used, channel included, e.g. whatsapp:+9779800000000. Masked for the role VIEWER: whatsapp:+977•••••00.
    async fn address(&self, ctx: &Context<'_>) -> String {
        shown_address(ctx, &self.0.address)
    }

    /// BCP 47 tag of the language they are written to in.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// Until when free text may be sent from the sender they last wrote to: 24 hours after that. Null when they never wrote.
    async fn window_expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_inbound_at.map(window::closes_at)
    }

    /// Since when they want no messages; null: they may be written to.
    async fn opted_out_at(&self) -> Option<DateTime<Utc>> {
        self.0.opted_out_at
    }

    /// How we know of it; null: they may be written to.
    async fn opt_out_cause(&self) -> Option<OptOutCauseEnum> {
        self.0.opt_out_cause.map(Into::into)
    }

    /// When we first heard of them.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
