//! Claim, deliver, settle.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use entity::message::Model;
use entity::types::Lane;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::claim::{Claimed, claim};
use super::housekeeping;
use super::lanes::Lanes;
use crate::app::App;
use crate::flows::outbound;

/// The longest pause between two looks at the queue: a hint that got lost costs no more.
const POLL: Duration = Duration::from_millis(500);
/// Longer no claim takes, unless the database hangs; well within a lease.
const DEADLINE: Duration = Duration::from_secs(10);
/// With more to do, a look waits this long for more free places, so that one transaction claims many.
const GATHER: Duration = Duration::from_millis(5);

/// The places in use.
#[derive(Debug, Default)]
pub struct Places {
    by_lane: [AtomicUsize; 3],
    freed: Notify,
    is_held: AtomicBool,
}

impl Places {
    /// How many are in use, by lane.
    pub(super) fn held(&self) -> [usize; 3] {
        [0, 1, 2].map(|lane: usize| self.by_lane[lane].load(Ordering::Relaxed))
    }

    /// Notes whether the immediate lane is paused, for the time when the database can't be asked.
    pub fn hold(&self, is_held: bool) {
        self.is_held.store(is_held, Ordering::Relaxed);
    }

    /// Whether the immediate lane was paused when that was last read.
    pub fn is_held(&self) -> bool {
        self.is_held.load(Ordering::Relaxed)
    }

    /// Requests under way.
    pub fn sending(&self) -> usize {
        self.held().iter().sum()
    }
}

/// One place, held as long as this lives.
struct Place(App, Lane);

impl Place {
    fn take(app: &App, lane: Lane) -> Self {
        app.places.by_lane[lane as usize].fetch_add(1, Ordering::Relaxed);
        Self(app.clone(), lane)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.places.by_lane[self.1 as usize].fetch_sub(1, Ordering::Relaxed);
        self.0.places.freed.notify_one();
    }
}

/// Starts the engine. It claims nothing more after the stop; what left is settled.
pub fn start(app: &App) {
    app.spawn_for_life("queue", work(app.clone()));
    app.spawn_for_life("housekeeping", housekeeping::run(app.clone()));
}

async fn work(app: App) {
    let most = app.config.send_concurrency;
    let mut lanes = Lanes::new(most);
    while !app.stop.is_cancelled() {
        let free = most - app.places.sending().min(most);
        let wanted = if app.db.is_well() {
            app.breaker.admit(free, app.now())
        } else {
            0
        };
        let mut claimed = Claimed::default();
        if wanted > 0 {
            match tokio::time::timeout(DEADLINE, claim(&app, &mut lanes, wanted)).await {
                Ok(Ok(found)) => claimed = found,
                Ok(Err(error)) => {
                    let error = crate::error::words(&error);
                    tracing::error!(error, "the queue could not be read");
                }
                Err(_) => app.db.seems_down(),
            }
        }
        if claimed.messages.is_empty() && wanted > 0 {
            app.breaker.unused();
        }
        let is_more_likely = !claimed.messages.is_empty() || claimed.barred > 0;
        send(&app, claimed.messages).await;
        if is_more_likely {
            gather(&app, most).await;
        } else {
            rest(&app, free).await;
        }
    }
}

/// Hands messages to tasks of their own, each with its turn.
async fn send(app: &App, mut claimed: Vec<Model>) {
    claimed.sort_by(|a, b| (a.lane as i16, &a.from_address).cmp(&(b.lane as i16, &b.from_address)));
    let mut rest = claimed.as_slice();
    while let Some(first) = rest.first() {
        let is_alike = |it: &&Model| it.from_address == first.from_address && it.lane == first.lane;
        let count = rest.iter().take_while(is_alike).count();
        let (alike, others) = rest.split_at(count);
        let turns = app
            .cluster
            .take_turns(&first.from_address, first.lane, small(count))
            .await;
        for (number, message) in alike.iter().enumerate() {
            let place = Place::take(app, message.lane);
            let (app2, message) = (app.clone(), message.clone());
            let wait = turns.wait(small(number));
            app.tasks.spawn(async move {
                let answer = outbound::deliver(&app2, &message, wait).await;
                drop(place);
                outbound::settle(&app2, answer).await;
            });
        }
        rest = others;
    }
}

/// Waits until a quarter of the places is free, or a moment.
async fn gather(app: &App, most: usize) {
    let end = Instant::now() + GATHER;
    while most - app.places.sending().min(most) < most.div_ceil(4) {
        let freed = tokio::time::timeout_at(end, app.places.freed.notified());
        match app.stop.run_until_cancelled(freed).await {
            Some(Ok(())) => {}
            Some(Err(_)) if app.places.sending() >= most => {
                // Nothing to claim for before a place is free.
                let freed = tokio::time::timeout(POLL, app.places.freed.notified());
                let _ = app.stop.run_until_cancelled(freed).await;
                return;
            }
            Some(Err(_)) | None => return,
        }
    }
}

/// Waits for a hint of work, for a place where none was free, or for the poll.
async fn rest(app: &App, free: usize) {
    tokio::select! {
        () = app.stop.cancelled() => {}
        () = app.cluster.work() => {}
        () = app.places.freed.notified(), if free == 0 => {}
        () = tokio::time::sleep(POLL) => {}
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
