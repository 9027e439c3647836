//! Every sender's pace: through Redis for all nodes together, without it this node's share of the rate.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use entity::types::Lane;
use tokio::time::Instant;

use super::Cluster;
use crate::domain::pace::{Pace, Turns};

/// Nobody asks for turns further ahead: a message that waits for its turn has a lease.
const HORIZON_US: f64 = 1_000_000.0;

/// However long the provider asks for.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);

/// Of this node.
#[derive(Debug)]
pub(super) struct Paces {
    /// Messages a second and sender, of all nodes together.
    rate: f64,
    /// Processes that run, this one included: those without the queue send replies.
    nodes: AtomicU32,
    began: Instant,
    senders: Mutex<HashMap<String, Sender>>,
}

/// What this node knows of one sender.
#[derive(Clone, Copy, Debug, Default)]
struct Sender {
    /// Its pace when nobody else is asked.
    own: Pace,
    /// When its next turn is, as far as this node knows; in microseconds since `began`.
    next_us: f64,
    /// From one turn to the next, in microseconds.
    each_us: f64,
}

impl Paces {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate: f64::from(rate),
            nodes: AtomicU32::new(1),
            began: Instant::now(),
            senders: Mutex::default(),
        }
    }

    fn now_us(&self) -> f64 {
        // Never 0, which a sender begins with.
        self.began.elapsed().as_secs_f64() * 1e6 + 1e9
    }

    fn with<T>(&self, sender: &str, work: impl FnOnce(&mut Sender) -> T) -> T {
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        if !senders.contains_key(sender) {
            senders.insert(sender.to_owned(), Sender::default());
        }
        work(senders.get_mut(sender).expect("it was just put there"))
    }

    fn take_share(&self, sender: &str, lane: Lane, count: u32) -> Turns {
        let share = self.rate / f64::from(self.nodes.load(Ordering::Relaxed).max(1));
        let now_us = self.now_us();
        self.with(sender, |it| it.own.take(share, lane, count, now_us))
    }

    fn learn(&self, sender: &str, turns: Turns, lane: Lane, count: u32) {
        let even_us = turns.first_us + crate::domain::pace::ahead_us(lane);
        let next_us = f64::from(count).mul_add(turns.each_us, self.now_us() + even_us.max(0.0));
        self.with(sender, |it| {
            it.next_us = next_us;
            it.each_us = turns.each_us;
        });
    }
}

impl Cluster {
    /// Takes turns for `count` messages of one sender and lane.
    pub async fn take_turns(&self, sender: &str, lane: Lane, count: u32) -> Turns {
        let paces = &self.0.paces;
        let shared = match &self.0.redis {
            Some(redis) if self.is_redis_well() => {
                redis.take_turns(sender, paces.rate, lane, count).await
            }
            _ => None,
        };
        let turns = shared.unwrap_or_else(|| paces.take_share(sender, lane, count));
        paces.learn(sender, turns, lane, count);
        turns
    }

    /// How many messages of a sender have their turn within about a second.
    pub fn room(&self, sender: &str) -> usize {
        let paces = &self.0.paces;
        let now_us = paces.now_us();
        let (next_us, each_us) = paces.with(sender, |it| (it.next_us, it.each_us));
        let each_us = if each_us > 0.0 {
            each_us
        } else {
            1e6 / paces.rate
        };
        let ahead_us = now_us + HORIZON_US - next_us.max(now_us);
        if next_us > now_us + HORIZON_US / 2.0 {
            return 0;
        }
        whole(ahead_us / each_us).max(1)
    }

    /// The provider said that a sender is too fast: nothing for `pause`, then slower, then by and by as before.
    pub async fn slow(&self, sender: &str, pause: Duration) {
        let pause = pause.min(LONGEST_PAUSE);
        let paces = &self.0.paces;
        let now_us = paces.now_us();
        paces.with(sender, |it| {
            it.own.slow(pause, now_us);
            it.next_us = it.next_us.max(now_us + pause.as_secs_f64() * 1e6);
        });
        if let Some(redis) = &self.0.redis
            && self.is_redis_well()
        {
            redis.slow(sender, pause).await;
        }
    }

    /// Sets how many nodes share the rate while Redis is away.
    pub fn share_with(&self, nodes: u32) {
        self.0.paces.nodes.store(nodes, Ordering::Relaxed);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "below the highest rate, and below 0 it is 0"
)]
fn whole(number: f64) -> usize {
    number as usize
}
