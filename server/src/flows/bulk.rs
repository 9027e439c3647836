//! Many messages are sent again: counted first, then worked off in the background, batch by batch. A job goes on after a
//! restart where it was, and what it did stays done when somebody ends it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::bulk_job::{BulkKind, BulkState, Model};
use entity::message_event::EventKind;
use entity::types::{Kind, MessageStatus};
use serde_json::{Value, json};
use uuid::Uuid;

use super::access::Desk;
use super::audit::{self, Actor, Change};
use super::once::Once;
use super::retry;
use crate::app::App;
use crate::error::{Error, Fault, Refusal, RefusalCode, Result};
use crate::store::bulk_jobs::Batch;
use crate::store::messages::Filter;
use crate::store::messages::many::{self, Snapshot, Tally};
use crate::store::{self, Tx, message_events::NewEvent};

/// Messages of one transaction: nobody waits long for the writer.
const BATCH: u64 = 200;
/// Longer than any batch takes.
const LEASE: TimeDelta = TimeDelta::seconds(30);
const POLL: Duration = Duration::from_millis(500);
/// Pause after a batch that failed.
const AGAIN: Duration = Duration::from_secs(1);
/// Batches that may fail in a row before the job is given up.
const MOST_FAILURES: u32 = 5;

/// What sending a filter's messages again would do, as it stood at one moment.
#[derive(Clone, Debug)]
pub struct Plan {
    filter: Filter,
    tallies: Vec<Tally>,
    upper: Option<Uuid>,
    at: DateTime<Utc>,
}

/// Messages that would be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftAlone {
    /// Their status.
    pub status: MessageStatus,
    /// How many.
    pub count: i64,
    /// Why.
    pub reason: &'static str,
}

impl Plan {
    /// Messages of the filter.
    pub fn matching(&self) -> i64 {
        self.tallies.iter().map(|it| it.count).sum()
    }

    /// Of them: those that would be sent again.
    pub fn retryable(&self) -> i64 {
        let those = self.tallies.iter().filter(|it| it.status.is_retryable());
        those.map(|it| it.count).sum()
    }

    /// All of them, by status, for the audit log.
    fn by_status(&self) -> impl Iterator<Item = (String, Value)> {
        let all = self.tallies.iter();
        all.map(|it| (it.status.as_str().to_owned(), it.count.into()))
    }

    /// The others, by status.
    pub fn left_alone(&self) -> impl Iterator<Item = LeftAlone> {
        let others = self.tallies.iter().filter(|it| !it.status.is_retryable());
        others.map(|it| LeftAlone {
            status: it.status,
            count: it.count,
            reason: retry::reason(it.status),
        })
    }
}

/// Counts what sending a filter's messages again would do. Changes nothing.
///
/// # Errors
/// A fault of the database.
pub async fn plan(app: &App, filter: Filter) -> Result<Plan> {
    let (db, at) = (app.db.read(), app.now());
    let upper = many::newest(db).await?;
    let narrowed = store::search::narrow(db, filter.clone()).await?;
    let snapshot = Snapshot {
        filter: &narrowed,
        upper,
        at,
    };
    let tallies = many::tally(db, &snapshot).await?;
    Ok(Plan {
        filter,
        tallies,
        upper,
        at,
    })
}

/// Begins a job that does what was planned; with a key, only if none was begun with it before.
///
/// # Errors
/// A key that is none or was used with another filter; or a fault of the database. Then there is no job.
pub async fn begin(app: &App, by: &Actor, plan: &Plan, key: Option<String>) -> Result<Model> {
    let job = blank(app, by, plan)?;
    let id = Kind::BulkJob.encode(job.id);
    let tx = store::begin(&app.db).await?;
    if let Some(key) = key {
        let once = Once {
            action: "retryMessages",
            key,
            content: job.filter.clone(),
        };
        if let Some(known) = once.take(&Desk::of(app, by), &tx, &id).await? {
            return begun_before(&tx, &known).await;
        }
    }
    let before: serde_json::Map<_, _> = plan.by_status().collect();
    let change = Change::new("retryMessages").of(id).from(before.into());
    let change = change.to(json!({ "total": job.total }));
    store::bulk_jobs::insert(&tx, job.clone()).await?;
    audit::note(&tx, (app.new_id(), app.now()), by, change).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    Ok(job)
}

async fn begun_before(tx: &Tx, id: &str) -> Result<Model> {
    let id = Kind::BulkJob.parse(id);
    let id = id.map_err(|_| Error::NotFound("job"))?;
    let job = store::bulk_jobs::by_id(tx, id).await?;
    job.ok_or(Error::NotFound("job"))
}

/// A job that has done nothing yet.
fn blank(app: &App, by: &Actor, plan: &Plan) -> Result<Model> {
    let filter = serde_json::to_value(&plan.filter)
        .map_err(|error| Error::Fault(Fault::Other(format!("a job's filter: {error}"))))?;
    Ok(Model {
        id: app.new_id(),
        kind: BulkKind::Retry,
        state: BulkState::Running,
        filter,
        total: plan.retryable(),
        done: 0,
        skipped: 0,
        upper: plan.upper,
        cursor: None,
        created_by: by.id.clone(),
        error: None,
        leased_by: None,
        lease_until: None,
        created_at: plan.at,
        updated_at: plan.at,
        ended_at: None,
    })
}

/// Ends a job. What it did stays done.
///
/// # Errors
/// `NOT_FOUND`; `NOT_RUNNING` when it had ended before. Or a fault.
pub async fn cancel(app: &App, by: &Actor, id: Uuid) -> Result<Model> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    if let Some(job) = store::bulk_jobs::cancel(&tx, id, now).await? {
        let change = Change::new("cancelBulkJob").of(Kind::BulkJob.encode(id));
        let change = change.from(json!({ "state": "RUNNING", "total": job.total }));
        let change = change.to(json!({ "done": job.done, "skipped": job.skipped }));
        audit::note(&tx, (app.new_id(), now), by, change).await?;
        tx.commit().await?;
        app.cluster.log_grew();
        return Ok(job);
    }
    let Some(job) = store::bulk_jobs::by_id(&tx, id).await? else {
        return Err(Refusal::field(RefusalCode::NotFound, "id", "no job has this id").into());
    };
    let words = match job.state {
        BulkState::Done => "it was done already",
        BulkState::Canceled => "it was canceled already",
        BulkState::Failed => "it failed before",
        BulkState::Running => "it is being changed at this moment: try again",
    };
    Err(Refusal::field(RefusalCode::NotRunning, "id", words).into())
}

/// Works off jobs, one after the other, until the stop.
pub async fn work(app: App) {
    if app.config.is_sqlite() {
        // This is the only process: what another one had is nobody's.
        if let Err(error) = store::bulk_jobs::release_others(app.db.write(), &app.node).await {
            tracing::error!(%error, "jobs of an earlier process could not be taken up yet");
        }
    }
    while !app.stop.is_cancelled() {
        match run_due(&app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "background jobs could not be read"),
        }
        let pause = tokio::time::sleep(POLL);
        app.stop.run_until_cancelled(pause).await;
    }
}

/// Takes the oldest job that nobody works on, and works it off; false when there is none.
///
/// # Errors
/// A fault of the database before the job was taken.
pub async fn run_due(app: &App) -> Result<bool> {
    let now = app.now();
    // Most looks find nothing; those stay away from the write lock.
    let Some(id) = store::bulk_jobs::free(app.db.read(), now).await? else {
        return Ok(false);
    };
    let lease = (now, now + LEASE);
    if let Some(job) = store::bulk_jobs::take(app.db.write(), id, &app.node, lease).await? {
        work_off(app, job).await;
    }
    Ok(true)
}

async fn work_off(app: &App, job: Model) {
    let name = Kind::BulkJob.encode(job.id);
    let mut failures = 0;
    let mut cursor = job.cursor;
    while !app.stop.is_cancelled() {
        match step(app, &job, cursor).await {
            Ok(Step::Moved(to)) => (cursor, failures) = (Some(to), 0),
            Ok(Step::Finished) => {
                tracing::info!(job.id = name, "a job is done");
                return;
            }
            Ok(Step::NotOurs) => return,
            Err(error) if is_passing(&error) || failures < MOST_FAILURES => {
                tracing::warn!(job.id = name, %error, "a batch failed and is tried again");
                failures += 1;
                let pause = tokio::time::sleep(AGAIN);
                app.stop.run_until_cancelled(pause).await;
            }
            Err(error) => return give_up(app, &job, &error).await,
        }
    }
    if let Err(error) = store::bulk_jobs::release(app.db.write(), job.id, &app.node).await {
        tracing::warn!(job.id = name, %error, "a job goes on only when its lease has run out");
    }
}

/// A database that is away comes back: no job fails for that, however long it takes.
fn is_passing(error: &Error) -> bool {
    matches!(error, Error::Fault(Fault::Database(error)) if !store::is_about_content(error))
}

/// How far one batch brought a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To this message; there may be more.
    Moved(Uuid),
    /// To its end.
    Finished,
    /// Nowhere: it was canceled, or is another node's by now. Nothing was changed.
    NotOurs,
}

/// Works on one batch of a job that this node holds: messages, events and the job's place in one transaction.
///
/// # Errors
/// A fault of the database, or that the job's filter can't be read; then nothing was changed.
pub async fn step(app: &App, job: &Model, cursor: Option<Uuid>) -> Result<Step> {
    let filter = serde_json::from_value(job.filter.clone())
        .map_err(|error| Error::Fault(Fault::Other(format!("its filter: {error}"))))?;
    let filter = store::search::narrow(app.db.read(), filter).await?;
    let snapshot = Snapshot {
        filter: &filter,
        upper: job.upper,
        at: job.created_at,
    };
    // Read before the transaction, which holds the only writer: the update has the same guard.
    let ids = many::retryable(app.db.read(), &snapshot, cursor, BATCH).await?;
    let step = match ids.last() {
        Some(last) => requeue(app, job, &ids, *last).await?,
        None if store::bulk_jobs::finish(app.db.write(), job.id, &app.node, app.now()).await? => {
            Step::Finished
        }
        None => Step::NotOurs,
    };
    if step != Step::NotOurs {
        app.cluster.log_grew();
    }
    Ok(step)
}

async fn requeue(app: &App, job: &Model, ids: &[Uuid], last: Uuid) -> Result<Step> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let times = (job.created_at, now);
    let queued = many::requeue(&tx, ids, app.config.send_max_attempts, times).await?;
    let batch = Batch {
        cursor: last,
        done: count(queued.len()),
        skipped: count(ids.len() - queued.len()),
        lease_until: now + LEASE,
    };
    if !store::bulk_jobs::advance(&tx, job.id, &app.node, &batch, now).await? {
        tx.rollback().await?;
        return Ok(Step::NotOurs);
    }
    let why = format!("by {}", Kind::BulkJob.encode(job.id));
    let told = |id: Uuid| {
        NewEvent::moved(id, EventKind::RetryRequested, MessageStatus::Queued).because(&why)
    };
    let events = queued.into_iter().map(told).collect();
    store::message_events::append(&tx, now, events).await?;
    tx.commit().await?;
    app.cluster.wake();
    Ok(Step::Moved(last))
}

async fn give_up(app: &App, job: &Model, error: &Error) {
    let words = crate::error::words(error);
    let name = Kind::BulkJob.encode(job.id);
    tracing::error!(job.id = name, error = words, "a job can't go on");
    let told = "it could not go on; the server's log says why. What was done stays done: a new job takes the rest.";
    match store::bulk_jobs::fail(app.db.write(), job.id, &app.node, told, app.now()).await {
        Ok(_) => app.cluster.log_grew(),
        Err(error) => tracing::error!(job.id = name, %error, "a job's failure could not be noted"),
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
