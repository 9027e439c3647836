//! The webhook refused a request: counted in memory at once, written down once a second at most, so that an operator sees why
//! and whoever floods the door gets little work out of us.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::webhook_refusal::{Model, RefusalReason};
use sea_orm::DbErr;
use tokio::sync::Notify;

use crate::app::App;
use crate::store;

/// Between two writes.
const PAUSE: Duration = Duration::from_secs(1);
/// Causes that wait for a write; what comes from more addresses than these is counted without them.
const MOST_WAITING: usize = 64;
/// Causes in the table.
pub const MOST_KEPT: u64 = 500;
/// Searches for the URL that was signed, between two writes.
const SEARCHES: u32 = 20;
/// After so many writes with something to tell the log is told again of what still goes on.
const TELL_AGAIN: u32 = 600;

/// Why, where and for whom a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cause {
    /// Why.
    pub reason: RefusalReason,
    /// Path of the route.
    pub route: String,
    /// The caller's address; `None` where unknown, or where there are too many to tell apart.
    pub client: Option<IpAddr>,
    /// A sentence that says what to do.
    pub detail: Cow<'static, str>,
}

#[derive(Clone, Copy, Debug)]
struct Tally {
    count: i64,
    first_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
}

type Waiting = HashMap<Cause, Tally>;

/// What waits to be written down.
#[derive(Debug)]
pub struct Refusals {
    waiting: Mutex<Waiting>,
    news: Notify,
    searches: AtomicU32,
}

impl Default for Refusals {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            news: Notify::new(),
            searches: AtomicU32::new(SEARCHES),
        }
    }
}

impl Refusals {
    /// Counts one refusal.
    pub fn saw(&self, cause: Cause, now: DateTime<Utc>) {
        let once = Tally {
            count: 1,
            first_at: now,
            last_at: now,
        };
        add(&mut self.waiting(), cause, once);
        self.news.notify_one();
    }

    /// Whether there is time to find out which URL was signed: a few times a second.
    pub fn may_search(&self) -> bool {
        let less = |left: u32| left.checked_sub(1);
        let (set, get) = (Ordering::Relaxed, Ordering::Relaxed);
        self.searches.fetch_update(set, get, less).is_ok()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Waiting {
        self.searches.store(SEARCHES, Ordering::Relaxed);
        std::mem::take(&mut self.waiting())
    }

    fn put_back(&self, taken: Waiting) {
        let mut waiting = self.waiting();
        for (cause, tally) in taken {
            add(&mut waiting, cause, tally);
        }
    }
}

fn add(waiting: &mut Waiting, mut cause: Cause, more: Tally) {
    // What was signed with our own token is no stranger's, and tells what to set.
    let is_strangers = !matches!(
        cause.reason,
        RefusalReason::WrongUrl | RefusalReason::OtherAccount
    );
    if is_strangers && waiting.len() >= MOST_WAITING && !waiting.contains_key(&cause) {
        // One such cause for each reason and route.
        cause.client = None;
        cause.detail = "many causes at one time: too many to tell them apart".into();
    }
    waiting
        .entry(cause)
        .and_modify(|it| {
            it.count += more.count;
            it.first_at = it.first_at.min(more.first_at);
            it.last_at = it.last_at.max(more.last_at);
        })
        .or_insert(more);
}

/// Starts writing down.
pub fn start(app: &App) {
    app.tasks.spawn(write_on(app.clone()));
}

async fn write_on(app: App) {
    let mut told = Told::default();
    loop {
        let news = app.refusals.news.notified();
        let is_going_on = app.stop.run_until_cancelled(news).await.is_some();
        let waiting = app.refusals.take();
        told.tell(&waiting);
        if !waiting.is_empty()
            && let Err(error) = write(&app, &waiting).await
        {
            tracing::debug!(%error, "refused webhook requests could not be written down");
            app.refusals.put_back(waiting);
            app.refusals.news.notify_one();
        }
        let pause = tokio::time::sleep(PAUSE);
        if !is_going_on || app.stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

async fn write(app: &App, waiting: &Waiting) -> Result<(), DbErr> {
    let row = |(cause, tally): (&Cause, &Tally)| Model {
        id: app.new_id(),
        reason: cause.reason,
        route: cause.route.clone(),
        client: cause.client.map(|it| it.to_string()).unwrap_or_default(),
        detail: cause.detail.clone().into_owned(),
        count: tally.count,
        first_at: tally.first_at,
        last_at: tally.last_at,
    };
    let rows = waiting.iter().map(row).collect();
    store::webhook_refusals::add(app.db.write(), rows).await?;
    store::webhook_refusals::trim(app.db.write(), MOST_KEPT).await
}

/// What the log knows.
#[derive(Default)]
struct Told {
    causes: HashSet<Cause>,
    rounds: u32,
}

impl Told {
    fn tell(&mut self, waiting: &Waiting) {
        self.rounds += 1;
        let most = usize::try_from(MOST_KEPT).unwrap_or(usize::MAX);
        if self.rounds > TELL_AGAIN || self.causes.len() > most {
            *self = Self::default();
        }
        for (cause, tally) in waiting {
            if self.causes.insert(cause.clone()) {
                tracing::warn!(
                    reason = ?cause.reason,
                    route = cause.route,
                    client = cause.client.map(tracing::field::display),
                    count = tally.count,
                    "a webhook request was refused: {}",
                    cause.detail
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(client: u32, detail: &'static str) -> Cause {
        Cause {
            reason: RefusalReason::Unsigned,
            route: "/route".to_owned(),
            client: Some(IpAddr::V4(client.into())),
            detail: detail.into(),
        }
    }

    #[test]
    fn a_flood_from_many_addresses_fills_no_memory_and_is_counted() {
        let refusals = Refusals::default();
        let now = DateTime::UNIX_EPOCH;
        for client in 0..10_000 {
            refusals.saw(cause(client, "unsigned"), now);
            refusals.saw(cause(0, "unsigned"), now);
        }
        let waiting = refusals.take();
        assert_eq!(waiting.len(), MOST_WAITING + 1);
        assert_eq!(waiting.values().map(|it| it.count).sum::<i64>(), 20_000);
        assert_eq!(waiting[&cause(0, "unsigned")].count, 10_001);
        // A write that failed loses none.
        refusals.saw(cause(0, "unsigned"), now);
        refusals.put_back(waiting);
        let again = refusals.take();
        assert_eq!(again.values().map(|it| it.count).sum::<i64>(), 20_001);
    }

    #[test]
    fn searches_are_few_between_two_writes() {
        let refusals = Refusals::default();
        let found = (0..100).filter(|_| refusals.may_search()).count();
        assert_eq!(found, SEARCHES as usize);
        refusals.take();
        assert!(refusals.may_search());
    }
}
