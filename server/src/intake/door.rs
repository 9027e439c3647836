//! The way in: whoever brings an event waits here until it is durable. Knows neither database nor flow.

use std::sync::atomic::{AtomicU64, Ordering};

use entity::webhook_event::{WebhookKind, WebhookSource};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::gateway::wire::Form;
use crate::gather::{Door, Hall};

/// An event as it came in, its signature checked.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// What it carries.
    pub kind: WebhookKind,
    /// How we know of it.
    pub source: WebhookSource,
    /// What makes it one event however often it is posted.
    pub dedupe_key: String,
    /// The provider's token for repeats, where sent.
    pub idempotency_token: Option<String>,
    /// Query part of the URL, raw.
    pub query: String,
    /// Form body, raw.
    pub body: String,
}

impl Arrived {
    /// An event out of its form, which is `body` decoded.
    pub fn new(kind: WebhookKind, source: WebhookSource, body: String, form: &Form) -> Self {
        Self {
            kind,
            source,
            dedupe_key: dedupe_key(kind, &body, form),
            idempotency_token: None,
            query: String::new(),
            body,
        }
    }
}

/// The same message and status is the same event; without a message id the whole body is the key.
fn dedupe_key(kind: WebhookKind, body: &str, form: &Form) -> String {
    let sid = form.get("MessageSid").or_else(|| form.get("SmsSid"));
    match (kind, sid) {
        (WebhookKind::Inbound, Some(sid)) => format!("in:{sid}"),
        (WebhookKind::Status, Some(sid)) => {
            let status = form.get("MessageStatus").or_else(|| form.get("SmsStatus"));
            let code = form.get("ErrorCode").unwrap_or_default();
            format!("st:{sid}:{}:{code}", status.unwrap_or_default())
        }
        (_, None) => format!("raw:{}", hex::encode(Sha256::digest(body))),
    }
    .replace('\0', "%00")
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
#[derive(Debug)]
pub struct Intake {
    door: Door<Brought, Kept>,
    began: Instant,
    /// When so many came at once last, in milliseconds since `began`.
    crowded_ms: AtomicU64,
}

impl Default for Intake {
    fn default() -> Self {
        Self {
            door: Door::default(),
            began: Instant::now(),
            crowded_ms: AtomicU64::new(0),
        }
    }
}

/// So many at once are a crowd.
const CROWD: usize = 16;
/// After so many milliseconds without one it is over: longer than a transaction holds up those who come in.
const CROWD_OVER_MS: u64 = 150;

impl Intake {
    /// What waits, for the one writer: given out once.
    pub(super) fn hall(&self) -> Option<Hall<Brought, Kept>> {
        self.door.hall()
    }

    /// Stores an event; returns when it is durable, or when it is sure that it can't be.
    pub async fn keep(&self, arrived: Arrived) -> Kept {
        let kept = self.door.ask(Brought::Event(arrived)).await;
        kept.unwrap_or(Kept::Lost)
    }

    /// Notes how many came at once.
    pub(super) fn saw(&self, count: usize) {
        if count >= CROWD {
            self.crowded_ms.store(self.now_ms(), Ordering::Relaxed);
        }
    }

    /// Whether so many come in now that what was taken in already should wait.
    pub(super) fn is_crowded(&self) -> bool {
        let last = self.crowded_ms.load(Ordering::Relaxed);
        last > 0 && self.now_ms() - last < CROWD_OVER_MS
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Puts a line on disk for the time when the database is back; whether that went well.
    pub async fn note(&self, kind: &str, note: Value) -> bool {
        let note = Note {
            kind: kind.to_owned(),
            note,
        };
        self.door.ask(Brought::Note(note)).await == Some(Kept::Spooled)
    }
}
