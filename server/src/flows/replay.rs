//! A person has webhook events processed again that had failed too often: one, or counted first those of a filter, up to a bound.

use entity::types::Kind;
use entity::webhook_event::{Model, WebhookState};
use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store;
use crate::store::messages::Side;
use crate::store::webhook_events::Filter;

/// Events of one transaction: nobody waits long for the writer.
const BATCH: u64 = 200;
/// Events of one request; who has more asks again.
pub const MOST: u64 = 10_000;

/// What became of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Events of the filter that were dead.
    pub matching: u64,
    /// Of them: those that wait for their processing again.
    pub replayed: u64,
}

/// Makes the dead events of a filter, as they stand now, wait for their processing again; counts only on a dry run. Done again
/// it finds those that died once more.
///
/// # Errors
/// A fault of the database; what was done until then stays so.
pub async fn replay_all(app: &App, by: &Actor, filter: &Filter, is_dry: bool) -> Result<Replayed> {
    let filter = match filter.state {
        None | Some(WebhookState::Dead) => Filter {
            state: Some(WebhookState::Dead),
            ..*filter
        },
        Some(WebhookState::Pending | WebhookState::Processed) => return Ok(Replayed::default()),
    };
    let db = app.db.read();
    let mut done = Replayed {
        matching: store::webhook_events::count_of(db, &filter).await?,
        replayed: 0,
    };
    let (mut place, mut looked_at) = (Side::Newer(None), 0);
    while !is_dry && looked_at < MOST && !app.stop.is_cancelled() {
        let ids = store::webhook_events::ids(db, &filter, place, BATCH).await?;
        let Some(last) = ids.last() else { break };
        place = Side::Newer(Some(*last));
        looked_at += ids.len() as u64;
        let (tx, now) = (store::begin(&app.db).await?, app.now());
        let replayed = store::webhook_events::replay_those(&tx, ids, now).await?;
        done.replayed += replayed;
        // With each batch: who asked may be gone before the last one.
        let change = Change::new("replayWebhookEvents")
            .from(json!({ "state": "DEAD", "matching": done.matching }))
            .to(json!({ "state": "PENDING", "replayed": replayed }));
        audit::note(&tx, (app.new_id(), now), by, change).await?;
        tx.commit().await?;
    }
    Ok(done)
}

/// Writes down that somebody read raw events, this one first.
///
/// # Errors
/// A fault of the database; then nothing is to be shown.
pub async fn read(app: &App, by: &Actor, first: Uuid) -> Result<()> {
    let change = Change::new("readWebhookEvents").of(Kind::WebhookEvent.encode(first));
    audit::record(app, by, change).await
}

/// Makes a dead event wait for its processing again, with a full set of tries. It is taken up within seconds.
///
/// # Errors
/// `NOT_FOUND`; `NOT_REPLAYABLE` with the reason. Or a fault.
pub async fn replay(app: &App, by: &Actor, id: Uuid) -> Result<Model> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    if let Some(event) = store::webhook_events::replay(&tx, id, now).await? {
        let change = Change::new("replayWebhookEvent").of(Kind::WebhookEvent.encode(id));
        let change = change
            .from(json!({ "state": "DEAD" }))
            .to(json!({ "state": "PENDING" }));
        audit::note(&tx, (app.new_id(), now), by, change).await?;
        tx.commit().await?;
        return Ok(event);
    }
    let Some(event) = store::webhook_events::by_id(&tx, id).await? else {
        let words = "no webhook event has this id";
        return Err(Refusal::field(RefusalCode::NotFound, "id", words).into());
    };
    let words = match event.state {
        WebhookState::Processed => "it was processed already",
        WebhookState::Pending => "it is waiting for its next try already",
        WebhookState::Dead => "it is being changed at this moment: try again",
    };
    Err(Refusal::field(RefusalCode::NotReplayable, "id", words).into())
}
