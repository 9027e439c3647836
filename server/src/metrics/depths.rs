//! How much waits, as it was last read.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::store::queue::depth::Depth;

/// What waits at one moment.
#[derive(Clone, Debug)]
pub struct Depths {
    /// When it was read.
    pub at: DateTime<Utc>,
    /// Messages on their way, by lane and status; what is empty is left out.
    pub lanes: Vec<Depth>,
    /// Since when the message that waits longest is due.
    pub oldest_due_at: Option<DateTime<Utc>>,
    /// Webhook events that wait for their processing.
    pub pending_events: u64,
    /// Webhook events that failed too often.
    pub dead_events: u64,
    /// Background jobs that have not ended.
    pub running_jobs: u64,
}

impl Depths {
    /// How long the oldest due message waits, in seconds; 0 when none does.
    pub fn oldest_due_seconds(&self) -> f64 {
        let waits = |due: DateTime<Utc>| (self.at - due).as_seconds_f64().max(0.0);
        self.oldest_due_at.map_or(0.0, waits)
    }
}

/// The last answer. Who asks while it is being read waits for that reading.
#[derive(Debug, Default)]
pub struct Cache(pub Mutex<Option<(Instant, Arc<Depths>)>>);
