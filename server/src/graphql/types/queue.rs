//! The queue, as numbers.

use std::time::{Duration, Instant};

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use entity::node::Role;
use entity::types::{Lane, MessageStatus};
use entity::{lane_pause, node};
use sea_orm::DbErr;
use tokio::sync::Mutex;

use super::message::LaneEnum;
use crate::app::App;
use crate::cluster::ComponentState;
use crate::flows::depths;
use crate::gateway::breaker::CircuitState;
use crate::graphql::guard::shown_text;
use crate::presence;
use crate::store;

/// Throughput is told over this time.
const LOOK_BACK: TimeDelta = TimeDelta::seconds(10);

/// Less than the shortest pause between two looks of one follower.
const FRESH: Duration = Duration::from_millis(200);

/// Counting failed messages stops here.
const COUNT_LIMIT: u64 = 10_000;

/// The queue at one moment; depths are at most half a second old.
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct QueueMetrics {
    /// When it was looked at.
    at: DateTime<Utc>,
    /// Every lane, most urgent first.
    lanes: Vec<LaneMetrics>,
    /// How long the oldest due message waits, in seconds; 0 when none waits.
    oldest_due_seconds: f64,
    /// Requests to Twilio a second, over the last 10 seconds.
    throughput_per_second: f64,
    /// Messages that ended as FAILED and were not sent again; counted up to 10,000.
    dead_messages: i32,
    /// Webhook events that are kept and not processed yet.
    pending_webhook_events: i32,
    /// Webhook events whose processing failed too often; they can be replayed.
    dead_webhook_events: i32,
    /// Background jobs that have not ended.
    running_jobs: i32,
    /// What waits on this process's disk for the database, in bytes; 0 while all is well.
    spool_bytes: i32,
    /// Whether requests to Twilio are held back.
    circuit: CircuitState,
    /// How Redis is.
    redis: ComponentState,
    /// The processes that run, by name.
    workers: Vec<WorkerNode>,
}

/// One lane.
#[derive(Clone, Debug, SimpleObject)]
struct LaneMetrics {
    /// Which lane.
    lane: LaneEnum,
    /// Whether nothing is handed to Twilio from it.
    paused: bool,
    /// Since when, by whom and why; null while it is not paused.
    pause: Option<LanePause>,
    /// Waiting for a worker, never tried.
    queued: i32,
    /// Waiting for their time.
    scheduled: i32,
    /// With a worker.
    sending: i32,
    /// Waiting for another try.
    retrying: i32,
    /// Waiting for Twilio's word on whether they were sent.
    unconfirmed: i32,
}

/// Why a lane is held.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
struct LanePause {
    #[graphql(skip)]
    reason: String,
    /// The user or token that held it, usr_… or tok_….
    by: ID,
    /// Their name then; null for a pause from before names were kept.
    by_name: Option<String>,
    /// Since when.
    since: DateTime<Utc>,
    /// When it goes on by itself; null: when somebody resumes it.
    until: Option<DateTime<Utc>>,
}

/// A process of this server.
#[derive(Clone, Debug, SimpleObject)]
struct WorkerNode {
    /// Its name, as in attempts.
    id: ID,
    /// What it does.
    role: NodeRole,
    /// Its version.
    version: String,
    /// Since when it runs.
    started_at: DateTime<Utc>,
    /// When it last reported itself; it does every 5 seconds.
    seen_at: DateTime<Utc>,
    /// Requests it may make at one time.
    concurrency: i32,
    /// Requests it was making when it last reported itself.
    sending: i32,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Role")]
enum NodeRole {
    /// Everything.
    All,
    /// Webhook, API and dashboard; it takes nothing from the queue.
    Api,
    /// The queue.
    Worker,
}

/// The queue as it was last looked at, for all who follow it: many followers ask the database no more often than one.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Looked(Mutex<Option<(Instant, Seen)>>);

/// The queue, or why it could not be looked at: nobody waits again for a database that has just failed somebody else.
type Seen = Result<QueueMetrics, String>;

impl Looked {
    pub(in crate::graphql) async fn read(&self, app: &App) -> Result<QueueMetrics, DbErr> {
        let mut last = self.0.lock().await;
        let seen = match &*last {
            Some((at, seen)) if at.elapsed() < FRESH => seen.clone(),
            _ => {
                let seen = QueueMetrics::read(app).await;
                let seen = seen.map_err(|it| it.to_string());
                *last = Some((Instant::now(), seen.clone()));
                seen
            }
        };
        seen.map_err(DbErr::Custom)
    }
}

impl QueueMetrics {
    pub(in crate::graphql) async fn read(app: &App) -> Result<Self, DbErr> {
        let (db, now) = (app.db.read(), app.now());
        let depths = depths::read(app).await?;
        let of = |lane: Lane, status: MessageStatus| {
            let depth = depths
                .lanes
                .iter()
                .find(|it| it.lane == lane && it.status == status);
            depth.map_or((0, 0), |it| (count(it.total), count(it.tried)))
        };
        let pauses = store::pauses::at(db, now).await?;
        let lanes = Lane::ALL.into_iter().map(|lane| {
            let pause = pauses.iter().find(|it| it.lane == lane);
            let (waiting, retrying) = of(lane, MessageStatus::Queued);
            LaneMetrics {
                lane: lane.into(),
                paused: pause.is_some(),
                pause: pause.cloned().map(LanePause::from),
                queued: waiting - retrying,
                scheduled: of(lane, MessageStatus::Scheduled).0,
                sending: of(lane, MessageStatus::Sending).0,
                retrying,
                unconfirmed: of(lane, MessageStatus::Unconfirmed).0,
            }
        });
        let attempts = store::attempts::count_since(db, now - LOOK_BACK).await?;
        let failed = store::messages::Filter {
            statuses: vec![MessageStatus::Failed],
            ..store::messages::Filter::default()
        };
        let failed = store::messages::count(db, &failed, COUNT_LIMIT).await?;
        let workers = presence::nodes(app).await?;
        Ok(Self {
            at: now,
            lanes: lanes.collect(),
            oldest_due_seconds: depths.oldest_due_seconds(),
            throughput_per_second: f64::from(u32::try_from(attempts).unwrap_or(u32::MAX))
                / LOOK_BACK.as_seconds_f64(),
            dead_messages: i32::try_from(failed).unwrap_or(i32::MAX),
            pending_webhook_events: bounded(depths.pending_events),
            dead_webhook_events: bounded(depths.dead_events),
            running_jobs: bounded(depths.running_jobs),
            spool_bytes: i32::try_from(app.metrics.spool_bytes.get()).unwrap_or(i32::MAX),
            circuit: app.breaker.state(now),
            redis: app.cluster.redis_state(),
            workers: workers.into_iter().map(WorkerNode::from).collect(),
        })
    }
}

#[ComplexObject]
impl LanePause {
    /// In the words of whoever held it; may be empty. Numbers in it are masked for the role VIEWER.
    async fn reason(&self, ctx: &Context<'_>) -> String {
        shown_text(ctx, Some(&self.reason)).unwrap_or_default()
    }
}

impl From<lane_pause::Model> for LanePause {
    fn from(it: lane_pause::Model) -> Self {
        Self {
            reason: it.reason,
            by: it.paused_by.into(),
            by_name: it.paused_by_name,
            since: it.paused_at,
            until: it.until,
        }
    }
}

impl From<node::Model> for WorkerNode {
    fn from(it: node::Model) -> Self {
        Self {
            id: it.name.into(),
            role: it.role.into(),
            version: it.version,
            started_at: it.started_at,
            seen_at: it.seen_at,
            concurrency: it.concurrency,
            sending: it.sending,
        }
    }
}

fn bounded(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn count(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
