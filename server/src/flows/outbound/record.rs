//! What became of attempts is written back: a batch in one transaction, guarded by each attempt's number.

use std::collections::HashSet;
use std::time::Duration;

use entity::message;
use entity::message_event::EventKind;
use entity::types::{Kind, MessageStatus};
use sea_orm::ConnectionTrait;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::accept::DEADLINE;
use super::door::Settled;
use super::fallback::keep_for_later;
use crate::app::App;
use crate::clock::chance;
use crate::domain::backoff::{self, Tries};
use crate::domain::catalogue;
use crate::error::Result;
use crate::gateway::twilio::{Report, Verdict};
use crate::gather::{Hall, next_batch};
use crate::store::attempts::{Ending, Won};
use crate::store::message_events::NewEvent;
use crate::store::messages::Change;
use crate::store::queue::Taken;
use crate::store::{self};

/// Answers recorded by one transaction.
const BATCH: usize = 256;
/// Pauses between tries to record answers; then they wait on disk.
const AGAIN: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// Records what waits, batch by batch, until `stop`.
pub(super) async fn run(app: App, mut hall: Hall<Settled, ()>, stop: CancellationToken) {
    let mut batch = Vec::new();
    while next_batch(&mut hall, &mut batch, BATCH, &stop).await > 0 {
        let (settled, whom): (Vec<_>, Vec<_>) =
            batch.drain(..).map(|it| (it.question, it.answer)).unzip();
        record_surely(&app, &settled).await;
        for answer in whom {
            // Who left does not wait for the record.
            let _ = answer.send(());
        }
    }
}

/// Records answers even if the database is away for a moment; a bad one costs no other. What can't be recorded waits on
/// disk.
async fn record_surely(app: &App, batch: &[Settled]) {
    for pause in AGAIN {
        if !app.db.is_well() {
            break;
        }
        match timeout(DEADLINE, record(app, batch)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => {
                let error = crate::error::words(&error);
                tracing::warn!(
                    error,
                    count = batch.len(),
                    "answers could not be recorded yet"
                );
            }
            Err(_) => app.db.seems_down(),
        }
        tokio::time::sleep(pause).await;
    }
    let end = Instant::now() + DEADLINE;
    for settled in batch {
        let settled = std::slice::from_ref(settled);
        let may_try = app.db.is_well() && Instant::now() < end;
        if !may_try || !matches!(timeout(DEADLINE, record(app, settled)).await, Ok(Ok(()))) {
            keep_for_later(app, settled).await;
        }
    }
}

/// Writes back what became of attempts, all in one transaction. What was written before is left as it is.
///
/// # Errors
/// A fault of the database: then none is written.
pub async fn record(app: &App, batch: &[Settled]) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let ids: Vec<Uuid> = batch.iter().map(|it| it.message.id).collect();
    store::queue::hold(&tx, &ids).await?;
    let mut events = record_taken(app, &tx, batch).await?;
    for settled in batch.iter().filter(|it| sid(it).is_none()) {
        let (id, number) = (settled.message.id, settled.message.attempt_count);
        if store::attempts::end(&tx, id, number, &ending(&settled.report), now).await? {
            events.push(settle(app, &tx, settled, Told::Now).await?);
        }
    }
    store::message_events::append(&tx, now, events).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    // The next message to one of these recipients may go now.
    app.cluster.wake_here();
    Ok(())
}

/// Those that the provider took, nearly all of a batch, are written by two statements.
async fn record_taken(
    app: &App,
    tx: &impl ConnectionTrait,
    batch: &[Settled],
) -> Result<Vec<NewEvent>> {
    let now = app.now();
    let all: Vec<(&Settled, Ending)> = batch
        .iter()
        .filter(|it| sid(it).is_some())
        .map(|it| (it, ending(&it.report)))
        .collect();
    let taken = all.iter().filter_map(|(it, _)| {
        let (id, attempt) = (it.message.id, it.message.attempt_count);
        Some(Taken {
            id,
            attempt,
            sid: sid(it)?,
        })
    });
    // First the messages: whether one that is queued again was taken shows in what is known of its attempt until now.
    let moved: HashSet<Uuid> = store::queue::accepted(tx, &taken.collect::<Vec<_>>(), now)
        .await?
        .into_iter()
        .collect();
    let told_before = told_before(tx, &all, &moved).await?;
    let won = all.iter().map(|(it, ending)| Won {
        message_id: it.message.id,
        number: it.message.attempt_count,
        ending,
    });
    let new: HashSet<Uuid> = store::attempts::won(tx, &won.collect::<Vec<_>>(), now)
        .await?
        .into_iter()
        .collect();
    let mut events = Vec::with_capacity(all.len());
    for (settled, ending) in all {
        let id = settled.message.id;
        if moved.contains(&id) {
            let event = NewEvent::moved(id, EventKind::Accepted, MessageStatus::Accepted);
            events.push(event.because(ending.twilio_sid.unwrap_or_default()));
        } else if new.contains(&id) {
            let told = if told_before.contains(&id) {
                Told::Before
            } else {
                Told::Now
            };
            events.push(settle(app, tx, settled, told).await?);
        }
    }
    Ok(events)
}

/// When it became known under which id the provider took an attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// By this answer.
    Now,
    /// By a callback that was faster. The message may wait to be sent again by now, and the id is no longer its own.
    Before,
}

/// The messages that did not wait for these answers any more, as a callback had told the same.
async fn told_before(
    tx: &impl ConnectionTrait,
    all: &[(&Settled, Ending)],
    moved: &HashSet<Uuid>,
) -> Result<HashSet<Uuid>> {
    let mut told = HashSet::new();
    for (settled, ending) in all {
        if moved.contains(&settled.message.id) {
            continue;
        }
        let (id, number) = (settled.message.id, settled.message.attempt_count);
        let attempt = store::attempts::find(tx, id, number).await?;
        let known = attempt.and_then(|it| it.twilio_sid);
        if known.is_some() && known == ending.twilio_sid {
            told.insert(id);
        }
    }
    Ok(told)
}

fn sid(settled: &Settled) -> Option<&str> {
    match &settled.report.verdict {
        Verdict::Accepted { sid } => Some(sid),
        Verdict::Busy { .. } | Verdict::Refused | Verdict::Unclear | Verdict::NotMade { .. } => {
            None
        }
    }
}

async fn settle(
    app: &App,
    tx: &impl ConnectionTrait,
    settled: &Settled,
    told: Told,
) -> Result<NewEvent> {
    let (id, now) = (settled.message.id, app.now());
    if let Verdict::Accepted { sid } = &settled.report.verdict
        && told == Told::Now
    {
        let number = settled.message.attempt_count;
        if !store::messages::adopt_sid(tx, id, sid, number, now).await? {
            tracing::error!(message.id = %Kind::Message.encode(id), "Twilio took an attempt that was given up: this message may arrive twice");
        }
    }
    let (kind, status, change, detail) = fate(app, settled);
    // A callback may have come before the answer and moved the message on: then the answer changes nothing.
    let changed = store::messages::advance(tx, id, status, &change, now).await?;
    let error_code = settled.report.error_code;
    if error_code.is_some_and(catalogue::is_opt_out) {
        store::standing::opt_out(tx, settled.message.contact_id, now).await?;
    }
    if let Some(content) = settled.message.content_sid.as_deref()
        && error_code.is_some_and(catalogue::is_unknown_content)
    {
        store::offers::forget(tx, content).await?;
    }
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
    let change = Change {
        error_code: report.error_code,
        due_at: None,
        attempt: Some(number),
        ..Change::default()
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
        Verdict::NotMade { turn_in } => {
            let change = Change {
                due_at: Some(app.now() + turn_in),
                // It was no try.
                more_tries: 1,
                ..change
            };
            (
                EventKind::RetryPlanned,
                MessageStatus::Queued,
                change,
                words,
            )
        }
        Verdict::Busy { retry_after } => {
            let tries = tries(app, &settled.message);
            let pause = backoff::after_answer(tries, report.error_code, retry_after, chance());
            let words = words.unwrap_or_default();
            match pause {
                Some(pause) => (
                    EventKind::RetryPlanned,
                    MessageStatus::Queued,
                    Change {
                        due_at: Some(app.now() + pause),
                        ..change
                    },
                    Some(next_try(&words, pause)),
                ),
                None => (
                    EventKind::Failed,
                    MessageStatus::Failed,
                    change,
                    Some(format!("{words}; {number} attempts made")),
                ),
            }
        }
    }
}

/// How often a message was tried, and how often it may be.
pub(in crate::flows) fn tries(app: &App, message: &message::Model) -> Tries {
    let each_time = app.config.send_max_attempts;
    Tries::of(message.attempt_count, message.max_attempts, each_time)
}

/// What is told of a failure after which there is another try.
pub(in crate::flows) fn next_try(failure: &str, pause: Duration) -> String {
    format!("{failure}; next try in {:.1} s", pause.as_secs_f64())
}

/// A message as its answer leaves it, for whoever waits for it.
pub(super) fn as_told(app: &App, settled: Settled) -> message::Model {
    let (_, status, change, _) = fate(app, &settled);
    let twilio_sid = sid(&settled).map(str::to_owned);
    message::Model {
        status,
        twilio_sid,
        error_code: change.error_code,
        due_at: change.due_at,
        lease_until: None,
        leased_by: None,
        ..settled.message
    }
}

fn ending(report: &Report) -> Ending {
    let twilio_sid = match &report.verdict {
        Verdict::Accepted { sid } => Some(sid.clone()),
        Verdict::Busy { .. } | Verdict::Refused | Verdict::Unclear | Verdict::NotMade { .. } => {
            None
        }
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
