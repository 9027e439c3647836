//! Claim, deliver, settle.

use std::sync::Arc;
use std::time::Duration;

use entity::message::Model;
use tokio::sync::{Semaphore, mpsc};

use super::housekeeping;
use crate::app::App;
use crate::error::Result;
use crate::flows::outbound::{self, Settled};
use crate::store;

/// The longest pause between two looks at the queue: a hint that got lost costs no more.
const POLL: Duration = Duration::from_millis(500);
/// Pauses between tries to record answers; well within their leases.
const RECORD_AGAIN: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
];
/// Answers recorded by one transaction.
const BATCH: usize = 128;

/// Starts the engine. It ends with the stop, once every request that left is settled.
pub fn start(app: &App) {
    let (settled, answers) = mpsc::channel(BATCH * 2);
    app.tasks.spawn(settle(app.clone(), answers));
    app.tasks.spawn(work(app.clone(), settled));
    app.tasks.spawn(housekeeping::run(app.clone()));
}

async fn work(app: App, settled: mpsc::Sender<Settled>) {
    let slots = Arc::new(Semaphore::new(app.config.send_concurrency));
    while !app.stop.is_cancelled() {
        let free = slots.available_permits();
        let wanted = app.breaker.admit(free, app.now());
        let claimed = if wanted > 0 {
            claim(&app, wanted as u64).await
        } else {
            Ok(Vec::new())
        };
        let claimed = claimed.unwrap_or_else(|error| {
            tracing::error!(%error, "the queue could not be read");
            Vec::new()
        });
        if claimed.is_empty() && wanted > 0 {
            app.breaker.unused();
        }
        let is_more_likely = claimed.len() == wanted && wanted > 0;
        for message in claimed {
            // Never waits: no more were claimed than slots are free, and nobody else takes slots.
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                return;
            };
            let (app2, settled) = (app.clone(), settled.clone());
            app.tasks.spawn(async move {
                let answer = outbound::deliver(&app2, &message).await;
                // The receiver ends only after the last sender.
                let _ = settled.send(answer).await;
                drop(slot);
            });
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            free = slots.acquire(), if is_more_likely => drop(free),
            () = app.cluster.work(), if !is_more_likely => {}
            () = tokio::time::sleep(POLL), if !is_more_likely => {}
        }
    }
}

/// Records answers in batches; ends after the last request's answer.
async fn settle(app: App, mut answers: mpsc::Receiver<Settled>) {
    let mut batch = Vec::new();
    while answers.recv_many(&mut batch, BATCH).await > 0 {
        record(&app, &batch).await;
        batch.clear();
    }
}

/// Records answers even if the database is away for a moment; at last one by one, so that a bad one costs no other.
async fn record(app: &App, batch: &[Settled]) {
    for pause in RECORD_AGAIN {
        match outbound::record(app, batch).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, count = batch.len(), "answers could not be recorded yet");
            }
        }
        tokio::time::sleep(pause).await;
    }
    for settled in batch {
        if let Err(error) = outbound::record(app, std::slice::from_ref(settled)).await {
            tracing::error!(%error, "an answer could not be recorded; its message is looked up at Twilio later");
        }
    }
}

/// Takes up to `limit` due messages: leases, attempts and events are stored before any request leaves.
///
/// # Errors
/// A fault of the database; nothing is claimed then.
pub async fn claim(app: &App, limit: u64) -> Result<Vec<Model>> {
    let now = app.now();
    // Most looks find nothing; those stay away from the write lock.
    if store::queue::oldest_due(app.db.read(), now)
        .await?
        .is_none()
    {
        return Ok(Vec::new());
    }
    let lease = store::queue::Lease {
        node: app.node.clone(),
        until: now + outbound::LEASE,
    };
    let tx = store::begin(&app.db).await?;
    let claimed = store::queue::claim(&tx, &lease, limit, now).await?;
    let events = outbound::attempted(app, &tx, &claimed).await?;
    store::message_events::append(&tx, now, events).await?;
    tx.commit().await?;
    if !claimed.is_empty() {
        app.cluster.log_grew();
    }
    Ok(claimed)
}
