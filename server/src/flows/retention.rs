//! What is older than the retention time is deleted for good, with everything that hangs on it.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::error::Result;
use crate::media;
use crate::store;

/// Rows deleted by one statement, so that nobody waits long for the writer.
const BATCH: u64 = 500;

/// Deletes messages that ended, events that were processed, and refusals that did not come again, before `end`. How many rows.
///
/// # Errors
/// A fault of the database; what was deleted until then stays deleted.
pub async fn delete_before(app: &App, end: DateTime<Utc>) -> Result<usize> {
    let refusals = store::webhook_refusals::delete_before(app.db.write(), end).await?;
    let mut deleted = usize::try_from(refusals).unwrap_or_default();
    deleted += media::delete_before(app, end).await;
    loop {
        // Looking for them may mean to read the whole log: nobody who writes waits for that.
        let old = store::messages::ended_before(app.db.read(), end, BATCH).await?;
        let messages = if old.is_empty() {
            0
        } else {
            let tx = store::begin(&app.db).await?;
            let deleted = store::messages::delete(&tx, old).await?;
            tx.commit().await?;
            deleted
        };
        let events = store::webhook_events::delete_before(app.db.write(), end, BATCH).await?;
        if messages + events == 0 || app.stop.is_cancelled() {
            return Ok(deleted);
        }
        deleted += usize::try_from(messages + events).unwrap_or_default();
    }
}
