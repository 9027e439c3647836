//! Through Redis: hints on one channel for all nodes, and one pace a sender. Goes on by itself when Redis went away and came
//! back; what it held is only ever a hint or a pace.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool_redis::redis::{self, AsyncCommands as _, Script};
use deadpool_redis::{Pool, Runtime};
use entity::types::Lane;
use futures_util::StreamExt as _;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Cluster, Hint};
use crate::domain::pace::{Turns, ahead_us};

const CHANNEL: &str = "waybill:hints";
const PAUSE: Duration = Duration::from_secs(1);
/// Hints that may wait to be sent; more are dropped, as polls make up for them.
const WAITING: usize = 64;
/// A Redis that answers later than this is as good as away: this node then goes by its share.
const DEADLINE: Duration = Duration::from_millis(250);

static PACE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("redis/pace.lua")));

#[derive(Debug)]
pub(super) struct Redis {
    url: String,
    pool: Pool,
    /// The account: its senders' paces are shared by all who send for it.
    account: String,
    outbox: mpsc::Sender<Hint>,
    unsent: std::sync::Mutex<Option<mpsc::Receiver<Hint>>>,
    began: Instant,
    /// Until then, in milliseconds since `began`, nobody asks: it did not answer in time.
    stalled_until: AtomicU64,
}

impl Redis {
    pub(super) fn new(url: &str, account: &str) -> Result<Self, String> {
        let refused = || "REDIS_URL: not a URL of a Redis".to_owned();
        redis::Client::open(url).map_err(|_| refused())?;
        let pool = deadpool_redis::Config::from_url(url)
            .create_pool(Some(Runtime::Tokio1))
            .map_err(|_| refused())?;
        let (outbox, unsent) = mpsc::channel(WAITING);
        Ok(Self {
            url: url.to_owned(),
            pool,
            account: account.to_owned(),
            outbox,
            unsent: std::sync::Mutex::new(Some(unsent)),
            began: Instant::now(),
            stalled_until: AtomicU64::new(0),
        })
    }

    pub(super) fn send(&self, hint: Hint) {
        // Full means that as many hints are on their way already.
        let _ = self.outbox.try_send(hint);
    }

    /// Turns out of the pace that all nodes share; `None`: Redis did not answer.
    pub(super) async fn take_turns(
        &self,
        sender: &str,
        rate: f64,
        lane: Lane,
        count: u32,
    ) -> Option<Turns> {
        let mut call = PACE.key(self.key(sender));
        call.arg("take").arg(rate).arg(ahead_us(lane)).arg(count);
        let [first_us, each_us, held_us]: [f64; 3] =
            self.within_deadline(&call).await?.try_into().ok()?;
        Some(Turns {
            first_us,
            each_us,
            held_us,
        })
    }

    pub(super) async fn slow(&self, sender: &str, pause: Duration) {
        let mut call = PACE.key(self.key(sender));
        call.arg("slow").arg(pause.as_secs_f64() * 1e6);
        self.within_deadline(&call).await;
    }

    async fn within_deadline(&self, call: &redis::ScriptInvocation<'_>) -> Option<Vec<f64>> {
        let answer = async {
            let mut connection = self.pool.get().await.ok()?;
            call.invoke_async(&mut connection).await.ok()
        };
        let now = self.began.elapsed();
        if millis(now) < self.stalled_until.load(Ordering::Relaxed) {
            return None;
        }
        let answered = tokio::time::timeout(DEADLINE, answer).await.ok().flatten();
        if answered.is_none() {
            self.stalled_until
                .store(millis(now + PAUSE), Ordering::Relaxed);
        }
        answered
    }

    fn key(&self, sender: &str) -> String {
        format!("waybill:pace:{}:{sender}", self.account)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Asks for an answer over a connection of its own.
pub(super) async fn ping(url: &str) -> Result<(), String> {
    let told = |error: redis::RedisError| match error.kind() {
        redis::ErrorKind::AuthenticationFailed => "it refused the password".to_owned(),
        redis::ErrorKind::InvalidClientConfig => "not a URL of a Redis".to_owned(),
        _ if error.is_connection_refusal() => "connection refused".to_owned(),
        kind => format!("{kind:?}"),
    };
    let client = redis::Client::open(url).map_err(told)?;
    let connection = client.get_multiplexed_async_connection().await;
    let _: String = redis::cmd("PING")
        .query_async(&mut connection.map_err(told)?)
        .await
        .map_err(told)?;
    Ok(())
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
            ended = converse(&cluster, redis, &mut unsent) => ended,
        };
        if cluster.0.is_redis_well.swap(false, Ordering::Relaxed) {
            tracing::warn!(error = ?ended.err().map(|it| it.kind()), "Redis went away; hints stay on this node, and it sends its share of the rate");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn converse(
    cluster: &Cluster,
    redis: &Redis,
    unsent: &mut mpsc::Receiver<Hint>,
) -> redis::RedisResult<()> {
    let client = redis::Client::open(redis.url.as_str())?;
    let mut ears = client.get_async_pubsub().await?;
    ears.subscribe(CHANNEL).await?;
    if !cluster.0.is_redis_well.swap(true, Ordering::Relaxed) {
        tracing::info!("Redis is here: hints and paces go to every node");
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
                let mut connection = redis.pool.get().await
                    .map_err(|_| redis::RedisError::from((redis::ErrorKind::Io, "no connection")))?;
                let _: i64 = connection.publish(CHANNEL, word).await?;
            }
        }
    }
}
