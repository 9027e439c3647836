//! What crosses nodes, and only ever as a hint: "there is work", "the log grew". The database holds the facts, so a lost
//! hint costs a poll's wait and nothing else.

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

#[derive(Clone, Copy, Debug)]
enum Hint {
    Work,
    LogGrew,
}

impl Cluster {
    /// A cluster of this process, and of all that share the Redis at `redis_url`.
    ///
    /// # Errors
    /// That `redis_url` is no URL of a Redis. A Redis that does not answer is no error.
    pub fn new(redis_url: Option<&Secret>) -> Result<Self, String> {
        let redis = redis_url
            .map(|url| redis::Redis::new(url.expose()))
            .transpose()?;
        Ok(Self(Arc::new(Inner {
            work: Notify::new(),
            log_grew: watch::Sender::new(0),
            is_redis_well: AtomicBool::new(false),
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
        match (&self.0.redis, self.0.is_redis_well.load(Ordering::Relaxed)) {
            (None, _) => ComponentState::Off,
            (Some(_), true) => ComponentState::Ok,
            (Some(_), false) => ComponentState::Degraded,
        }
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
