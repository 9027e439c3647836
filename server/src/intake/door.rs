//! The way in: whoever brings an event waits here until it is durable. Knows neither database nor flow.

use std::sync::{Mutex, PoisonError};

use entity::webhook_event::WebhookKind;
use tokio::sync::{mpsc, oneshot};

/// Requests that may wait for the writer; more wait at the door.
const WAITING: usize = 1_024;

/// An event as it came in, its signature checked.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// What it carries.
    pub kind: WebhookKind,
    /// The provider's token for repeats, where sent.
    pub idempotency_token: Option<String>,
    /// Query part of the URL, raw.
    pub query: String,
    /// Form body, raw.
    pub body: String,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Stored now; its flow follows.
    New,
    /// Known already; nothing follows.
    Duplicate,
}

/// The event could not be stored.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the event could not be stored: {0}")]
pub struct NotKept(pub(super) String);

/// The way in.
#[derive(Debug)]
pub struct Intake {
    door: mpsc::Sender<Waiting>,
    hall: Mutex<Option<mpsc::Receiver<Waiting>>>,
}

#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) arrived: Arrived,
    pub(super) answer: oneshot::Sender<Result<Kept, NotKept>>,
}

impl Default for Intake {
    fn default() -> Self {
        let (door, hall) = mpsc::channel(WAITING);
        Self {
            door,
            hall: Mutex::new(Some(hall)),
        }
    }
}

impl Intake {
    /// What waits, for the one writer: given out once.
    pub(super) fn hall(&self) -> Option<mpsc::Receiver<Waiting>> {
        self.hall
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Stores an event; returns when it is durable.
    ///
    /// # Errors
    /// [`NotKept`] with what the database said.
    pub async fn keep(&self, arrived: Arrived) -> Result<Kept, NotKept> {
        let stopped = || NotKept("the server is stopping".to_owned());
        let (answer, kept) = oneshot::channel();
        self.door
            .send(Waiting { arrived, answer })
            .await
            .map_err(|_| stopped())?;
        kept.await.map_err(|_| stopped())?
    }
}
