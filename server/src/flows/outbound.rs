//! A message goes out: stored with its place in the queue, handed to the provider, its fate recorded.

mod accept;
mod audited;
mod bar;
mod deliver;
pub mod door;
mod fallback;
mod preview;
mod record;
mod rows;

use std::sync::Arc;

use entity::message;
use entity::types::{Lane, MessageStatus};
use sea_orm::ConnectionTrait;
use tokio_util::sync::CancellationToken;

pub use accept::ImmediateDoor;
pub use bar::bar;
pub use deliver::deliver;
pub use door::Settled;
pub use fallback::{Begun, Ended, take_up};
pub use preview::{Preview, Templates, preview, templates};
pub use record::record;
pub(in crate::flows) use record::{next_try, tries};
pub(crate) use rows::LEASE;
pub use rows::{Parties, attempted, blank, store_new};

use super::audit::Actor;
use crate::app::App;
use crate::domain::draft::{Draft, Request};
use crate::error::{Error, Fault, Result};
use crate::store;
use door::{Accepted, Answer, Asked, NotAccepted, Wish};

/// For a message that may be in the queue or not, and nobody can tell now.
pub const UNCLEAR: &str = "this message failed on the server's side, and may be stored all the same: look for it before you send it again, \
                           or send it with the same idempotencyKey";

/// Starts the one hand that accepts messages.
pub fn start(app: &App) {
    if let Some(hall) = app.accepting.hall() {
        app.spawn_for_life("accepting", accept::run(app.clone(), hall));
    }
}

/// The one hand that records answers, to be run until `stop`: later than everything that may bring one.
pub async fn record_all(app: App, stop: CancellationToken) {
    if let Some(hall) = app.settling.hall() {
        record::run(app, hall, stop).await;
    }
}

/// Accepts a message for sending. In the immediate lane the first attempt is made before this returns; otherwise the
/// queue makes it. The same idempotency key with the same content returns the first message and sends nothing. While the
/// database is down, the immediate lane sends all the same, and the log is written afterwards.
///
/// # Errors
/// Every broken rule, by field; or a fault, after which nothing is stored.
pub async fn send(app: &App, by: &Actor, request: Request) -> Result<message::Model> {
    let mut sent = send_together(app, asked(app, by, "sendMessage"), vec![request]).await;
    sent.pop().unwrap_or(Err(Error::NotFound("message")))
}

/// Accepts many messages for sending; each has its own answer, in their order.
pub async fn send_all(
    app: &App,
    by: &Actor,
    requests: Vec<Request>,
) -> Vec<Result<message::Model>> {
    send_together(app, asked(app, by, "sendMessages"), requests).await
}

fn asked(app: &App, by: &Actor, action: &'static str) -> Asked {
    Asked {
        id: app.new_id(),
        by: by.clone(),
        action,
    }
}

async fn send_together(
    app: &App,
    asked: Asked,
    requests: Vec<Request>,
) -> Vec<Result<message::Model>> {
    let asked = Arc::new(asked);
    let now = app.now();
    let checked: Vec<Result<Wish>> = requests
        .into_iter()
        .map(|it| {
            let draft = Draft::check(it, app.senders(), now).map_err(Error::Refused)?;
            Ok(Wish {
                id: app.new_id(),
                draft,
                asked: Arc::clone(&asked),
            })
        })
        .collect();
    let wishes: Vec<Wish> = checked.iter().flatten().cloned().collect();
    let answers = ask(app, wishes).await;
    app.cluster.log_grew();
    if answers.iter().any(is_queued) {
        app.cluster.wake();
    }
    let mut answers = answers.into_iter();
    let ends: Vec<Result<End>> = checked
        .into_iter()
        .map(|it| it.map(|wish| begin_end(app, wish, answers.next())))
        .collect();
    let mut sent = Vec::with_capacity(ends.len());
    for end in ends {
        sent.push(match end {
            Err(error) => Err(error),
            Ok(End::Known(message)) => Ok(*message),
            Ok(End::Task(task)) => task
                .await
                .unwrap_or_else(|error| Err(fault(error.to_string()))),
        });
    }
    sent
}

/// Where a message's answer to its client comes from.
enum End {
    /// It is known.
    Known(Box<message::Model>),
    /// An attempt is made first, in a task of its own: a client that hangs up does not leave it without its record.
    Task(tokio::task::JoinHandle<Result<message::Model>>),
}

fn begin_end(app: &App, wish: Wish, answer: Option<Answer>) -> End {
    match answer {
        Some(Ok(Accepted::New(message))) if message.status != MessageStatus::Sending => {
            End::Known(Box::new(message))
        }
        Some(Ok(Accepted::Known(message))) => End::Known(Box::new(message)),
        answer => End::Task(app.tasks.spawn(end(app.clone(), wish, answer))),
    }
}

async fn ask(app: &App, wishes: Vec<Wish>) -> Vec<Answer> {
    if wishes.is_empty() {
        return Vec::new();
    }
    let count = wishes.len();
    let failed = |words: &str, may_be_queued| {
        let words = words.to_owned();
        let fault = NotAccepted::Fault {
            words,
            may_be_queued,
        };
        vec![Err(fault); count]
    };
    if !app.db.is_well() {
        return failed("the database does not answer", false);
    }
    let answers = app.accepting.ask(wishes).await;
    answers.unwrap_or_else(|| failed("the server is stopping", true))
}

fn is_queued(answer: &Answer) -> bool {
    matches!(answer, Ok(Accepted::New(message)) if message.status == MessageStatus::Queued)
}

/// What the client is told in the end, and the first attempt of the immediate lane.
async fn end(app: App, wish: Wish, answer: Option<Answer>) -> Result<message::Model> {
    match answer.ok_or_else(|| fault("a message got no answer".to_owned()))? {
        Ok(Accepted::New(message)) => {
            let told = deliver_and_record(&app, &message).await;
            // A callback may have moved it on already.
            let stored = store::messages::by_id(app.db.read(), message.id).await;
            Ok(stored.ok().flatten().unwrap_or(told))
        }
        Ok(Accepted::Known(message)) => Ok(message),
        Err(NotAccepted::Refused(broken)) => Err(Error::Refused(broken)),
        Err(NotAccepted::Fault {
            may_be_queued: false,
            ..
        }) if fallback::is_open_to(&wish) => fallback::send(&app, &wish).await,
        Err(NotAccepted::Fault {
            words,
            may_be_queued,
        }) => {
            tracing::error!(error = words, may_be_queued, "a message was not accepted");
            Err(Error::Unavailable(if may_be_queued {
                UNCLEAR
            } else {
                "the database does not answer: nothing was sent; try again with the same idempotencyKey"
            }))
        }
    }
}

/// Makes one attempt that was begun before, and records how it went: now, or once the database is back. The message as it
/// is then.
pub async fn deliver_and_record(app: &App, message: &message::Model) -> message::Model {
    let turns = app
        .cluster
        .take_turns(&message.from_address, message.lane, 1)
        .await;
    let settled = deliver(app, message, turns.wait(0)).await;
    let told = record::as_told(app, settled.clone());
    settle(app, settled).await;
    told
}

/// Has an answer recorded; returns when it is, or waits on disk.
pub async fn settle(app: &App, settled: Settled) {
    if app.settling.ask(settled).await.is_none() {
        tracing::error!("an answer came after the end; its message is looked up at Twilio later");
    }
}

/// Whether nobody may claim from a lane now.
///
/// # Errors
/// A fault of the database.
pub async fn is_paused(app: &App, db: &impl ConnectionTrait, lane: Lane) -> Result<bool> {
    let pauses = store::pauses::at(db, app.now()).await?;
    let is_paused = |lane| pauses.iter().any(|it| it.lane == lane);
    app.places.hold(is_paused(Lane::Immediate));
    Ok(is_paused(lane))
}

fn fault(words: String) -> Error {
    Error::Fault(Fault::Other(words))
}
