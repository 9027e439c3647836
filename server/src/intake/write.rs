//! The one writer of the intake: into the database, else on disk; and from disk into the database.

use std::io;
use std::time::Duration;

use entity::webhook_event::Model;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::door::{Arrived, Brought, Kept, Note};
use super::process::Hands;
use super::row::{self, Spooled};
use super::spool::{Part, Spool};
use crate::app::App;
use crate::error::{Error, Fault, Result};
use crate::flows::outbound;
use crate::gather::{Hall, Waiting, next_batch};
use crate::store;

/// Events stored by one insert. SQLite takes 32,766 values a statement; an event has 13.
const BATCH: usize = 256;
/// The database has this long; the provider waits 15 seconds for our answer.
const DEADLINE: Duration = Duration::from_secs(2);
/// What waits on disk is tried again after this.
const REPLAY_EVERY: Duration = Duration::from_millis(250);

const EVENT: &str = "event";

/// Writes what comes in.
#[derive(Debug)]
pub(super) struct Writer {
    app: App,
    /// `None` only while a thread works on it.
    spool: Option<Spool>,
    hands: Hands,
}

type Asked = (Model, oneshot::Sender<Kept>);

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
        let mut replay = interval(REPLAY_EVERY);
        replay.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let stop = self.app.stop.clone();
            tokio::select! {
                count = next_batch(&mut hall, &mut batch, BATCH, &stop) => {
                    if count == 0 {
                        return;
                    }
                    self.take(batch.drain(..)).await;
                }
                _ = replay.tick(), if !self.is_spool_empty() => self.replay().await,
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
                for (row, answer) in events {
                    let is_new = stored.iter().any(|it| it.id == row.id);
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

    /// From disk into the database, as long as it takes it.
    async fn replay(&mut self) {
        while self.app.db.is_well() && !self.app.stop.is_cancelled() {
            let part = match self.on_disk(|spool| spool.next(BATCH)).await {
                Ok(part) if part.lines.is_empty() => return,
                Ok(part) => part,
                Err(error) => {
                    tracing::error!(%error, "the spool can't be read");
                    return;
                }
            };
            let notes = self.read(&part).await;
            if let Err(error) = self.take_up(&notes).await
                && !self.take_up_one_by_one(&notes).await
            {
                tracing::warn!(%error, "the spool waits: the database does not take it yet");
                return;
            }
            let count = part.lines.len();
            if let Err(error) = self.on_disk(move |spool| spool.drop_part(&part)).await {
                tracing::error!(%error, "the spool can't be shortened");
                return;
            }
            tracing::info!(count, "what waited on disk is in the database");
        }
    }

    async fn read(&mut self, part: &Part) -> Vec<Note> {
        let mut notes = Vec::new();
        for line in &part.lines {
            match serde_json::from_str(line) {
                Ok(note) => notes.push(note),
                Err(_) => self.set_aside(line.clone()).await,
            }
        }
        notes
    }

    async fn take_up(&self, notes: &[Note]) -> Result<()> {
        let (mut events, mut begun, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        for Note { kind, note } in notes {
            match kind.as_str() {
                EVENT => events.push(form::<Spooled>(note)?.into_row(&self.app)),
                "begun" => begun.push(form(note)?),
                _ => ended.push(form(note)?),
            }
        }
        let work = async {
            outbound::take_up(&self.app, begun, ended).await?;
            if events.is_empty() {
                return Ok::<_, Error>(Vec::new());
            }
            Ok(store::webhook_events::insert_new(self.app.db.write(), events).await?)
        };
        let stored = timeout(DEADLINE * 2, work).await.map_err(|_| {
            self.app.db.seems_down();
            Error::Unavailable("the database did not answer in time")
        })??;
        self.hands.take(stored);
        Ok(())
    }

    /// A line that can't be taken up costs no other: it is set aside. `false`: the database is away, not the line wrong.
    async fn take_up_one_by_one(&mut self, notes: &[Note]) -> bool {
        for note in notes {
            if self.take_up(std::slice::from_ref(note)).await.is_ok() {
                continue;
            }
            if store::ping(&self.app.db).await.is_err() {
                return false;
            }
            let line = serde_json::to_string(note).unwrap_or_default();
            self.set_aside(line).await;
        }
        true
    }

    async fn set_aside(&mut self, line: String) {
        tracing::error!("a line of the spool can't be taken up; it is beside it, in a .bad file");
        if let Err(error) = self.on_disk(move |spool| spool.set_aside(&line)).await {
            tracing::error!(%error, "nor could it be set aside");
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

fn form<T: serde::de::DeserializeOwned>(note: &Value) -> Result<T> {
    T::deserialize(note).map_err(|error| Error::Fault(Fault::Other(format!("the spool: {error}"))))
}
