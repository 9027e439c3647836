//! What becomes of a message after it was taken: the rules it may break, and its way to the phone.

mod magic;
pub(super) mod post;
mod report;
mod rules;

use std::time::Duration;

use super::world::controls::{Fate, Outcome};
use super::{Shared, Simulator};
use magic::Magic;
use report::Reporter;

/// How a message goes on.
struct Way {
    steps: &'static [&'static str],
    error_code: Option<i32>,
    /// Whether the phone has a say: it may be offline, or tell nobody that it read.
    asks_phone: bool,
}

impl Way {
    fn failed(error_code: Option<i32>) -> Self {
        Self {
            steps: &["failed"],
            error_code,
            asks_phone: false,
        }
    }

    fn undelivered(error_code: Option<i32>) -> Self {
        Self {
            steps: &["sent", "undelivered"],
            error_code: error_code.or(Some(63024)),
            asks_phone: false,
        }
    }

    /// As the words in its text want it.
    fn magic(magic: &Magic) -> Option<Self> {
        if magic.is_undelivered {
            return Some(Self::undelivered(magic.code));
        }
        magic.code.map(|code| Self::failed(Some(code)))
    }

    /// As the world's control wants it.
    fn wanted(outcome: &Outcome) -> Self {
        let error_code = outcome.error_code;
        let steps: &[&str] = match outcome.status {
            Fate::Failed => return Self::failed(error_code.or(Some(63003))),
            Fate::Undelivered => return Self::undelivered(error_code),
            Fate::Sent => &["sent"],
            Fate::Delivered => &["sent", "delivered"],
            Fate::Read => &["sent", "delivered", "read"],
        };
        Self {
            steps,
            error_code: None,
            asks_phone: false,
        }
    }
}

/// Moves a message through its statuses, after `due_in`, and reports each.
pub(super) fn begin(
    simulator: &Shared,
    sid: String,
    outcome: Option<Outcome>,
    due_in: Option<Duration>,
) {
    let simulator2 = simulator.clone();
    simulator.tasks.spawn(async move {
        let life = live(&simulator2, &sid, outcome, due_in);
        simulator2.stop.run_until_cancelled(life).await;
    });
}

/// Tells that a message was taken back.
pub(super) fn tell_canceled(simulator: &Shared, sid: String) {
    let simulator2 = simulator.clone();
    simulator.tasks.spawn(async move {
        let callbacks = simulator2.world.lock().controls.callbacks.clone();
        let mut reporter = Reporter::new(&simulator2, &sid, callbacks);
        let told = async {
            reporter.tell("canceled").await;
            reporter.flush().await;
        };
        simulator2.stop.run_until_cancelled(told).await;
    });
}

/// `None`: the message is gone, or taken back.
async fn live(
    simulator: &Simulator,
    sid: &str,
    outcome: Option<Outcome>,
    due_in: Option<Duration>,
) -> Option<()> {
    if let Some(due_in) = due_in {
        tokio::time::sleep(due_in).await;
    }
    let magic = magic(simulator, sid)?;
    let pauses = magic.callbacks.delays_ms;
    let mut reporter = Reporter::new(simulator, sid, magic.callbacks.clone());
    let is_service = choose_sender(simulator, sid)?;
    if is_service {
        advance(simulator, sid, "queued", None)?;
        reporter.tell("queued").await;
    }
    let way = match (Way::magic(&magic), outcome) {
        (Some(way), _) => way,
        (None, Some(outcome)) => Way::wanted(&outcome),
        (None, None) => rules::way(simulator, sid)?,
    };
    for (step, pause) in way.steps.iter().zip(pauses) {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        if way.asks_phone && *step == "delivered" && !is_online(simulator, sid)? {
            reporter.flush().await;
            until_online(simulator, sid).await?;
        }
        if way.asks_phone && *step == "read" && !has_read_receipts(simulator, sid)? {
            break;
        }
        advance(simulator, sid, step, way.error_code)?;
        reporter.tell(step).await;
    }
    reporter.flush().await;
    Some(())
}

/// What the words in a message's text want.
fn magic(simulator: &Simulator, sid: &str) -> Option<Magic> {
    let world = simulator.world.lock();
    let kept = world.messages.find(sid)?;
    let body = kept.json.body.as_deref().unwrap_or_default();
    Some(Magic::read(body, world.controls.callbacks.clone()))
}

/// A message of a service gets its sender now; whether it is one.
fn choose_sender(simulator: &Simulator, sid: &str) -> Option<bool> {
    let mut world = simulator.world.lock();
    let kept = world.messages.find_mut(sid)?;
    if kept.status() == "canceled" {
        return None;
    }
    if kept.json.from.is_none() {
        kept.json.from = Some(simulator.default_sender().to_owned());
    }
    Some(kept.json.messaging_service_sid.is_some())
}

/// Moves a message on; one that was taken back stays.
fn advance(simulator: &Simulator, sid: &str, status: &str, error_code: Option<i32>) -> Option<()> {
    let now = simulator.now();
    let mut world = simulator.world.lock();
    let kept = world.messages.find_mut(sid)?;
    kept.advance(status, now);
    if matches!(status, "failed" | "undelivered") {
        kept.json.error_code = error_code;
        kept.json.error_message = error_code.map(|it| report::words(it).to_owned());
    }
    if status == "delivered" {
        kept.json.price = Some("-0.00500".to_owned());
        kept.json.price_unit = Some("USD".to_owned());
        let address = kept.phone().to_owned();
        if let Some(person) = world.people.get_mut(&address) {
            person.typing_until = None;
        }
    }
    Some(())
}

fn is_online(simulator: &Simulator, sid: &str) -> Option<bool> {
    let world = simulator.world.lock();
    let kept = world.messages.find(sid)?;
    Some(world.people.get(kept.phone()).is_none_or(|it| it.online))
}

fn has_read_receipts(simulator: &Simulator, sid: &str) -> Option<bool> {
    let world = simulator.world.lock();
    let kept = world.messages.find(sid)?;
    let person = world.people.get(kept.phone());
    Some(person.is_none_or(|it| it.read_receipts))
}

async fn until_online(simulator: &Simulator, sid: &str) -> Option<()> {
    loop {
        let changed = simulator.phones_changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        if is_online(simulator, sid)? {
            return Some(());
        }
        changed.await;
    }
}
