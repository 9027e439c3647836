//! Whether the log still holds everything after a cursor.

use async_graphql::ErrorExtensions as _;
use chrono::TimeDelta;

use crate::app::App;
use crate::graphql::guard::fault;
use crate::store::message_events;

/// Refuses a cursor after which events may be missing, or that this log never gave out.
pub(super) async fn check(app: &App, seq: i64) -> async_graphql::Result<()> {
    let db = app.db.read();
    // The beginning is wherever the log begins now.
    if seq == 0 {
        return Ok(());
    }
    let last_given = message_events::last_given(db).await.map_err(fault)?;
    within(seq, last_given)?;
    let Some(days) = app.config.retention_days else {
        return Ok(());
    };
    let kept_since = app.now() - TimeDelta::days(days.into());
    let own = message_events::at(db, seq).await.map_err(fault)?;
    if own.as_ref().is_some_and(|it| it.at >= kept_since) {
        return Ok(());
    }
    let next = message_events::after(db, seq, 1).await.map_err(fault)?;
    match next.first() {
        Some(next) if next.at < kept_since || next.seq > seq + 1 => Err(expired()),
        // All that came after it is gone, too.
        None if own.is_none() && seq < last_given => Err(expired()),
        _ => Ok(()),
    }
}

/// Refuses a cursor beyond the last one that the log has given out: nothing would ever come after it.
pub(super) fn within(seq: i64, last_given: i64) -> async_graphql::Result<()> {
    if seq > last_given {
        return Err(unknown());
    }
    Ok(())
}

fn expired() -> async_graphql::Error {
    let message = "after: events after this cursor were deleted (RETENTION_DAYS). Read eventCursor of messages, then the list, and \
                   subscribe after that eventCursor.";
    async_graphql::Error::new(message).extend_with(|_, it| it.set("code", "CURSOR_EXPIRED"))
}

fn unknown() -> async_graphql::Error {
    let message = "after: this log has not come so far; was the database replaced? Read the list again and follow what comes from now on \
                   (messages has an eventCursor to go on from).";
    async_graphql::Error::new(message).extend_with(|_, it| it.set("code", "CURSOR_UNKNOWN"))
}
