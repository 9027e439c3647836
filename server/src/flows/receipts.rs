//! The provider reported a status: the message moves on, never back, and every report is kept in its timeline.

use std::time::Duration;

use entity::delivery_attempt::Outcome;
use entity::message_event::EventKind;
use entity::types::MessageStatus;
use entity::{message, webhook_event};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::comeback::{self, Word};
use crate::app::App;
use crate::domain::catalogue;
use crate::error::{Error, Fault, Result};
use crate::gateway::wire::Form;
use crate::gateway::wire::report::{self, Report};
use crate::metrics::CallbackLabels;
use crate::store::{self, message_events::NewEvent, messages::Change};

/// How long a sender pauses of which the provider reports that it is too fast.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes status callbacks in, all in one transaction; if that fails, one by one. What became of each, in their order:
/// [`Error::NotFound`] when no message is known by the id in the URL nor by the provider's id. The message may still be on
/// its way into the database, so the event is tried again.
pub async fn apply_all(app: &App, events: &[&webhook_event::Model]) -> Vec<Result<()>> {
    match apply_together(app, events).await {
        Ok(done) => done,
        Err(error) if events.len() == 1 => vec![Err(error)],
        Err(_) => {
            let mut done = Vec::with_capacity(events.len());
            for event in events {
                let alone = apply_together(app, std::slice::from_ref(event)).await;
                done.extend(alone.unwrap_or_else(|error| vec![Err(error)]));
            }
            done
        }
    }
}

async fn apply_together(app: &App, events: &[&webhook_event::Model]) -> Result<Vec<Result<()>>> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    store::queue::hold(&tx, &named(events)).await?;
    let mut done = Vec::with_capacity(events.len());
    let mut told = Vec::new();
    for event in events {
        done.push(match apply(app, &tx, event).await {
            Ok(new) => {
                told.extend(new);
                Ok(())
            }
            Err(Error::Fault(Fault::Database(error))) => return Err(error.into()),
            Err(error) => Err(error),
        });
    }
    let (told, slowed): (Vec<_>, Vec<_>) =
        told.into_iter().map(|it| (it.events, it.slowed)).unzip();
    count(app, &told);
    let told = told.into_iter().flatten().collect();
    store::message_events::append(&tx, now, told).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    for sender in slowed.into_iter().flatten() {
        app.cluster.slow(&sender, PAUSE).await;
    }
    Ok(done)
}

/// The messages that the callbacks' URLs name.
fn named(events: &[&webhook_event::Model]) -> Vec<Uuid> {
    let id = |it: &&webhook_event::Model| report::named(&Form::decode(it.query.as_bytes()));
    events.iter().filter_map(id).collect()
}

/// What one status came to.
struct Told {
    /// Its event, and another one where it has the message sent again.
    events: Vec<NewEvent>,
    /// The sender that is too fast.
    slowed: Option<String>,
}

/// One status. Before anything is written it is known whether all of it can be.
async fn apply(
    app: &App,
    tx: &impl ConnectionTrait,
    event: &webhook_event::Model,
) -> Result<Option<Told>> {
    let query = Form::decode(event.query.as_bytes());
    let missing = |field| Error::Fault(Fault::Other(format!("the status has no {field}")));
    let report = Report::read(&Form::decode(event.body.as_bytes()), &query).map_err(missing)?;
    let message = match &report {
        Some(report) => find(tx, report).await?,
        None => None,
    };
    if report.is_some() && message.is_none() {
        return Err(Error::NotFound("message"));
    }
    if !store::webhook_events::processed(tx, event.id, app.now()).await? {
        return Ok(None);
    }
    let (Some(report), Some(message)) = (report, message) else {
        return Ok(None);
    };
    let is_too_fast = report.error_code.is_some_and(catalogue::is_about_speed);
    let events = move_on(app, tx, &message, &report).await?;
    Ok(Some(Told {
        events,
        slowed: is_too_fast.then_some(message.from_address),
    }))
}

fn count(app: &App, told: &[Vec<NewEvent>]) {
    for events in told {
        let effect = if events.iter().any(|it| it.changed) {
            "changed"
        } else {
            "unchanged"
        };
        let label = CallbackLabels { effect };
        app.metrics.callbacks.get_or_create(&label).inc();
    }
}

async fn move_on(
    app: &App,
    tx: &impl ConnectionTrait,
    message: &message::Model,
    report: &Report,
) -> Result<Vec<NewEvent>> {
    let told = NewEvent {
        changed: false,
        error_code: report.error_code,
        ..NewEvent::moved(message.id, EventKind::Callback, report.status)
    };
    let also_from = match standing(tx, message, report).await? {
        Standing::Old => return Ok(vec![told.because("it is about an earlier attempt")]),
        Standing::Current => None,
        Standing::Proof => Some(MessageStatus::Queued),
    };
    let (now, attempt) = (app.now(), message.attempt_count);
    if store::messages::adopt_sid(tx, message.id, &report.sid, attempt, now).await? {
        store::attempts::proven(tx, message.id, attempt, &report.sid, now).await?;
    }
    if report.error_code.is_some_and(catalogue::is_opt_out) {
        store::standing::opt_out(tx, message.contact_id, now).await?;
    }
    let word = Word {
        sid: &report.sid,
        status: report.status,
        error_code: report.error_code,
        also_from,
    };
    let again = comeback::plan(app, tx, message, word).await?;
    let changed = again.is_none() && {
        let change = Change {
            error_code: report.error_code,
            attempt: Some(attempt),
            also_from,
            ..Change::default()
        };
        store::messages::advance(tx, message.id, report.status, &change, now).await?
    };
    let known = report.error_code.and_then(catalogue::find);
    let told = NewEvent {
        changed,
        detail: known.map(|it| it.meaning.to_owned()),
        ..told
    };
    Ok(std::iter::once(told).chain(again).collect())
}

/// What a report is to its message.
enum Standing {
    /// It is about the newest attempt.
    Current,
    /// The same, and the message must not wait to be sent again: nobody knew whether that attempt was taken, or it was said
    /// to have failed and has arrived all the same.
    Proof,
    /// It is about an attempt whose end is known.
    Old,
}

async fn standing(
    tx: &impl ConnectionTrait,
    message: &message::Model,
    report: &Report,
) -> Result<Standing> {
    let is_its_own = message.twilio_sid.as_deref() == Some(report.sid.as_str());
    let number = number(tx, message, report).await?;
    if number < message.attempt_count {
        return Ok(if is_its_own {
            Standing::Current
        } else {
            Standing::Old
        });
    }
    if message.status != MessageStatus::Queued {
        return Ok(Standing::Current);
    }
    let has_arrived = matches!(
        report.status,
        MessageStatus::Delivered | MessageStatus::Read
    );
    let attempt = store::attempts::find(tx, message.id, number).await?;
    Ok(match attempt.map(|it| (it.outcome, it.twilio_sid)) {
        Some((Outcome::Unclear | Outcome::Pending, None)) => Standing::Proof,
        Some((Outcome::Unclear | Outcome::Accepted, Some(sid)))
            if has_arrived && sid == report.sid =>
        {
            Standing::Proof
        }
        Some(_) | None => Standing::Old,
    })
}

/// Which attempt a report is about: by the callback's URL, else by the provider's id.
async fn number(
    tx: &impl ConnectionTrait,
    message: &message::Model,
    report: &Report,
) -> Result<i32> {
    if let Some(number) = report.attempt {
        return Ok(number);
    }
    let attempt = store::attempts::by_sid(tx, &report.sid).await?;
    let attempt = attempt.filter(|it| it.message_id == message.id);
    Ok(attempt.map_or(message.attempt_count, |it| it.number))
}

/// By the id in the callback's URL, which is signed, else by the provider's id, which may be that of an earlier attempt.
async fn find(tx: &impl ConnectionTrait, report: &Report) -> Result<Option<message::Model>> {
    if let Some(id) = report.message {
        return Ok(store::messages::by_id(tx, id).await?);
    }
    if let Some(message) = store::messages::by_twilio_sid(tx, &report.sid).await? {
        return Ok(Some(message));
    }
    let attempt = store::attempts::by_sid(tx, &report.sid).await?;
    Ok(match attempt {
        Some(attempt) => store::messages::by_id(tx, attempt.message_id).await?,
        None => None,
    })
}
