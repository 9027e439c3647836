//! A message that Twilio took, and of which it reported later that it failed for a passing reason, is tried again.
//!
//! It stays true that nothing is sent twice which may have arrived:
//! - Only Twilio's own last word brings a message back, `failed` or `undelivered`, and only with a code of the catalogue that
//!   passes and leaves no doubt. Silence, `sent` and unknown codes never do; after `delivered` or `read` nothing does.
//! - The word must be about the newest attempt, by its number and by Twilio's id, and the update is guarded by both: of two
//!   reports, and of a report and a look at Twilio's record, one finds the message as it was.
//! - From then on Twilio's id is the attempt's alone. What is told of it later is kept in the timeline and settles nothing, with
//!   one exception: a `delivered` or `read`, against the word before, takes the message out of the queue if it is still there.
//!
//! Like every try it is counted, goes by the lanes, and ends where the window closes, the person opts out, or the message
//! was not to be sent any more.

use entity::message;
use entity::message_event::EventKind;
use entity::types::MessageStatus;
use sea_orm::ConnectionTrait;

use super::outbound::{next_try, tries};
use crate::app::App;
use crate::clock::chance;
use crate::domain::{backoff, catalogue};
use crate::error::Result;
use crate::store::{self, message_events::NewEvent, messages::Failed};

/// What Twilio says of the newest attempt of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// Twilio's id of what the attempt made.
    pub(super) sid: &'a str,
    /// How it stands.
    pub(super) status: MessageStatus,
    /// The code of a failure.
    pub(super) error_code: Option<i32>,
    /// One more status of ours from which it moves the message, because it is the proof of it.
    pub(super) also_from: Option<MessageStatus>,
}

/// Plans another try, if that is what the word calls for; the event that tells of it.
///
/// # Errors
/// A fault of the database.
pub(super) async fn plan(
    app: &App,
    tx: &impl ConnectionTrait,
    message: &message::Model,
    word: Word<'_>,
) -> Result<Option<NewEvent>> {
    let has_failed = matches!(
        word.status,
        MessageStatus::Failed | MessageStatus::Undelivered
    );
    let Some(code) = word.error_code.filter(|_| has_failed) else {
        return Ok(None);
    };
    let Some(pause) = backoff::after_report(tries(app, message), code, chance()) else {
        return Ok(None);
    };
    let now = app.now();
    let due_at = now + pause;
    if message.not_after.is_some_and(|end| end <= due_at) {
        return Ok(None);
    }
    let failed = Failed {
        attempt: message.attempt_count,
        sid: word.sid,
        error_code: code,
        due_at,
        also_from: word.also_from,
    };
    if !store::messages::take_back(tx, message.id, &failed, now).await? {
        return Ok(None);
    }
    let event = NewEvent::moved(message.id, EventKind::RetryPlanned, MessageStatus::Queued);
    Ok(Some(NewEvent {
        error_code: Some(code),
        ..event.because(next_try(meaning(code), pause))
    }))
}

fn meaning(code: i32) -> &'static str {
    catalogue::find(code).map_or("it failed", |it| it.meaning)
}
