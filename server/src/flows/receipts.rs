//! The provider reported a status: the message moves on, never back, and every report is kept in its timeline.

use entity::delivery_attempt::Outcome;
use entity::message_event::EventKind;
use entity::types::{Kind, MessageStatus};
use entity::{message, webhook_event};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::domain::catalogue;
use crate::error::{Error, Fault, Result};
use crate::gateway::wire::{self, Form};
use crate::metrics::CallbackLabels;
use crate::store::{self, message_events::NewEvent, messages::Change};

/// What the provider reported.
struct Report {
    sid: String,
    status: MessageStatus,
    error_code: Option<i32>,
    /// The attempt that the callback's URL names.
    attempt: Option<i32>,
}

/// Takes one status callback in.
///
/// # Errors
/// [`Error::NotFound`] when no message is known by the id in the URL nor by the provider's id: the message may still be
/// on its way into the database, so the event is tried again. Or a fault.
pub async fn apply(app: &App, event: &webhook_event::Model) -> Result<()> {
    let query = Form::decode(event.query.as_bytes());
    let report = read(&Form::decode(event.body.as_bytes()), &query)?;
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    if !store::webhook_events::processed(&tx, event.id, now).await? {
        return Ok(());
    }
    let Some(report) = report else {
        tx.commit().await?;
        return Ok(());
    };
    let message = find(&tx, &report, query.get("message"))
        .await?
        .ok_or(Error::NotFound("message"))?;
    let event = move_on(app, &tx, &message, &report).await?;
    let effect = if event.changed {
        "changed"
    } else {
        "unchanged"
    };
    store::message_events::append(&tx, now, vec![event]).await?;
    tx.commit().await?;
    let label = CallbackLabels { effect };
    app.metrics.callbacks.get_or_create(&label).inc();
    app.cluster.log_grew();
    Ok(())
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
        store::messages::adopt_sid(tx, message.id, &report.sid, message.attempt_count, now).await?;
        let change = Change {
            error_code: report.error_code,
            also_from: matches!(standing, Standing::Proof).then_some(MessageStatus::Queued),
            ..Change::default()
        };
        changed = store::messages::advance(tx, message.id, report.status, &change, now).await?;
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
