//! A person has a webhook event processed again that had failed too often.

use entity::webhook_event::{Model, WebhookState};
use uuid::Uuid;

use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store;

/// Makes a dead event wait for its processing again, with a full set of tries. It is taken up within seconds.
///
/// # Errors
/// `NOT_FOUND`; `NOT_REPLAYABLE` with the reason. Or a fault.
pub async fn replay(app: &App, id: Uuid) -> Result<Model> {
    if let Some(event) = store::webhook_events::replay(app.db.write(), id, app.now()).await? {
        return Ok(event);
    }
    let Some(event) = store::webhook_events::by_id(app.db.write(), id).await? else {
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
