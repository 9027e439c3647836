//! One attempt: the request, with no transaction open, and then its record.

use chrono::TimeDelta;
use entity::message;
use entity::message_event::EventKind;
use entity::types::{Kind, MessageStatus};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::clock::chance;
use crate::domain::{backoff, catalogue};
use crate::error::Result;
use crate::gateway::twilio::{Create, Report, Verdict};
use crate::metrics::AttemptLabels;
use crate::store::attempts::Ending;
use crate::store::message_events::NewEvent;
use crate::store::messages::Change;
use crate::store::{self};

/// Longer than any request takes, its deadlines added up.
const LONGEST_REQUEST: TimeDelta = TimeDelta::seconds(15);

/// An attempt with its answer.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The message as it was claimed; its `attempt_count` is the attempt's number.
    pub message: message::Model,
    /// The answer.
    pub report: Report,
}

/// Makes the request of an attempt that is stored already.
pub async fn deliver(app: &App, message: &message::Model) -> Settled {
    app.wait_for_turn(&message.from_address).await;
    // Waiting may outlast the lease, as may a machine that slept: then the message may be somebody else's by now.
    if message
        .lease_until
        .is_none_or(|until| app.now() + LONGEST_REQUEST > until)
    {
        app.breaker.unused();
        return Settled {
            message: message.clone(),
            report: Report::not_made(),
        };
    }
    let media = message
        .media_urls
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_str());
    let report = app
        .twilio
        .create(&Create {
            from: &message.from_address,
            to: &message.to_address,
            body: message.body.as_deref(),
            media_urls: media.collect(),
            content_sid: message.content_sid.as_deref(),
            content_variables: message.content_variables.as_ref(),
            status_callback: callback_url(app, message),
        })
        .await;
    if report.is_outage() {
        app.breaker.failed(app.now());
    } else {
        app.breaker.answered();
    }
    count(app, &report);
    Settled {
        message: message.clone(),
        report,
    }
}

/// Writes back what became of attempts, all in one transaction.
///
/// # Errors
/// A fault of the database: then none is written, and their leases run out.
pub async fn record(app: &App, batch: &[Settled]) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let mut events = Vec::new();
    for settled in batch {
        let (id, number) = (settled.message.id, settled.message.attempt_count);
        store::attempts::end(&tx, id, number, &ending(&settled.report), now).await?;
        events.push(settle(app, &tx, settled).await?);
    }
    store::message_events::append(&tx, now, events).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    Ok(())
}

async fn settle(app: &App, tx: &impl ConnectionTrait, settled: &Settled) -> Result<NewEvent> {
    let (id, now) = (settled.message.id, app.now());
    if let Verdict::Accepted { sid } = &settled.report.verdict {
        let number = settled.message.attempt_count;
        if !store::messages::adopt_sid(tx, id, sid, number, now).await? {
            tracing::error!(message.id = %Kind::Message.encode(id), "Twilio took an attempt that was given up: this message may arrive twice");
        }
    }
    let (kind, status, change, detail) = fate(app, settled);
    // A callback may have come before the answer and moved the message on: then the answer changes nothing.
    let changed = store::messages::advance(tx, id, status, &change, now).await?;
    let error_code = settled.report.error_code;
    Ok(NewEvent {
        message_id: id,
        kind,
        status,
        changed,
        detail,
        error_code,
    })
}

/// What an answer makes of a message.
fn fate(app: &App, settled: &Settled) -> (EventKind, MessageStatus, Change, Option<String>) {
    let report = &settled.report;
    let number = settled.message.attempt_count;
    // An answer that comes after its message was queued again takes it out of the queue: it was taken.
    let is_taken = matches!(report.verdict, Verdict::Accepted { .. });
    let change = Change {
        error_code: report.error_code,
        due_at: None,
        attempt: Some(number),
        also_from: is_taken.then_some(MessageStatus::Queued),
    };
    let words = report.error_message.clone();
    match report.verdict {
        Verdict::Accepted { ref sid } => (
            EventKind::Accepted,
            MessageStatus::Accepted,
            change,
            Some(sid.clone()),
        ),
        Verdict::Unclear => (
            EventKind::Unconfirmed,
            MessageStatus::Unconfirmed,
            change,
            words,
        ),
        Verdict::Refused => (EventKind::Failed, MessageStatus::Failed, change, words),
        Verdict::NotMade => {
            let due_at = Some(app.now());
            (
                EventKind::RetryPlanned,
                MessageStatus::Queued,
                Change { due_at, ..change },
                words,
            )
        }
        Verdict::Busy { .. } if number >= settled.message.max_attempts => {
            let words = format!("{}; {number} attempts made", words.unwrap_or_default());
            (
                EventKind::Failed,
                MessageStatus::Failed,
                change,
                Some(words),
            )
        }
        Verdict::Busy { retry_after } => {
            let pause = backoff::pause(number, retry_after, chance());
            let due_at = Some(app.now() + pause);
            let words = format!(
                "{}; next try in {:.1} s",
                words.unwrap_or_default(),
                pause.as_secs_f64()
            );
            (
                EventKind::RetryPlanned,
                MessageStatus::Queued,
                Change { due_at, ..change },
                Some(words),
            )
        }
    }
}

fn ending(report: &Report) -> Ending {
    let twilio_sid = match &report.verdict {
        Verdict::Accepted { sid } => Some(sid.clone()),
        Verdict::Busy { .. } | Verdict::Refused | Verdict::Unclear | Verdict::NotMade => None,
    };
    Ending {
        outcome: report.outcome(),
        duration_ms: i32::try_from(report.took.as_millis()).unwrap_or(i32::MAX),
        http_status: report.http_status.map(i32::from),
        error_code: report.error_code,
        error_message: report.error_message.clone(),
        twilio_sid,
        twilio_request_id: report.request_id.clone(),
    }
}

/// Carries the message's id and the attempt's number, so that a callback finds its message even when the answer was lost.
fn callback_url(app: &App, message: &message::Model) -> String {
    let id = Kind::Message.encode(message.id);
    format!(
        "{}/api/v1/whatsapp/status?message={id}&attempt={}",
        app.public_url, message.attempt_count
    )
}

fn count(app: &App, report: &Report) {
    let outcome = match report.verdict {
        Verdict::Accepted { .. } => "accepted",
        Verdict::Busy { .. } => "busy",
        Verdict::Refused => "refused",
        Verdict::Unclear => "unclear",
        Verdict::NotMade => "not_made",
    };
    // Codes outside of the catalogue share a label, so that their number is bounded.
    let code = report.error_code.map_or(0, |code| {
        catalogue::find(code).map_or(-1, |it| i64::from(it.code))
    });
    app.metrics
        .attempts
        .get_or_create(&AttemptLabels { outcome, code })
        .inc();
    app.metrics.send_seconds.observe(report.took.as_secs_f64());
}
