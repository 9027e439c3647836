//! The index behind searches is filled from the log, beside the hot path: nobody waits for it, and what it lacks is found
//! all the same.

use std::time::Duration;

use crate::app::App;
use crate::error::Result;
use crate::store::{self, Tx};

/// Messages of one transaction: nobody waits long for the writer.
const BATCH: u64 = 200;
/// Between two looks: a burst is indexed in few transactions.
const PAUSE: Duration = Duration::from_millis(500);
/// A hint that got lost costs no more than this.
const POLL: Duration = Duration::from_secs(5);
/// Events without a new message after which the place is noted.
const SILENCE: i64 = 5_000;

/// Fills the index until the stop.
pub async fn run(app: App) {
    let mut grew = app.cluster.log();
    while !app.stop.is_cancelled() {
        grew.mark_unchanged();
        match step(&app).await {
            // More waits; who writes messages comes first.
            Ok(count) if count as u64 == BATCH => {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
            Ok(_) => {}
            Err(error) => {
                let error = crate::error::words(&error);
                tracing::warn!(
                    error,
                    "the search index could not be filled; it is tried again"
                );
            }
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            _ = grew.changed() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        app.stop
            .run_until_cancelled(tokio::time::sleep(PAUSE))
            .await;
    }
}

/// Puts one batch of messages into the index; how many.
///
/// # Errors
/// A fault of the database.
pub async fn step(app: &App) -> Result<usize> {
    let db = app.db.read();
    let until = store::search::until(db).await?;
    let head = store::message_events::head(db).await?;
    if head <= until {
        return Ok(0);
    }
    let next = store::search::texts_after(db, until, 1).await?;
    if !next.is_empty() {
        return fill(app, until).await;
    }
    if head - until < SILENCE {
        return Ok(0);
    }
    note(app, until, head).await
}

/// Puts the messages after an event into the index, if that still is its end; how many. They are read once the index is held:
/// what was erased since somebody saw them is not put there.
///
/// # Errors
/// A fault of the database.
pub async fn fill(app: &App, until: i64) -> Result<usize> {
    let Some(tx) = hold(app, until).await? else {
        return Ok(0);
    };
    let texts = store::search::texts_after(&tx, until, BATCH).await?;
    store::search::insert(&tx, &texts).await?;
    tx.commit().await?;
    Ok(texts.len())
}

/// Notes that no message came from one event to another.
async fn note(app: &App, until: i64, head: i64) -> Result<usize> {
    if let Some(tx) = hold(app, until).await? {
        store::search::reached(&tx, head).await?;
        tx.commit().await?;
    }
    Ok(0)
}

/// A transaction that alone fills the index, whose end is still there; another node may have been here meanwhile.
async fn hold(app: &App, until: i64) -> Result<Option<Tx>> {
    let tx = store::begin(&app.db).await?;
    if store::search::is_alone(&tx).await? && store::search::until(&tx).await? == until {
        return Ok(Some(tx));
    }
    tx.rollback().await?;
    Ok(None)
}
