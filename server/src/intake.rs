//! Durable before answered: webhook events of all requests that wait at one moment are stored by one insert, then handed
//! to their flow. Refuses to know what an event means.

pub mod door;
mod process;

use chrono::TimeDelta;
use entity::webhook_event::{Model, WebhookKind, WebhookSource, WebhookState};
use tokio::sync::mpsc;

use door::{Arrived, Kept, NotKept, Waiting};

use crate::app::App;
use crate::gateway::wire::Form;
use crate::store;

/// Events stored by one insert. SQLite takes 32,766 values a statement; an event has 12.
const BATCH: usize = 256;
/// Before this the event is in the hands of the process that stored it; afterwards any process may take it up.
const HANDS_OFF: TimeDelta = TimeDelta::seconds(5);

/// Starts the writer and the processing behind it; what an earlier process left is taken up.
pub fn start(app: &App) {
    let Some(hall) = app.intake.hall() else {
        return;
    };
    let hands = process::start(app);
    app.tasks.spawn(write(app.clone(), hall, hands));
}

/// Stores what waits, batch by batch. Ends once the stop is asked for and nobody waits any more.
async fn write(app: App, mut hall: mpsc::Receiver<Waiting>, hands: process::Hands) {
    let mut batch = Vec::new();
    loop {
        let count = tokio::select! {
            biased;
            count = hall.recv_many(&mut batch, BATCH) => count,
            () = app.stop.cancelled() => {
                hall.close();
                hall.recv_many(&mut batch, BATCH).await
            }
        };
        if count == 0 {
            return;
        }
        let (events, answers): (Vec<_>, Vec<_>) = batch
            .drain(..)
            .map(|it| (row(&app, it.arrived), it.answer))
            .unzip();
        let ids: Vec<_> = events.iter().map(|it| it.id).collect();
        match store::webhook_events::insert_new(app.db.write(), events).await {
            Ok(stored) => {
                for (id, answer) in ids.into_iter().zip(answers) {
                    let is_new = stored.iter().any(|it| it.id == id);
                    // A caller that hung up gets no answer; its event is kept all the same.
                    let _ = answer.send(Ok(if is_new { Kept::New } else { Kept::Duplicate }));
                }
                hands.take(stored);
            }
            Err(error) => {
                tracing::error!(%error, count, "webhook events could not be stored");
                for answer in answers {
                    let _ = answer.send(Err(NotKept(error.to_string())));
                }
            }
        }
    }
}

fn row(app: &App, arrived: Arrived) -> Model {
    let now = app.now();
    Model {
        id: app.new_id(),
        kind: arrived.kind,
        source: WebhookSource::Webhook,
        dedupe_key: dedupe_key(&arrived),
        idempotency_token: arrived.idempotency_token,
        // PostgreSQL keeps no NUL in a text; a form may hold one only in its encoded form.
        query: arrived.query.replace('\0', "%00"),
        body: arrived.body.replace('\0', "%00"),
        state: WebhookState::Pending,
        failures: 0,
        error: None,
        next_try_at: now + HANDS_OFF,
        received_at: now,
        processed_at: None,
    }
}

/// The same message and status is the same event; without a message id the whole body is the key.
fn dedupe_key(arrived: &Arrived) -> String {
    use sha2::{Digest as _, Sha256};
    let form = Form::decode(arrived.body.as_bytes());
    match (
        arrived.kind,
        form.get("MessageSid").or_else(|| form.get("SmsSid")),
    ) {
        (WebhookKind::Inbound, Some(sid)) => format!("in:{sid}"),
        (WebhookKind::Status, Some(sid)) => {
            let status = form
                .get("MessageStatus")
                .or_else(|| form.get("SmsStatus"))
                .unwrap_or_default();
            format!(
                "st:{sid}:{status}:{}",
                form.get("ErrorCode").unwrap_or_default()
            )
        }
        (_, None) => format!("raw:{}", hex::encode(Sha256::digest(&arrived.body))),
    }
    .replace('\0', "%00")
}
