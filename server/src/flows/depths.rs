//! How much waits, read from the database at most twice a second, however many scrapers and sockets ask.

use std::sync::Arc;
use std::time::Duration;

use entity::types::Lane;
use entity::webhook_event::WebhookState;
use sea_orm::DbErr;
use tokio::time::Instant;

use crate::app::App;
use crate::metrics::depths::Depths;
use crate::store;

/// How old an answer may be.
const FRESH: Duration = Duration::from_millis(500);

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
        lanes: store::queue::depth::depths(db).await?,
        oldest_due_at: store::queue::depth::oldest_due(db, &Lane::ALL, at).await?,
        pending_events: store::webhook_events::count_in(db, WebhookState::Pending).await?,
        dead_events: store::webhook_events::count_in(db, WebhookState::Dead).await?,
        running_jobs: store::bulk_jobs::count_running(db).await?,
    })
}
