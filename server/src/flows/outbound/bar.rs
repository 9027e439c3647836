//! What changed about a recipient while a message waited: it is not sent against their will, nor into a closed window.

use entity::message_event::EventKind;
use entity::types::MessageStatus;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::app::App;
use crate::domain::catalogue;
use crate::error::Result;
use crate::store::messages::Change;
use crate::store::{self, message_events::NewEvent};

/// Takes those out of `ids` that must not be sent any more, and ends them; the events are for the caller to append.
///
/// # Errors
/// A fault of the database.
pub async fn bar(
    app: &App,
    tx: &impl ConnectionTrait,
    ids: &mut Vec<Uuid>,
) -> Result<Vec<NewEvent>> {
    let now = app.now();
    let barred = store::standing::barred(tx, ids, now).await?;
    let mut events = Vec::with_capacity(barred.len());
    for it in barred {
        ids.retain(|id| *id != it.id);
        let (code, words) = match (it.opted_out_at, it.blocked_at) {
            (Some(_), _) => (
                Some(catalogue::OPTED_OUT),
                "not sent: they opted out while it waited",
            ),
            // No answer of Twilio's, so none of its codes.
            (None, Some(_)) => (None, "not sent: this contact is blocked"),
            (None, None) => (
                Some(catalogue::WINDOW_CLOSED),
                "not sent: the 24-hour reply window closed before its turn",
            ),
        };
        let change = Change {
            error_code: code,
            ..Change::default()
        };
        if store::messages::advance(tx, it.id, MessageStatus::Failed, &change, now).await? {
            events.push(NewEvent {
                error_code: code,
                ..NewEvent::moved(it.id, EventKind::Failed, MessageStatus::Failed).because(words)
            });
        }
    }
    Ok(events)
}
