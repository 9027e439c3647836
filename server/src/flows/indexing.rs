//! The index behind searches is filled from the log, beside the hot path: nobody waits for it, and what it lacks is found
//! all the same.

use std::time::Duration;

use crate::app::App;
use crate::error::Result;
use crate::store;

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
    let texts = store::search::texts_after(db, until, BATCH).await?;
    if texts.is_empty() && head - until < SILENCE {
        return Ok(0);
    }
    let tx = store::begin(&app.db).await?;
    // Another node may have been here meanwhile.
    if !store::search::is_alone(&tx).await? || store::search::until(&tx).await? != until {
        tx.rollback().await?;
        return Ok(0);
    }
    if texts.is_empty() {
        store::search::reached(&tx, head).await?;
    } else {
        store::search::insert(&tx, &texts).await?;
    }
    tx.commit().await?;
    Ok(texts.len())
}
