//! The provider reported a status: the message moves on, never back, and every report is kept in its timeline.

use std::time::Duration;

use entity::delivery_attempt::Outcome;
use entity::message_event::EventKind;
use entity::types::{Kind, MessageStatus};
use entity::{message, webhook_event};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::app::App;
use crate::domain::catalogue;
use crate::error::{Error, Fault, Result};
use crate::gateway::wire::{self, Form};
use crate::metrics::CallbackLabels;
use crate::store::{self, message_events::NewEvent, messages::Change};

/// How long a sender pauses of which the provider reports that it is too fast.
const PAUSE: Duration = Duration::from_secs(1);

/// What the provider reported.
struct Report {
    sid: String,
    status: MessageStatus,
    error_code: Option<i32>,
    /// The attempt that the callback's URL names.
    attempt: Option<i32>,
}

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
    let slowed = told
        .iter()
        .filter_map(|it| it.1.clone())
        .collect::<Vec<_>>();
    let told: Vec<NewEvent> = told.into_iter().map(|it| it.0).collect();
    count(app, &told);
    store::message_events::append(&tx, now, told).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    for sender in slowed {
        app.cluster.slow(&sender, PAUSE).await;
    }
    Ok(done)
}

/// The messages that the callbacks' URLs name.
fn named(events: &[&webhook_event::Model]) -> Vec<Uuid> {
    let id = |it: &&webhook_event::Model| {
        let query = Form::decode(it.query.as_bytes());
        Kind::Message.parse(query.get("message")?).ok()
    };
    events.iter().filter_map(id).collect()
}

/// One status. Before anything is written it is known whether all of it can be. Its event, and the sender that is too fast.
async fn apply(
    app: &App,
    tx: &impl ConnectionTrait,
    event: &webhook_event::Model,
) -> Result<Option<(NewEvent, Option<String>)>> {
    let query = Form::decode(event.query.as_bytes());
    let report = read(&Form::decode(event.body.as_bytes()), &query)?;
    let message = match &report {
        Some(report) => find(tx, report, query.get("message")).await?,
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
    let told = move_on(app, tx, &message, &report).await?;
    Ok(Some((told, is_too_fast.then_some(message.from_address))))
}

fn count(app: &App, told: &[NewEvent]) {
    for event in told {
        let effect = if event.changed {
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
) -> Result<NewEvent> {
    let now = app.now();
    let standing = standing(tx, message, report).await?;
    let is_old = matches!(standing, Standing::Old);
    let mut changed = false;
    if !is_old {
        let attempt = message.attempt_count;
        if store::messages::adopt_sid(tx, message.id, &report.sid, attempt, now).await? {
            store::attempts::proven(tx, message.id, attempt, &report.sid, now).await?;
        }
        let change = Change {
            error_code: report.error_code,
            also_from: matches!(standing, Standing::Proof).then_some(MessageStatus::Queued),
            ..Change::default()
        };
        changed = store::messages::advance(tx, message.id, report.status, &change, now).await?;
        if report.error_code.is_some_and(catalogue::is_opt_out) {
            store::standing::opt_out(tx, message.contact_id, now).await?;
        }
    }
    let meaning = report
        .error_code
        .and_then(catalogue::find)
        .map(|it| it.meaning);
    let detail = if is_old {
        Some("it is about an earlier attempt".to_owned())
    } else {
        meaning.map(str::to_owned)
    };
    Ok(NewEvent {
        message_id: message.id,
        kind: EventKind::Callback,
        status: report.status,
        changed,
        detail,
        error_code: report.error_code,
    })
}

/// What a report is to its message.
enum Standing {
    /// It is about the newest attempt.
    Current,
    /// The same; and the message waits to be sent again only because nobody knew whether that attempt was taken.
    Proof,
    /// It is about an attempt whose end is known.
    Old,
}

async fn standing(
    tx: &impl ConnectionTrait,
    message: &message::Model,
    report: &Report,
) -> Result<Standing> {
    let number = report.attempt.unwrap_or(message.attempt_count);
    if number < message.attempt_count {
        let is_same = message.twilio_sid.as_deref() == Some(report.sid.as_str());
        return Ok(if is_same {
            Standing::Current
        } else {
            Standing::Old
        });
    }
    if message.status != MessageStatus::Queued {
        return Ok(Standing::Current);
    }
    let attempt = store::attempts::find(tx, message.id, number).await?;
    Ok(match attempt.map(|it| it.outcome) {
        Some(Outcome::Unclear | Outcome::Pending) => Standing::Proof,
        Some(Outcome::Accepted | Outcome::Refused | Outcome::Busy) | None => Standing::Old,
    })
}

/// By the id in the callback's URL, which is signed, else by the provider's id.
async fn find(
    tx: &impl ConnectionTrait,
    report: &Report,
    id: Option<&str>,
) -> Result<Option<message::Model>> {
    if let Some(id) = id.and_then(|it| Kind::Message.parse(it).ok()) {
        return Ok(store::messages::by_id(tx, id).await?);
    }
    Ok(store::messages::by_twilio_sid(tx, &report.sid).await?)
}

/// `None`: a word that says nothing about our statuses.
fn read(form: &Form, query: &Form) -> Result<Option<Report>> {
    let missing = |field: &str| Error::Fault(Fault::Other(format!("the status has no {field}")));
    let sid = form
        .get("MessageSid")
        .or_else(|| form.get("SmsSid"))
        .ok_or_else(|| missing("MessageSid"))?;
    let word = form
        .get("MessageStatus")
        .or_else(|| form.get("SmsStatus"))
        .ok_or_else(|| missing("MessageStatus"))?;
    let Some(status) = wire::outbound_status(word) else {
        return Ok(None);
    };
    Ok(Some(Report {
        sid: sid.to_owned(),
        status,
        error_code: form.get("ErrorCode").and_then(|it| it.parse().ok()),
        attempt: query.get("attempt").and_then(|it| it.parse().ok()),
    }))
}
