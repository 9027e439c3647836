//! The one writer of the intake: into the database, else on disk; and from disk into the database.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use entity::webhook_event::Model;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::door::{Arrived, Brought, Kept, Note};
use super::process::Hands;
use super::replay::{self, EVENT};
use super::row::{self, Spooled};
use super::spool::{Part, Spool};
use crate::app::App;
use crate::gather::{Hall, Waiting, next_batch};
use crate::store;

/// Events stored by one insert. SQLite takes 32,766 values a statement; an event has 13.
const BATCH: usize = 256;
/// The database has this long; the provider waits 15 seconds for our answer.
const DEADLINE: Duration = Duration::from_secs(2);
/// What waits on disk is tried again after this.
const REPLAY_EVERY: Duration = Duration::from_millis(250);

/// Writes what comes in.
#[derive(Debug)]
pub(super) struct Writer {
    app: App,
    /// `None` only while a thread works on it.
    spool: Option<Spool>,
    hands: Hands,
}

type Asked = (Model, oneshot::Sender<Kept>);
/// Lines that go into the database: those that nobody can take up, or `None` when the database took none.
type Replaying = tokio::task::JoinHandle<(Part, Option<Vec<String>>)>;

impl Writer {
    pub(super) fn new(app: &App, spool: Spool, hands: Hands) -> Self {
        Self {
            app: app.clone(),
            spool: Some(spool),
            hands,
        }
    }

    /// Goes on until the stop is asked for and nobody waits any more.
    pub(super) async fn run(mut self, mut hall: Hall<Brought, Kept>) {
        let mut batch = Vec::new();
        let mut look = interval(REPLAY_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut replaying: Option<Replaying> = None;
        loop {
            let stop = self.app.stop.clone();
            tokio::select! {
                count = next_batch(&mut hall, &mut batch, BATCH, &stop) => {
                    if count == 0 {
                        return;
                    }
                    self.app.intake.saw(count);
                    self.take(batch.drain(..)).await;
                }
                replayed = async { replaying.as_mut()?.await.ok() }, if replaying.is_some() => {
                    replaying = None;
                    let is_taken = matches!(replayed, Some((_, Some(_))));
                    self.end_replay(replayed).await;
                    if is_taken && !self.is_spool_empty() {
                        replaying = self.begin_replay().await;
                    }
                }
                // Looked at again with each tick: how the database is changes without a word to this loop.
                _ = look.tick(), if replaying.is_none() && !self.is_spool_empty() => {
                    if self.app.db.is_well() {
                        replaying = self.begin_replay().await;
                    }
                }
            }
        }
    }

    async fn take(&mut self, batch: impl Iterator<Item = Waiting<Brought, Kept>>) {
        let mut events: Vec<Asked> = Vec::new();
        let mut notes = Vec::new();
        for Waiting { question, answer } in batch {
            match question {
                Brought::Event(arrived) => events.push((self.row(arrived), answer)),
                Brought::Note(note) => notes.push((note, answer)),
            }
        }
        if !notes.is_empty() {
            let (notes, answers): (Vec<_>, Vec<_>) = notes.into_iter().unzip();
            let kept = self.spool(notes).await;
            answer_all(answers, kept);
        }
        // What is on disk goes first: events keep their order.
        if !events.is_empty() && self.is_spool_empty() && self.app.db.is_well() {
            events = self.store(events).await;
        }
        if !events.is_empty() {
            let (rows, answers): (Vec<_>, Vec<_>) = events.into_iter().unzip();
            let kept = self.spool(rows.iter().map(note_of).collect()).await;
            answer_all(answers, kept);
        }
    }

    fn row(&self, arrived: Arrived) -> Model {
        row::of(&self.app, arrived)
    }

    /// Into the database. What it did not take comes back.
    async fn store(&mut self, events: Vec<Asked>) -> Vec<Asked> {
        let rows = events.iter().map(|it| it.0.clone()).collect();
        let insert = store::webhook_events::insert_new(self.app.db.write(), rows);
        match timeout(DEADLINE, insert).await {
            Ok(Ok(stored)) => {
                let new: HashSet<_> = stored.iter().map(|it| it.id).collect();
                for (row, answer) in events {
                    let is_new = new.contains(&row.id);
                    // A caller that hung up gets no answer; its event is kept all the same.
                    let _ = answer.send(if is_new { Kept::New } else { Kept::Duplicate });
                }
                self.hands.take(stored);
                Vec::new()
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, count = events.len(), "webhook events go to disk: the database refused them");
                events
            }
            Err(_) => {
                self.app.db.seems_down();
                tracing::warn!(
                    count = events.len(),
                    "webhook events go to disk: the database did not answer in time"
                );
                events
            }
        }
    }

    async fn spool(&mut self, notes: Vec<Note>) -> Kept {
        let count = notes.len();
        let lines: Vec<String> = notes
            .iter()
            .map(|it| serde_json::to_string(it).unwrap_or_default())
            .collect();
        match self.on_disk(move |spool| spool.append(&lines)).await {
            Ok(()) => Kept::Spooled,
            Err(error) => {
                self.app.metrics.lost.inc_by(count as u64);
                tracing::error!(%error, count, "neither the database nor the disk takes what came in; inbound messages are fetched from Twilio's list later");
                Kept::Lost
            }
        }
    }

    /// The oldest part of what waits on disk is on its way into the database; meanwhile what comes in goes to its end.
    async fn begin_replay(&mut self) -> Option<Replaying> {
        let part = match self.on_disk(|spool| spool.next(BATCH)).await {
            Ok(part) if part.lines.is_empty() => return None,
            Ok(part) => part,
            Err(error) => {
                tracing::error!(%error, "the spool can't be read");
                return None;
            }
        };
        let (app, hands) = (self.app.clone(), self.hands.clone());
        Some(self.app.tasks.spawn(async move {
            let unreadable = replay::take_up(&app, &hands, &part.lines).await;
            (part, unreadable)
        }))
    }

    async fn end_replay(&mut self, replayed: Option<(Part, Option<Vec<String>>)>) {
        let Some((part, Some(unreadable))) = replayed else {
            return;
        };
        let count = part.lines.len();
        let dropped = self.on_disk(move |spool| {
            for line in &unreadable {
                spool.set_aside(line)?;
            }
            spool.drop_part(&part)
        });
        match dropped.await {
            Ok(()) => tracing::info!(count, "what waited on disk is in the database"),
            Err(error) => tracing::error!(%error, "the spool can't be shortened"),
        }
    }

    fn is_spool_empty(&self) -> bool {
        self.spool.as_ref().is_none_or(Spool::is_empty)
    }

    /// Works on the file in a thread that may wait.
    async fn on_disk<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Spool) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let Some(mut spool) = self.spool.take() else {
            return Err(io::Error::other("a thread died with the spool"));
        };
        let (spool, done) = tokio::task::spawn_blocking(move || {
            let done = work(&mut spool);
            (spool, done)
        })
        .await?;
        let size = i64::try_from(spool.size_bytes()).unwrap_or(i64::MAX);
        self.app.metrics.spool_bytes.set(size);
        self.spool = Some(spool);
        done
    }
}

fn answer_all(answers: Vec<oneshot::Sender<Kept>>, kept: Kept) {
    for answer in answers {
        let _ = answer.send(kept);
    }
}

fn note_of(row: &Model) -> Note {
    Note {
        kind: EVENT.to_owned(),
        note: serde_json::to_value(Spooled::from(row)).unwrap_or_default(),
    }
}
