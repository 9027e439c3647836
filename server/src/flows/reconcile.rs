//! What a crash, a lost answer or a lost callback left open is settled by asking the provider.

use chrono::{DateTime, TimeDelta, Utc};
use entity::delivery_attempt;
use entity::message::{self, Model};
use entity::message_event::EventKind;
use entity::types::{Kind, MessageStatus};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::comeback::{self, Word};
use crate::app::App;
use crate::domain::catalogue;
use crate::error::{Error, Fault, Result};
use crate::gateway::twilio::Talk;
use crate::gateway::wire::{self, MessageJson};
use crate::store::messages::{Change, Place, Stale};
use crate::store::queue::time::Orphans;
use crate::store::{self, message_events::NewEvent};

const AT_ONCE: u64 = 50;
/// After so long without a way to tell, a person is asked.
const UNDECIDED: TimeDelta = TimeDelta::hours(1);
/// The provider's clock and ours may differ by this much; ids that are known already keep older messages out.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(2);

/// Takes messages out of `SENDING` that no process holds any more; how many.
///
/// # Errors
/// A fault of the database.
pub async fn give_up_leases(app: &App, which: &Orphans) -> Result<usize> {
    let told = |it: &Model| {
        NewEvent::moved(it.id, EventKind::Unconfirmed, MessageStatus::Unconfirmed)
            .because("its lease ended before Twilio's answer was stored")
    };
    let mut count = 0;
    loop {
        let now = app.now();
        let tx = store::begin(&app.db).await?;
        let lost = store::queue::time::give_up_leases(&tx, which, now).await?;
        let ids: Vec<_> = lost.iter().map(|it| it.id).collect();
        store::attempts::given_up(&tx, &ids, now).await?;
        store::message_events::append(&tx, now, lost.iter().map(told).collect()).await?;
        tx.commit().await?;
        if lost.is_empty() {
            return Ok(count);
        }
        count += lost.len();
        app.cluster.log_grew();
    }
}

/// Looks some unconfirmed messages up at the provider, those after a place: found, they go on from there; not found after
/// the grace time, they are queued again. Where to go on next time.
///
/// # Errors
/// A fault of the database.
pub async fn resolve_unconfirmed(app: &App, after: Option<Place>) -> Result<Option<Place>> {
    let until = app.now() + CLOCK_SKEW;
    let open =
        store::messages::stale(app.db.read(), Stale::Unconfirmed, after, until, AT_ONCE).await?;
    let end = open.last().filter(|_| open.len() as u64 == AT_ONCE);
    let end = end.map(|it| (it.updated_at, it.id));
    for message in open {
        if resolve(app, &message).await?.is_none() {
            return Ok(after);
        }
    }
    Ok(end)
}

/// Whether it was settled; `None` when the provider can't be asked now.
async fn resolve(app: &App, message: &Model) -> Result<Option<bool>> {
    let attempts = store::attempts::of_messages(app.db.read(), [message.id]).await?;
    let newest = attempts.last();
    let Some(attempt) = newest.filter(|it| it.number == message.attempt_count) else {
        return Ok(Some(false));
    };
    let since = attempt.started_at - CLOCK_SKEW;
    let talk = Talk {
        from: Some(&message.from_address),
        to: Some(&message.to_address),
    };
    let listed = app.twilio.list(talk, since).await;
    let listed = match listed {
        Ok(listed) => listed,
        Err(error) => {
            tracing::warn!(message.id = %Kind::Message.encode(message.id), %error, "an unconfirmed message can't be looked up yet");
            // What is wrong with this one question is not wrong with the next.
            return Ok(error.is_about_the_question().then_some(false));
        }
    };
    let mut candidates = Vec::new();
    for candidate in &listed {
        if is_it(message, candidate) && is_unclaimed(app, message, candidate).await? {
            candidates.push(candidate);
        }
    }
    if let Some(found) = candidates.last() {
        // The list shows no template's id and no media: without a text only a lone candidate can be told to be ours. And a
        // message between the same two that is being sent at this moment may be the one that the list shows.
        let is_lone = message.body.is_some() || candidates.len() == 1;
        let is_certain = is_lone && !store::messages::has_rival(app.db.read(), message).await?;
        if is_certain {
            return adopt(app, message, attempt, found).await.map(Some);
        }
        if app.now() < message.updated_at + UNDECIDED {
            return Ok(Some(false));
        }
        return give_up(app, message).await.map(Some);
    }
    let grace = TimeDelta::from_std(app.config.unconfirmed_grace).unwrap_or(TimeDelta::minutes(1));
    // The row last changed when it became unconfirmed: the request may have left just before.
    if app.now() < message.updated_at + grace {
        return Ok(Some(false));
    }
    send_again(app, message).await.map(Some)
}

fn is_it(message: &Model, candidate: &MessageJson) -> bool {
    let is_ours = candidate
        .direction
        .as_deref()
        .is_none_or(|it| it == "outbound-api");
    let has_text = |body: &str| candidate.body.as_deref() == Some(body);
    is_ours && message.body.as_deref().is_none_or(has_text)
}

/// Whether a listed message belongs to none of our other messages.
async fn is_unclaimed(app: &App, message: &Model, candidate: &MessageJson) -> Result<bool> {
    let Some(sid) = candidate.sid.as_deref() else {
        return Ok(false);
    };
    if message.twilio_sid.as_deref() == Some(sid) {
        return Ok(true);
    }
    let db = app.db.read();
    let is_known = store::attempts::knows_sid(db, sid).await?
        || store::messages::by_twilio_sid(db, sid).await?.is_some();
    Ok(!is_known)
}

/// Takes a listed message as ours, unless its id belongs to another message already.
async fn adopt(
    app: &App,
    message: &Model,
    attempt: &delivery_attempt::Model,
    found: &MessageJson,
) -> Result<bool> {
    let Some(sid) = found.sid.as_deref() else {
        return Ok(false);
    };
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    if !store::messages::adopt_sid(&tx, message.id, sid, attempt.number, now).await? {
        return Ok(false);
    }
    store::attempts::proven(&tx, message.id, attempt.number, sid, now).await?;
    let status = status_of(found).unwrap_or(MessageStatus::Accepted);
    let words = format!("Twilio's list shows it as {sid}");
    let events = move_on(app, &tx, message, (found, sid, status), words).await?;
    store::message_events::append(&tx, now, events).await?;
    tx.commit().await?;
    app.metrics.reconciled.inc();
    app.cluster.log_grew();
    Ok(true)
}

/// Nobody can tell whether it was sent: a person must.
async fn give_up(app: &App, message: &Model) -> Result<bool> {
    let words = "Twilio's list shows messages that may be it, and none that certainly is: look before sending it again";
    end_unconfirmed(
        app,
        message,
        MessageStatus::Failed,
        (EventKind::Failed, words),
    )
    .await
}

async fn send_again(app: &App, message: &Model) -> Result<bool> {
    if message.attempt_count >= message.max_attempts {
        let words = "Twilio's list does not show it; no attempts are left";
        return end_unconfirmed(
            app,
            message,
            MessageStatus::Failed,
            (EventKind::Failed, words),
        )
        .await;
    }
    let words = "Twilio's list does not show it: it is sent again";
    end_unconfirmed(
        app,
        message,
        MessageStatus::Queued,
        (EventKind::Reconciled, words),
    )
    .await
}

async fn end_unconfirmed(
    app: &App,
    message: &Model,
    status: MessageStatus,
    (kind, words): (EventKind, &str),
) -> Result<bool> {
    let now = app.now();
    let change = Change {
        due_at: (status == MessageStatus::Queued).then_some(now),
        attempt: Some(message.attempt_count),
        ..Change::default()
    };
    let tx = store::begin(&app.db).await?;
    if !store::messages::advance(&tx, message.id, status, &change, now).await? {
        return Ok(false);
    }
    let event = NewEvent::moved(message.id, kind, status).because(words);
    store::message_events::append(&tx, now, vec![event]).await?;
    tx.commit().await?;
    app.metrics.reconciled.inc();
    app.cluster.log_grew();
    app.cluster.wake();
    Ok(true)
}

/// Asks for messages whose last callback seems lost: not final, and last changed within `quiet`. How many moved.
///
/// # Errors
/// A fault of the database.
pub async fn sweep(app: &App, quiet: std::ops::Range<DateTime<Utc>>) -> Result<usize> {
    let mut moved = 0;
    let mut after = Some((quiet.start, Uuid::nil()));
    loop {
        let which = Stale::Unfinished;
        let page = store::messages::stale(app.db.read(), which, after, quiet.end, AT_ONCE).await?;
        for message in &page {
            let Some(sid) = message.twilio_sid.as_deref() else {
                continue;
            };
            match app.twilio.fetch(sid).await {
                Ok(found) => moved += usize::from(catch_up(app, message, &found).await?),
                // Twilio keeps messages for a while only, and a simulated one until it ends.
                Err(error) if error.is_about_the_question() => {}
                Err(error) => {
                    tracing::warn!(%error, "messages without a final status can't be looked up yet");
                    return Ok(moved);
                }
            }
        }
        match page.last() {
            Some(last) if page.len() as u64 == AT_ONCE => after = Some((last.updated_at, last.id)),
            _ => return Ok(moved),
        }
    }
}

async fn catch_up(app: &App, message: &message::Model, found: &MessageJson) -> Result<bool> {
    let Some(status) = status_of(found).filter(|next| message.status.can_become(*next)) else {
        return Ok(false);
    };
    let sid = message.twilio_sid.as_deref().unwrap_or_default();
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let words = "no callback came; Twilio's record tells its status".to_owned();
    let events = move_on(app, &tx, message, (found, sid, status), words).await?;
    if !events.iter().any(|it| it.changed) {
        return Ok(false);
    }
    store::message_events::append(&tx, now, events).await?;
    tx.commit().await?;
    app.metrics.reconciled.inc();
    app.cluster.log_grew();
    Ok(true)
}

/// Moves a message to where Twilio has it, or back into the queue; the events that tell of it. Only while the attempt is the
/// newest that the message had when it was looked at.
async fn move_on(
    app: &App,
    tx: &impl ConnectionTrait,
    message: &Model,
    (found, sid, status): (&MessageJson, &str, MessageStatus),
    words: String,
) -> Result<Vec<NewEvent>> {
    let now = app.now();
    let word = Word {
        sid,
        status,
        error_code: found.error_code,
        also_from: None,
    };
    let again = comeback::plan(app, tx, message, word).await?;
    let changed = again.is_none() && {
        let change = Change {
            error_code: found.error_code,
            attempt: Some(message.attempt_count),
            ..Change::default()
        };
        store::messages::advance(tx, message.id, status, &change, now).await?
    };
    note_opt_out(tx, message, found, now).await?;
    let told = NewEvent {
        changed,
        error_code: found.error_code,
        ..NewEvent::moved(message.id, EventKind::Reconciled, status).because(words)
    };
    Ok(std::iter::once(told).chain(again).collect())
}

async fn note_opt_out(
    tx: &impl ConnectionTrait,
    message: &Model,
    found: &MessageJson,
    now: DateTime<Utc>,
) -> Result<()> {
    if found.error_code.is_some_and(catalogue::is_opt_out) {
        store::standing::opt_out(tx, message.contact_id, now).await?;
    }
    Ok(())
}

fn status_of(found: &MessageJson) -> Option<MessageStatus> {
    found.status.as_deref().and_then(wire::outbound_status)
}

/// Makes sure that a fault in one part of the housekeeping is seen and stops no other part.
pub(crate) fn log_fault(what: &'static str, result: Result<usize>) -> usize {
    match result {
        Ok(count) => count,
        Err(Error::Fault(Fault::Database(error))) => {
            tracing::error!(%error, what, "housekeeping failed");
            0
        }
        Err(error) => {
            tracing::error!(%error, what, "housekeeping failed");
            0
        }
    }
}
