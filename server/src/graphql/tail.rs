//! Follows the event log: read once for the whole process, handed to every subscription. A subscription that falls behind
//! is not buffered for; it reads the log itself from its cursor.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use entity::{contact, message, message_event};
use tokio::sync::broadcast::{self, error::RecvError};
use uuid::Uuid;

use crate::app::App;
use crate::store;

/// Batches that a subscription may be behind before it reads the log itself. Whatever the slowest has not taken stays in memory.
const BEHIND: usize = 64;
/// Events of a batch for everybody.
const AT_ONCE: u64 = 500;
/// Events of a batch that one subscription reads for itself: held as long as its client takes to read them.
const AT_ONCE_ALONE: u64 = 100;
/// A hint that got lost costs no more than this.
const POLL: Duration = Duration::from_secs(1);

/// An event with its message as it is now, and whose that is.
#[derive(Clone, Debug)]
pub(super) struct Live {
    pub(super) event: message_event::Model,
    pub(super) message: Arc<message::Model>,
    pub(super) contact: Option<Arc<contact::Model>>,
}

/// Some of the log.
struct Batch {
    /// Those whose message still exists.
    events: Vec<Live>,
    /// The last of all; `None`: nothing more was in the log.
    to: Option<i64>,
    /// How many there were.
    count: u64,
}

/// The follower.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    app: App,
    live: broadcast::Sender<Arc<Vec<Live>>>,
}

/// One reader's place in the log.
pub(super) struct Reader {
    tail: Tail,
    live: broadcast::Receiver<Arc<Vec<Live>>>,
    seq: i64,
    must_catch_up: bool,
}

impl Tail {
    pub(super) fn start(app: &App) -> Self {
        let tail = Self {
            app: app.clone(),
            live: broadcast::Sender::new(BEHIND),
        };
        app.tasks.spawn(tail.clone().follow());
        tail
    }

    async fn follow(self) {
        let mut grew = self.app.cluster.log();
        let mut seq: Option<i64> = None;
        while !self.app.stop.is_cancelled() {
            let db = self.app.db.read();
            let read = match seq {
                // Nobody listens yet to what was before the start.
                None => store::message_events::head(db).await.map(|head| {
                    seq = Some(head);
                    // A reader that came before may have missed what is below: nothing new makes it look.
                    let _ = self.live.send(Arc::default());
                    0
                }),
                Some(from) => self.pass_on(from).await.map(|(to, count)| {
                    seq = Some(to);
                    count
                }),
            };
            match read {
                Ok(AT_ONCE) => continue,
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "the event log could not be read"),
            }
            tokio::select! {
                () = self.app.stop.cancelled() => {}
                _ = grew.changed() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    async fn pass_on(&self, from: i64) -> Result<(i64, u64), sea_orm::DbErr> {
        let batch = self.read(from, AT_ONCE).await?;
        if !batch.events.is_empty() {
            // No receiver: nobody is subscribed.
            let _ = self.live.send(Arc::new(batch.events));
        }
        Ok((batch.to.unwrap_or(from), batch.count))
    }

    async fn read(&self, from: i64, limit: u64) -> Result<Batch, sea_orm::DbErr> {
        let db = self.app.db.read();
        let events = store::message_events::after(db, from, limit).await?;
        let (to, count) = (events.last().map(|it| it.seq), events.len() as u64);
        let mut ids: Vec<Uuid> = events.iter().map(|it| it.message_id).collect();
        ids.sort_unstable();
        ids.dedup();
        // Once for everybody: looked up for each event and subscriber, contacts would set the pace.
        let messages = store::messages::by_ids_with_contacts(db, ids).await?;
        let messages: HashMap<Uuid, _> = messages
            .into_iter()
            .map(|(it, contact)| (it.id, (Arc::new(it), contact.map(Arc::new))))
            .collect();
        let with_message = |event: message_event::Model| {
            let (message, contact) = messages.get(&event.message_id)?.clone();
            Some(Live {
                event,
                message,
                contact,
            })
        };
        Ok(Batch {
            events: events.into_iter().filter_map(with_message).collect(),
            to,
            count,
        })
    }

    /// A reader from after `seq`; `None`: from now.
    pub(super) async fn reader(&self, seq: Option<i64>) -> Result<Reader, sea_orm::DbErr> {
        let live = self.live.subscribe();
        let seq = match seq {
            Some(seq) => seq,
            None => store::message_events::head(self.app.db.read()).await?,
        };
        Ok(Reader {
            tail: self.clone(),
            live,
            seq,
            must_catch_up: true,
        })
    }
}

impl Reader {
    /// The next events, in order, none left out and none twice. `None`: the server stops.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Live>>, sea_orm::DbErr> {
        loop {
            if self.must_catch_up {
                let batch = self.tail.read(self.seq, AT_ONCE_ALONE).await?;
                self.seq = batch.to.unwrap_or(self.seq);
                // That was all there is; what came since is on its way.
                self.must_catch_up = batch.count == AT_ONCE_ALONE;
                // All of them may have lost their messages meanwhile: what comes after them has not.
                if batch.events.is_empty() {
                    continue;
                }
                return Ok(Some(batch.events));
            }
            match self.live.recv().await {
                Ok(batch) if batch.is_empty() => self.must_catch_up = true,
                Ok(batch) => {
                    let new: Vec<Live> = batch
                        .iter()
                        .filter(|it| it.event.seq > self.seq)
                        .cloned()
                        .collect();
                    if let Some(last) = new.last() {
                        self.seq = last.event.seq;
                        return Ok(Some(new));
                    }
                }
                Err(RecvError::Lagged(_)) => self.must_catch_up = true,
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }
}
