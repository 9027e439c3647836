//! How much waits, read from the database at most twice a second, however many scrapers and sockets ask.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::types::Lane;
use entity::webhook_event::WebhookState;
use sea_orm::DbErr;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::app::App;
use crate::store;
use crate::store::queue::Depth;

/// How old an answer may be.
const FRESH: Duration = Duration::from_millis(500);

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
pub struct Cache(Mutex<Option<(Instant, Arc<Depths>)>>);

/// What waits, at most half a second old.
///
/// # Errors
/// What the database said; a failure is not kept.
pub async fn read(app: &App) -> Result<Arc<Depths>, DbErr> {
    let mut last = app.metrics.depths.0.lock().await;
    if let Some((at, depths)) = last.as_ref()
        && at.elapsed() < FRESH
    {
        return Ok(depths.clone());
    }
    let depths = Arc::new(count(app).await?);
    *last = Some((Instant::now(), depths.clone()));
    Ok(depths)
}

async fn count(app: &App) -> Result<Depths, DbErr> {
    let (db, at) = (app.db.read(), app.now());
    Ok(Depths {
        at,
        lanes: store::queue::depths(db).await?,
        oldest_due_at: store::queue::oldest_due(db, &Lane::ALL, at).await?,
        pending_events: store::webhook_events::count_in(db, WebhookState::Pending).await?,
        dead_events: store::webhook_events::count_in(db, WebhookState::Dead).await?,
        running_jobs: store::bulk_jobs::count_running(db).await?,
    })
}
