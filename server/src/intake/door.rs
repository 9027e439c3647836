//! The way in: whoever brings an event waits here until it is durable. Knows neither database nor flow.

use entity::webhook_event::{WebhookKind, WebhookSource};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::gather::{Door, Hall};

/// An event as it came in, its signature checked.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// What it carries.
    pub kind: WebhookKind,
    /// How we know of it.
    pub source: WebhookSource,
    /// The provider's token for repeats, where sent.
    pub idempotency_token: Option<String>,
    /// Query part of the URL, raw.
    pub query: String,
    /// Form body, raw.
    pub body: String,
}

/// A line for the log that the database can't take now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Note {
    /// What it is.
    pub(super) kind: String,
    /// In its own form.
    pub(super) note: Value,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Stored now; its flow follows.
    New,
    /// Known already; nothing follows.
    Duplicate,
    /// On disk: stored once the database is back.
    Spooled,
    /// Nowhere. An inbound message is fetched from the provider's list later.
    Lost,
}

/// What somebody brings.
#[derive(Debug)]
pub(super) enum Brought {
    Event(Arrived),
    Note(Note),
}

/// The way in.
#[derive(Debug, Default)]
pub struct Intake(Door<Brought, Kept>);

impl Intake {
    /// What waits, for the one writer: given out once.
    pub(super) fn hall(&self) -> Option<Hall<Brought, Kept>> {
        self.0.hall()
    }

    /// Stores an event; returns when it is durable, or when it is sure that it can't be.
    pub async fn keep(&self, arrived: Arrived) -> Kept {
        let kept = self.0.ask(Brought::Event(arrived)).await;
        kept.unwrap_or(Kept::Lost)
    }

    /// Puts a line on disk for the time when the database is back; whether that went well.
    pub async fn note(&self, kind: &str, note: Value) -> bool {
        let note = Note {
            kind: kind.to_owned(),
            note,
        };
        self.0.ask(Brought::Note(note)).await == Some(Kept::Spooled)
    }
}
