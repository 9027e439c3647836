//! A person sends a message again that reached nobody. Its history stays.

use entity::message;
use entity::message_event::EventKind;
use entity::types::{Kind, MessageStatus};
use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store::{self, message_events::NewEvent};

/// Puts a message that ended without reaching anyone back into the queue, with a full set of tries.
///
/// # Errors
/// `NOT_FOUND`; `NOT_RETRYABLE` with the reason, in particular for a message that may have been sent already.
pub async fn retry(app: &App, by: &Actor, id: Uuid) -> Result<message::Model> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let Some(found) = store::messages::by_id(&tx, id).await? else {
        return Err(Refusal::field(RefusalCode::NotFound, "id", "no message has this id").into());
    };
    let queued = store::messages::requeue(&tx, id, app.config.send_max_attempts, now).await?;
    let Some(message) = queued else {
        return Err(Refusal::field(RefusalCode::NotRetryable, "id", reason(found.status)).into());
    };
    // What would end at its turn is not begun.
    if let Some(barred) = store::standing::barred(&tx, &[id], now).await?.first() {
        return Err(barred_again(barred.opted_out_at.is_some()).into());
    }
    let event = NewEvent::moved(id, EventKind::RetryRequested, MessageStatus::Queued);
    store::message_events::append(&tx, now, vec![event]).await?;
    let change = Change::new("retryMessage").of(Kind::Message.encode(id));
    let change = change
        .from(json!({ "status": found.status.as_str() }))
        .to(json!({ "status": message.status.as_str() }));
    audit::note(&tx, (app.new_id(), now), by, change).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    app.cluster.wake();
    Ok(message)
}

fn barred_again(has_opted_out: bool) -> Refusal {
    if has_opted_out {
        return Refusal::field(
            RefusalCode::OptedOut,
            "id",
            "they want no messages any more",
        );
    }
    let message =
        "the 24-hour window is closed: send a template instead, or try again once they wrote";
    Refusal::field(RefusalCode::WindowClosed, "id", message)
}

pub(super) fn reason(status: MessageStatus) -> &'static str {
    use MessageStatus as S;
    match status {
        S::Scheduled | S::Queued | S::Sending => "it is on its way already",
        S::Unconfirmed => {
            "it may have been sent: Waybill is asking Twilio and sends it again only if it was not"
        }
        S::Accepted | S::Sent => "Twilio has it and has not reported its end yet",
        S::Delivered | S::Read => "it was delivered",
        S::Received => "it is a message from the customer",
        S::Failed | S::Undelivered | S::Canceled => "it is being changed at this moment: try again",
    }
}
