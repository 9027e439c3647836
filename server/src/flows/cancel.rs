//! Many messages are taken back that have not left: counted first, then batch by batch, up to a bound.

use entity::message_event::EventKind;
use entity::types::MessageStatus;
use serde_json::json;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::error::Result;
use crate::store::messages::Filter;
use crate::store::messages::many::{self, Snapshot};
use crate::store::{self, message_events::NewEvent};

/// Messages of one transaction: nobody waits long for the writer.
const BATCH: u64 = 200;
/// Messages of one request; who has more asks again.
pub const MOST: u64 = 10_000;

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Canceled {
    /// Messages of the filter that had not left.
    pub matching: i64,
    /// Of them: those that were taken back.
    pub canceled: i64,
}

/// Takes back what of a filter has not left, as it stands now; counts only on a dry run.
///
/// # Errors
/// A fault of the database; what was taken back until then stays so.
pub async fn cancel_all(app: &App, by: &Actor, filter: &Filter, is_dry: bool) -> Result<Canceled> {
    let filter = store::search::narrow(app.db.read(), filter.clone()).await?;
    let snapshot = Snapshot {
        filter: &filter,
        upper: many::newest(app.db.read()).await?,
        at: app.now(),
    };
    let tallies = many::tally(app.db.read(), &snapshot).await?;
    let waits = |it: MessageStatus| matches!(it, MessageStatus::Scheduled | MessageStatus::Queued);
    let those = tallies.iter().filter(|it| waits(it.status));
    let mut done = Canceled {
        matching: those.map(|it| it.count).sum(),
        canceled: 0,
    };
    let mut cursor = None;
    let mut looked_at = 0;
    while !is_dry && looked_at < MOST && !app.stop.is_cancelled() {
        let ids = many::cancelable(app.db.read(), &snapshot, cursor, BATCH).await?;
        let Some(last) = ids.last() else { break };
        cursor = Some(*last);
        looked_at += ids.len() as u64;
        let (tx, now) = (store::begin(&app.db).await?, app.now());
        let mut told = Vec::with_capacity(ids.len());
        for id in ids {
            // One that left meanwhile is left alone.
            if store::messages::cancel(&tx, id, now).await?.is_some() {
                told.push(NewEvent::moved(
                    id,
                    EventKind::Canceled,
                    MessageStatus::Canceled,
                ));
            }
        }
        let canceled = i64::try_from(told.len()).unwrap_or(i64::MAX);
        done.canceled += canceled;
        store::message_events::append(&tx, now, told).await?;
        // With each batch: who asked may be gone before the last one.
        let change = Change::new("cancelMessages").from(json!({ "matching": done.matching }));
        let change = change.to(json!({ "canceled": canceled }));
        audit::note(&tx, (app.new_id(), now), by, change).await?;
        tx.commit().await?;
        app.cluster.log_grew();
        // What waited behind them may go.
        app.cluster.wake();
    }
    Ok(done)
}
