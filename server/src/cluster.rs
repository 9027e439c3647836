//! What crosses nodes: the hints "there is work" and "the log grew", and each sender's pace. The database holds the facts,
//! so a lost hint costs a poll's wait and nothing else; without Redis every node goes by its share of the pace.

mod pace;
mod redis;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Secret;

/// Hints within this process, and through Redis to the others where there is one.
#[derive(Clone, Debug)]
pub struct Cluster(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    work: Notify,
    log_grew: watch::Sender<u64>,
    redis: Option<redis::Redis>,
    is_redis_well: AtomicBool,
    paces: pace::Paces,
}

/// How a part of the system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "ComponentState")]
pub enum ComponentState {
    /// It works.
    Ok,
    /// It is configured, but does not answer; what it carries goes slower or stays on this node.
    Degraded,
    /// It is not configured.
    Off,
}

/// Asks the Redis at `url` for an answer; why there was none, without the URL.
///
/// # Errors
/// In words for whoever set `REDIS_URL`.
pub async fn ping(url: &Secret) -> Result<(), String> {
    redis::ping(url.expose()).await
}

#[derive(Clone, Copy, Debug)]
enum Hint {
    Work,
    LogGrew,
}

impl Cluster {
    /// A cluster of this process, and of all that share the Redis at `redis_url`. Each sender of `account` makes at most
    /// `rate` messages a second.
    ///
    /// # Errors
    /// That `redis_url` is no URL of a Redis. A Redis that does not answer is no error.
    pub fn new(redis_url: Option<&Secret>, account: &str, rate: u32) -> Result<Self, String> {
        let redis = redis_url
            .map(|url| redis::Redis::new(url.expose(), account))
            .transpose()?;
        Ok(Self(Arc::new(Inner {
            work: Notify::new(),
            log_grew: watch::Sender::new(0),
            is_redis_well: AtomicBool::new(false),
            paces: pace::Paces::new(rate),
            redis,
        })))
    }

    /// Listens for the other nodes' hints until `stop`.
    pub fn listen(&self, tasks: &TaskTracker, stop: CancellationToken) {
        if self.0.redis.is_some() {
            tasks.spawn(redis::listen(self.clone(), stop));
        }
    }

    /// There is work in the queue.
    pub fn wake(&self) {
        self.spread(Hint::Work);
    }

    /// The event log grew.
    pub fn log_grew(&self) {
        self.spread(Hint::LogGrew);
    }

    /// Waits for a hint of work.
    pub async fn work(&self) {
        self.0.work.notified().await;
    }

    /// Tells when the event log grew.
    pub fn log(&self) -> watch::Receiver<u64> {
        self.0.log_grew.subscribe()
    }

    /// How Redis is.
    pub fn redis_state(&self) -> ComponentState {
        match (&self.0.redis, self.is_redis_well()) {
            (None, _) => ComponentState::Off,
            (Some(_), true) => ComponentState::Ok,
            (Some(_), false) => ComponentState::Degraded,
        }
    }

    /// Work for this node alone: a place got free, or a message that waited behind another may go.
    pub fn wake_here(&self) {
        self.hear(Hint::Work);
    }

    fn is_redis_well(&self) -> bool {
        self.0.is_redis_well.load(Ordering::Relaxed)
    }

    fn spread(&self, hint: Hint) {
        self.hear(hint);
        if let Some(redis) = &self.0.redis {
            redis.send(hint);
        }
    }

    fn hear(&self, hint: Hint) {
        match hint {
            Hint::Work => self.0.work.notify_one(),
            Hint::LogGrew => self
                .0
                .log_grew
                .send_modify(|count| *count = count.wrapping_add(1)),
        }
    }
}
