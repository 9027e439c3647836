//! What time does to a queue: schedules fall due, messages expire, leases run out, callbacks stay away.

use std::time::Duration;

use chrono::TimeDelta;
use entity::message::Model;
use entity::message_event::EventKind;
use entity::types::MessageStatus;
use tokio::time::Instant;

use crate::app::App;
use crate::error::Result;
use crate::flows::bulk;
use crate::flows::reconcile::{self, log_fault};
use crate::flows::retention;
use crate::store::queue::Orphans;
use crate::store::{self, message_events::NewEvent};

const TICK: Duration = Duration::from_secs(1);
const SWEEP_EVERY: Duration = Duration::from_mins(1);
const CLEAR_EVERY: Duration = Duration::from_hours(1);
/// A callback that has not come by then is asked for.
const CALLBACK_OVERDUE: TimeDelta = TimeDelta::seconds(60);
/// After this long without a word the rest is left to a late callback: a phone may be off for days.
const SWEEP_BACK: TimeDelta = TimeDelta::minutes(10);
/// After a start callbacks of this long a time may be lost.
const RECOVER_BACK: TimeDelta = TimeDelta::hours(24);

/// Takes up what an earlier process left: on SQLite, where this is the only process, every lease is an orphan.
pub async fn recover(app: &App) {
    let which = if app.config.is_sqlite() {
        Orphans::OfOthers(app.node.clone())
    } else {
        Orphans::Expired
    };
    let orphans = log_fault("leases", reconcile::give_up_leases(app, which).await);
    if orphans > 0 {
        tracing::warn!(
            orphans,
            "messages were being sent when the last process ended; asking Twilio about them"
        );
    }
}

pub(super) async fn run(app: App) {
    recover(&app).await;
    app.tasks.spawn(bulk::work(app.clone()));
    let sweeps = app.clone();
    app.tasks.spawn(async move { sweep(&sweeps).await });
    let mut cleared: Option<Instant> = None;
    while app
        .stop
        .run_until_cancelled(tokio::time::sleep(TICK))
        .await
        .is_some()
    {
        tidy(&app).await;
        if cleared.is_none_or(|at| at.elapsed() >= CLEAR_EVERY) {
            cleared = Some(Instant::now());
            clear(&app).await;
        }
    }
}

/// Asks for the fate of messages whose callbacks stay away; at first for all that an earlier process may have missed.
async fn sweep(app: &App) {
    let mut quiet = app.now() - RECOVER_BACK..app.now();
    loop {
        let asked = app
            .stop
            .run_until_cancelled(reconcile::sweep(app, quiet))
            .await;
        let Some(moved) = asked else { return };
        log_fault("sweep", moved);
        let pause = tokio::time::sleep(SWEEP_EVERY);
        if app.stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
        quiet = app.now() - SWEEP_BACK..app.now() - CALLBACK_OVERDUE;
    }
}

/// Deletes what is older than the retention time, where there is one.
async fn clear(app: &App) {
    let Some(days) = app.config.retention_days else {
        return;
    };
    let end = app.now() - TimeDelta::days(i64::from(days));
    let deleted = log_fault("retention", retention::delete_before(app, end).await);
    if deleted > 0 {
        tracing::info!(deleted, days, "rows past the retention time were deleted");
    }
}

/// Everything that time has made due.
pub async fn tidy(app: &App) {
    let due = log_fault("schedule", promote(app).await);
    if due > 0 {
        app.cluster.wake();
    }
    log_fault("expiry", expire(app).await);
    log_fault(
        "leases",
        reconcile::give_up_leases(app, Orphans::Expired).await,
    );
    log_fault("unconfirmed", reconcile::resolve_unconfirmed(app).await);
}

async fn promote(app: &App) -> Result<usize> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let due = store::queue::promote(&tx, now).await?;
    let told = |it: &Model| {
        NewEvent::moved(it.id, EventKind::Due, MessageStatus::Queued).because("its time has come")
    };
    store::message_events::append(&tx, now, due.iter().map(told).collect()).await?;
    tx.commit().await?;
    if !due.is_empty() {
        app.cluster.log_grew();
    }
    Ok(due.len())
}

async fn expire(app: &App) -> Result<usize> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let late = store::queue::expire(&tx, now).await?;
    let told = |it: &Model| {
        NewEvent::moved(it.id, EventKind::Failed, MessageStatus::Failed)
            .because("it was not to be sent after a time that has passed")
    };
    store::message_events::append(&tx, now, late.iter().map(told).collect()).await?;
    tx.commit().await?;
    if !late.is_empty() {
        app.cluster.log_grew();
    }
    Ok(late.len())
}
