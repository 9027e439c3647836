//! A person has a webhook event processed again that had failed too often.

use entity::types::Kind;
use entity::webhook_event::{Model, WebhookState};
use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store;

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
