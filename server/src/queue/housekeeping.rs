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
use crate::flows::indexing;
use crate::flows::reconcile::{self, log_fault};
use crate::flows::recover::{self, When};
use crate::flows::retention;
use crate::store::queue::time::{AT_ONCE, Orphans};
use crate::store::{self, message_events::NewEvent};

const TICK: Duration = Duration::from_secs(1);
/// Whether it is time is written in the database.
const LOOK_EVERY: Duration = Duration::from_secs(15);
const SWEEP_EVERY: Duration = Duration::from_mins(1);
const CLEAR_EVERY: Duration = Duration::from_hours(1);
/// A callback that has not come by then is asked for.
const CALLBACK_OVERDUE: TimeDelta = TimeDelta::seconds(60);
/// After this long without a word the rest is left to a late callback: a phone may be off for days.
const SWEEP_BACK: TimeDelta = TimeDelta::minutes(10);
/// After a start callbacks of this long a time may be lost.
const RECOVER_BACK: TimeDelta = TimeDelta::hours(24);

/// Takes up what an earlier process left: on SQLite, where this is the only process, every lease is an orphan.
async fn take_up(app: &App) {
    let which = if app.config.is_sqlite() {
        Orphans::OfOthers(app.node.clone())
    } else {
        Orphans::Expired
    };
    let orphans = log_fault("leases", reconcile::give_up_leases(app, &which).await);
    if orphans > 0 {
        tracing::warn!(
            orphans,
            "messages were being sent when the last process ended; asking Twilio about them"
        );
    }
}

pub(super) async fn run(app: App) {
    take_up(&app).await;
    app.tasks.spawn(bulk::work(app.clone()));
    app.tasks.spawn(indexing::run(app.clone()));
    let (sweeps, misses, unconfirmed) = (app.clone(), app.clone(), app.clone());
    app.tasks
        .spawn(async move { resolve_unconfirmed(&unconfirmed).await });
    app.tasks.spawn(async move { sweep(&sweeps).await });
    app.tasks
        .spawn(async move { look_for_missed(&misses).await });
    let mut cleared: Option<Instant> = None;
    while app
        .stop
        .run_until_cancelled(tokio::time::sleep(TICK))
        .await
        .is_some()
    {
        if !app.db.is_well() {
            continue;
        }
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
    let mut due_at = app.now() + RECOVER_BACK;
    loop {
        let next_at = app.now() + TimeDelta::seconds(50);
        let chore = store::nodes::take_chore(app.db.write(), "sweep", due_at, next_at).await;
        if matches!(chore, Ok(Some(_))) {
            let asked = app
                .stop
                .run_until_cancelled(reconcile::sweep(app, quiet))
                .await;
            let Some(moved) = asked else { return };
            log_fault("sweep", moved);
        }
        let pause = tokio::time::sleep(SWEEP_EVERY);
        if app.stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
        quiet = app.now() - SWEEP_BACK..app.now() - CALLBACK_OVERDUE;
        due_at = app.now();
    }
}

/// Looks unconfirmed messages up, some a second, all of them in turn.
async fn resolve_unconfirmed(app: &App) {
    let mut place = None;
    loop {
        if app.db.is_well() {
            let looked_up = reconcile::resolve_unconfirmed(app, place);
            match app.stop.run_until_cancelled(looked_up).await {
                Some(Ok(next)) => place = next,
                Some(Err(error)) => {
                    log_fault("unconfirmed", Err(error));
                }
                None => return,
            }
        }
        let pause = tokio::time::sleep(TICK);
        if app.stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

/// Fetches messages whose webhook never came: at the start, then every few minutes.
async fn look_for_missed(app: &App) {
    let mut when = When::Now;
    loop {
        let found = app
            .stop
            .run_until_cancelled(recover::find_missed(app, when))
            .await;
        let Some(found) = found else { return };
        log_fault("missed messages", found);
        when = When::Due;
        let pause = tokio::time::sleep(LOOK_EVERY);
        if app.stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
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
        reconcile::give_up_leases(app, &Orphans::Expired).await,
    );
    log_fault("pauses", end_pauses(app).await);
}

/// Pauses that ended by themselves.
async fn end_pauses(app: &App) -> Result<usize> {
    let ended = store::pauses::clear(app.db.write(), app.now()).await?;
    if ended > 0 {
        app.cluster.log_grew();
        app.cluster.wake();
    }
    Ok(usize::try_from(ended).unwrap_or_default())
}

async fn promote(app: &App) -> Result<usize> {
    let told = |it: &Model| {
        NewEvent::moved(it.id, EventKind::Due, MessageStatus::Queued).because("its time has come")
    };
    let mut count = 0;
    loop {
        let tx = store::begin(&app.db).await?;
        let due = store::queue::time::promote(&tx, app.now()).await?;
        count += due.len();
        if tell(app, tx, due.iter().map(told).collect()).await? < AT_ONCE {
            return Ok(count);
        }
    }
}

async fn expire(app: &App) -> Result<usize> {
    let told = |it: &Model| {
        NewEvent::moved(it.id, EventKind::Failed, MessageStatus::Failed)
            .because("it was not to be sent after a time that has passed")
    };
    let mut count = 0;
    loop {
        let tx = store::begin(&app.db).await?;
        let late = store::queue::time::expire(&tx, app.now()).await?;
        count += late.len();
        if tell(app, tx, late.iter().map(told).collect()).await? < AT_ONCE {
            return Ok(count);
        }
    }
}

/// Ends a transaction with its events; how many.
async fn tell(app: &App, tx: store::Tx, events: Vec<NewEvent>) -> Result<usize> {
    let count = events.len();
    store::message_events::append(&tx, app.now(), events).await?;
    tx.commit().await?;
    if count > 0 {
        app.cluster.log_grew();
    }
    Ok(count)
}
