//! Hints through Redis: one channel for all nodes. Goes on by itself when Redis went away and came back.

use std::sync::atomic::Ordering;
use std::time::Duration;

use deadpool_redis::redis::{self, AsyncCommands as _};
use futures_util::StreamExt as _;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Cluster, Hint};

const CHANNEL: &str = "waybill:hints";
const PAUSE: Duration = Duration::from_secs(1);
/// Hints that may wait to be sent; more are dropped, as polls make up for them.
const WAITING: usize = 64;

#[derive(Debug)]
pub(super) struct Redis {
    url: String,
    outbox: mpsc::Sender<Hint>,
    unsent: std::sync::Mutex<Option<mpsc::Receiver<Hint>>>,
}

impl Redis {
    pub(super) fn new(url: &str) -> Result<Self, String> {
        redis::Client::open(url).map_err(|_| "REDIS_URL: not a URL of a Redis".to_owned())?;
        let (outbox, unsent) = mpsc::channel(WAITING);
        Ok(Self {
            url: url.to_owned(),
            outbox,
            unsent: std::sync::Mutex::new(Some(unsent)),
        })
    }

    pub(super) fn send(&self, hint: Hint) {
        // Full means that as many hints are on their way already.
        let _ = self.outbox.try_send(hint);
    }
}

/// Sends and hears hints until `stop`.
pub(super) async fn listen(cluster: Cluster, stop: CancellationToken) {
    let Some(redis) = cluster.0.redis.as_ref() else {
        return;
    };
    let unsent = redis.unsent.lock().ok().and_then(|mut it| it.take());
    let Some(mut unsent) = unsent else { return };
    loop {
        let ended = tokio::select! {
            () = stop.cancelled() => return,
            ended = converse(&cluster, &redis.url, &mut unsent) => ended,
        };
        if cluster.0.is_redis_well.swap(false, Ordering::Relaxed) {
            tracing::warn!(error = ?ended.err().map(|it| it.kind()), "Redis went away; hints stay on this node");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn converse(
    cluster: &Cluster,
    url: &str,
    unsent: &mut mpsc::Receiver<Hint>,
) -> redis::RedisResult<()> {
    let client = redis::Client::open(url)?;
    let mut ears = client.get_async_pubsub().await?;
    ears.subscribe(CHANNEL).await?;
    let pool = deadpool_redis::Config::from_url(url)
        .create_pool(Some(deadpool_redis::Runtime::Tokio1))
        .map_err(|_| redis::RedisError::from((redis::ErrorKind::InvalidClientConfig, "pool")))?;
    if !cluster.0.is_redis_well.swap(true, Ordering::Relaxed) {
        tracing::info!("Redis is here: hints go to every node");
    }
    // What happened while nobody listened.
    cluster.hear(Hint::Work);
    cluster.hear(Hint::LogGrew);
    let mut heard = ears.on_message();
    loop {
        tokio::select! {
            message = heard.next() => match message {
                Some(message) => match message.get_payload::<String>()?.as_str() {
                    "work" => cluster.hear(Hint::Work),
                    _ => cluster.hear(Hint::LogGrew),
                },
                None => return Ok(()),
            },
            Some(hint) = unsent.recv() => {
                let word = match hint { Hint::Work => "work", Hint::LogGrew => "log" };
                let mut connection = pool.get().await
                    .map_err(|_| redis::RedisError::from((redis::ErrorKind::Io, "no connection")))?;
                let _: i64 = connection.publish(CHANNEL, word).await?;
            }
        }
    }
}
