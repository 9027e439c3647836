//! Hands kept events to their flow: those of one sender in the order of their arrival, those of others at the same time.
//! What waits together shares a transaction.

use std::future::Future;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::TimeDelta;
use entity::webhook_event::{Model, WebhookKind, WebhookState};
use futures_util::FutureExt as _;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::app::App;
use crate::error::{self, Error, Fault, Result};
use crate::flows;
use crate::store;

/// Transactions in work at one time; the events of one sender are in one hand.
const HANDS: usize = 4;
/// Events that may wait for one hand; more stay in the table and are found by the poll.
const WAITING: usize = 2_048;
/// Events that one hand takes at once.
const HANDFUL: usize = 64;
/// Messages of one transaction. Each takes about a millisecond, for which who comes next waits at the door.
const LETTERS: usize = 32;
const LETTERS_IN_A_CROWD: usize = 4;
const BREATH: Duration = Duration::from_millis(5);
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// Longer no handful takes, unless the database hangs.
const DEADLINE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_secs(2);
const AT_ONCE: u64 = 500;

/// The workers.
#[derive(Clone, Debug)]
pub(super) struct Hands(Vec<mpsc::Sender<Model>>);

impl Hands {
    pub(super) fn take(&self, events: Vec<Model>) {
        for event in events {
            // A full hand leaves the event in the table, where the poll finds it.
            let _ = self.0[hand_of(&event)].try_send(event);
        }
    }
}

/// Starts the workers and the poll for what they could not take, or an earlier process left.
pub(super) fn start(app: &App) -> Hands {
    let senders = (0..HANDS).map(|_| {
        let (sender, mut waiting) = mpsc::channel(WAITING);
        let app2 = app.clone();
        app.tasks.spawn(async move {
            let mut handful = Vec::new();
            while waiting.recv_many(&mut handful, HANDFUL).await > 0 {
                process(&app2, &handful).await;
                handful.clear();
            }
        });
        sender
    });
    let hands = Hands(senders.collect());
    app.tasks.spawn(poll(app.clone()));
    hands
}

async fn poll(app: App) {
    // What an earlier process left is nobody's: no need to wait until it may be taken up.
    let mut lookahead = TimeDelta::seconds(10);
    while app
        .stop
        .run_until_cancelled(tokio::time::sleep(POLL))
        .await
        .is_some()
    {
        if app.db.is_well() {
            process_due(&app, lookahead).await;
            lookahead = TimeDelta::zero();
        }
    }
}

/// Processes events that are due within `lookahead`.
async fn process_due(app: &App, lookahead: TimeDelta) {
    while !app.stop.is_cancelled() {
        let due = store::webhook_events::due(app.db.read(), app.now() + lookahead, AT_ONCE).await;
        let due = match due {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "waiting webhook events could not be read");
                return;
            }
        };
        let failed = process(app, &due).await;
        if (due.len() as u64) < AT_ONCE || failed == due.len() {
            return;
        }
    }
}

/// Processes events; how many failed.
async fn process(app: &App, events: &[Model]) -> usize {
    let (statuses, letters): (Vec<&Model>, Vec<&Model>) =
        events.iter().partition(|it| it.kind == WebhookKind::Status);
    let mut failed = 0;
    for part in statuses.chunks(HANDFUL) {
        give_way(app).await;
        let done = guarded(part, |part| async move {
            flows::receipts::apply_all(app, part).await
        });
        failed += note_all(app, part, done.await).await;
    }
    let mut rest = letters.as_slice();
    while !rest.is_empty() {
        give_way(app).await;
        let most = if app.intake.is_crowded() {
            LETTERS_IN_A_CROWD
        } else {
            LETTERS
        };
        let part;
        (part, rest) = rest.split_at(most.min(rest.len()));
        let done = guarded(part, |part| async move {
            flows::inbound::receive_all(app, part).await
        });
        failed += note_all(app, part, done.await).await;
    }
    failed
}

/// Runs a flow so that neither a panic nor a database that hangs takes this hand along; a panic is the failure of the one
/// event that causes it.
async fn guarded<'a, F>(
    part: &'a [&'a Model],
    flow: impl Fn(&'a [&'a Model]) -> F,
) -> Vec<Result<()>>
where
    F: Future<Output = Vec<Result<()>>>,
{
    let mut done = Vec::with_capacity(part.len());
    let mut pieces = vec![part];
    while let Some(piece) = pieces.pop() {
        let run = AssertUnwindSafe(Box::pin(flow(piece))).catch_unwind();
        match tokio::time::timeout(DEADLINE, run).await {
            Ok(Ok(each)) => done.extend(each),
            Ok(Err(_)) if piece.len() > 1 => {
                pieces.extend(piece.chunks(1).rev());
            }
            Ok(Err(_)) => done.push(Err(failure("its processing panicked"))),
            Err(_) => done.extend(piece.iter().map(|_| Err(failure("the database hangs")))),
        }
    }
    done
}

fn failure(words: &str) -> Error {
    Error::Fault(Fault::Other(words.to_owned()))
}

async fn note_all(app: &App, events: &[&Model], done: Vec<Result<()>>) -> usize {
    let failed = done.iter().filter(|it| it.is_err()).count();
    for (event, done) in events.iter().zip(done) {
        note(app, event, done).await;
    }
    failed
}

/// While a crowd comes in, what is durable already waits, though never for long: the provider waits for our answer, and
/// repeats itself without one.
async fn give_way(app: &App) {
    let end = Instant::now() + LONGEST_WAIT;
    while app.intake.is_crowded() && Instant::now() < end {
        tokio::time::sleep(BREATH).await;
    }
}

/// Notes a failure, after which the event is tried again, or is dead.
async fn note(app: &App, event: &Model, done: Result<()>) {
    let Err(error) = done else { return };
    app.metrics.webhook_failures.inc();
    let words = error::words(&error);
    match store::webhook_events::failed(app.db.write(), event, &words, app.now()).await {
        Ok(WebhookState::Dead) => {
            tracing::error!(event.id = %event.id, error = words, "a webhook event is dead");
        }
        Ok(_) => {
            tracing::warn!(event.id = %event.id, error = words, "a webhook event failed and is tried again");
        }
        Err(error) => {
            tracing::error!(event.id = %event.id, %error, "a webhook event's failure could not be noted");
        }
    }
}

/// One sender's messages are in one hand, and so are the statuses of one message.
fn hand_of(event: &Model) -> usize {
    let key = match event.kind {
        WebhookKind::Inbound => "From=",
        WebhookKind::Status => "MessageSid=",
    };
    // As it is written in the form: the same value is written alike.
    let value = event.body.split('&').find_map(|it| it.strip_prefix(key));
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    usize::try_from(hasher.finish() % HANDS as u64).unwrap_or_default()
}
