//! Takes due messages out of the queue: leases, attempts and events are stored before any request leaves.

use std::collections::HashMap;

use entity::message::Model;
use entity::types::Lane;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::lanes::{Lanes, Quota};
use crate::app::App;
use crate::error::Result;
use crate::flows::outbound;
use crate::store::queue::{Candidate, Lease, Search};
use crate::store::{self, message_events::NewEvent};

/// So many candidates are looked at for one place, as some senders may have no turn soon.
const LOOK_AHEAD: usize = 2;

/// Takes up to `limit` due messages, by lane, then by time. The next one to a recipient only once the one before has left.
///
/// # Errors
/// A fault of the database; nothing is claimed then.
pub(super) async fn claim(app: &App, lanes: &mut Lanes, limit: usize) -> Result<Claimed> {
    let now = app.now();
    // Most looks find nothing; those stay away from the write lock.
    let due = store::queue::due_lanes(app.db.read(), now).await?;
    if due.is_empty() {
        return Ok(Claimed::default());
    }
    let mut rooms = Rooms::of(app);
    if rooms.0.values().all(|room| *room == 0) {
        return Ok(Claimed::default());
    }
    let tx = store::begin(&app.db).await?;
    let search = Look { due, limit };
    let (claimed, mut events) = claim_by_lane(app, &tx, lanes, &mut rooms, &search).await?;
    let barred = events.len();
    events.extend(outbound::attempted(app, &tx, &claimed).await?);
    let has_news = !events.is_empty();
    store::message_events::append(&tx, now, events).await?;
    tx.commit().await?;
    if has_news {
        app.cluster.log_grew();
        for message in &claimed {
            let waited = message
                .due_at
                .map_or(0.0, |due| (now - due).as_seconds_f64());
            app.metrics.queue_wait_seconds.observe(waited.max(0.0));
        }
    }
    Ok(Claimed {
        messages: claimed,
        barred,
    })
}

/// What a look at the queue came to.
#[derive(Debug, Default)]
pub(super) struct Claimed {
    /// To be sent.
    pub(super) messages: Vec<Model>,
    /// How many ended instead, as they must not be sent any more.
    pub(super) barred: usize,
}

/// What is looked for.
struct Look {
    /// In these lanes something is due.
    due: Vec<Lane>,
    /// At most so many.
    limit: usize,
}

async fn claim_by_lane(
    app: &App,
    tx: &impl ConnectionTrait,
    lanes: &mut Lanes,
    rooms: &mut Rooms,
    look: &Look,
) -> Result<(Vec<Model>, Vec<NewEvent>)> {
    let now = app.now();
    let lease = Lease {
        node: app.node.clone(),
        until: now + outbound::LEASE,
    };
    let paused: Vec<Lane> = store::pauses::at(tx, now)
        .await?
        .into_iter()
        .map(|it| it.lane)
        .collect();
    let mut held = app.places.held();
    let mut claimed: Vec<Model> = Vec::new();
    let mut events = Vec::new();
    for quota in lanes.quotas(held) {
        let places = quota.places.min(look.limit - claimed.len());
        if places == 0 || paused.contains(&quota.lane) {
            continue;
        }
        if !look.due.contains(&quota.lane) {
            lanes.took(Quota { places, ..quota }, 0);
            continue;
        }
        let quota = Quota { places, ..quota };
        let mut ids = find(app, tx, quota, rooms).await?;
        let barred = outbound::bar(app, tx, &mut ids).await?;
        let taken = store::queue::claim(tx, &ids, &lease, now).await?;
        lanes.took(quota, taken.len() + barred.len());
        events.extend(barred);
        held[quota.lane as usize] += taken.len();
        claimed.extend(taken);
    }
    Ok((claimed, events))
}

/// Candidates of one lane whose senders have a turn soon.
async fn find(
    app: &App,
    tx: &impl ConnectionTrait,
    quota: Quota,
    rooms: &mut Rooms,
) -> Result<Vec<Uuid>> {
    let full = rooms.full();
    let search = Search {
        lane: quota.lane,
        without: &full,
        limit: (quota.places * LOOK_AHEAD) as u64,
    };
    let found = store::queue::candidates(tx, &search, app.now()).await?;
    Ok(rooms.choose(app, found, quota.places))
}

/// How many more messages of each sender have their turn soon.
struct Rooms(HashMap<String, usize>);

impl Rooms {
    fn of(app: &App) -> Self {
        let room =
            |it: &entity::types::Address| (it.as_str().to_owned(), app.cluster.room(it.as_str()));
        Self(app.senders().iter().map(room).collect())
    }

    /// Senders without room.
    fn full(&self) -> Vec<String> {
        self.0
            .iter()
            .filter(|(_, room)| **room == 0)
            .map(|(sender, _)| sender.clone())
            .collect()
    }

    fn choose(&mut self, app: &App, found: Vec<Candidate>, most: usize) -> Vec<Uuid> {
        let mut chosen = Vec::new();
        for candidate in found {
            // A sender may have been taken out of the settings while its messages waited.
            let room = self
                .0
                .entry(candidate.from_address)
                .or_insert_with_key(|it| app.cluster.room(it));
            if *room > 0 && chosen.len() < most {
                *room -= 1;
                chosen.push(candidate.id);
            }
        }
        chosen
    }
}
