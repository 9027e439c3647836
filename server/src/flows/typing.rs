//! Somebody is writing an answer: the customer sees it, as far as the provider likes to show it.

use entity::message::Direction;
use entity::types::Kind;
use uuid::Uuid;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store;

/// Shows the writer of a message that an answer is being written; whether the provider took it. Nothing depends on it.
///
/// # Errors
/// `NOT_FOUND` when it is no customer's message.
pub async fn show(app: &App, by: &Actor, message: Uuid) -> Result<bool> {
    let found = store::messages::by_id(app.db.read(), message).await?;
    let sid = found
        .filter(|it| it.direction == Direction::Inbound)
        .and_then(|it| it.twilio_sid);
    let Some(sid) = sid else {
        let message = "no customer's message has this id";
        return Err(Refusal::field(RefusalCode::NotFound, "messageId", message).into());
    };
    let shown = app.twilio.show_typing(&sid).await;
    if let Err(error) = &shown {
        tracing::debug!(%error, "Twilio did not show that somebody is writing");
    }
    let change = Change::new("showTyping").of(Kind::Message.encode(message));
    audit::record(app, by, change).await?;
    Ok(shown.is_ok())
}
