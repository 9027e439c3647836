//! Messages are accepted: all that wait at one moment in one transaction, each with its place in the queue or, in the
//! immediate lane, with its first attempt.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use entity::message::{self, Direction};
use entity::types::{Lane, MessageStatus};
use sea_orm::ConnectionTrait;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::audited;
use super::door::{Accepted, Answer, NotAccepted, Wish};
use super::rows::{Parties, attempted, begin_attempt, blank, created};
use crate::app::App;
use crate::domain::content::kind_of_ours;
use crate::domain::reach;
use crate::error::{Refusal, RefusalCode, Result};
use crate::gather::{Hall, Waiting, next_batch};
use crate::store::{self, standing::Standings};

/// Requests whose messages share a transaction.
const REQUESTS: usize = 64;
/// Messages of one transaction. SQLite takes 32,766 values a statement; a message has 27.
const MESSAGES: usize = 1_000;
/// Who waits longer for the database is told so.
pub(super) const DEADLINE: Duration = Duration::from_secs(2);

/// Accepts what waits, batch by batch, until the stop.
pub(super) async fn run(app: App, mut hall: Hall<Vec<Wish>, Vec<Answer>>) {
    let mut batch = Vec::new();
    while next_batch(&mut hall, &mut batch, REQUESTS, &app.stop).await > 0 {
        let lengths: Vec<_> = batch.iter().map(|it| it.question.len()).collect();
        let mut wishes = Vec::new();
        let mut whom = Vec::new();
        for Waiting { question, answer } in batch.drain(..) {
            wishes.extend(question);
            whom.push(answer);
        }
        let mut answers = Vec::with_capacity(wishes.len());
        for part in wishes.chunks(MESSAGES) {
            answers.extend(accept_surely(&app, part).await);
        }
        let mut answers = answers.into_iter();
        for (answer, length) in whom.into_iter().zip(lengths) {
            // Who left gets no answer; their messages are accepted all the same.
            let _ = answer.send(answers.by_ref().take(length).collect());
        }
    }
}

/// Accepts all together; if that fails with the database well, one by one, so that a bad one costs no other.
async fn accept_surely(app: &App, wishes: &[Wish]) -> Vec<Answer> {
    let mut is_committing = false;
    let fault = match within_deadline(app, wishes, &mut is_committing).await {
        Ok(answers) => return answers,
        Err(words) => words,
    };
    tracing::error!(
        error = fault,
        count = wishes.len(),
        "messages could not be accepted"
    );
    if wishes.len() == 1 || is_committing || !app.db.is_well() {
        return vec![not_accepted(&fault, is_committing); wishes.len()];
    }
    let mut answers = Vec::new();
    let end = Instant::now() + DEADLINE;
    for wish in wishes {
        answers.push(if Instant::now() < end {
            accept_alone(app, wish).await
        } else {
            // Not one bad message, but a database that takes none.
            not_accepted(&fault, false)
        });
    }
    answers
}

async fn accept_alone(app: &App, wish: &Wish) -> Answer {
    let mut is_committing = false;
    let accepted = within_deadline(app, std::slice::from_ref(wish), &mut is_committing).await;
    let answer = accepted.map(|mut it| it.pop());
    match answer {
        Ok(Some(answer)) => answer,
        Ok(None) => not_accepted("a message got no answer", false),
        Err(words) => not_accepted(&words, is_committing),
    }
}

fn not_accepted(words: &str, may_be_queued: bool) -> Answer {
    Err(NotAccepted::Fault {
        words: words.to_owned(),
        may_be_queued,
    })
}

async fn within_deadline(
    app: &App,
    wishes: &[Wish],
    is_committing: &mut bool,
) -> std::result::Result<Vec<Answer>, String> {
    match tokio::time::timeout(DEADLINE, accept(app, wishes, is_committing)).await {
        Ok(Ok(answers)) => Ok(answers),
        Ok(Err(error)) => Err(crate::error::words(&error)),
        Err(_) => {
            app.db.seems_down();
            Err("the database did not answer in time".to_owned())
        }
    }
}

async fn accept(app: &App, wishes: &[Wish], is_committing: &mut bool) -> Result<Vec<Answer>> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let keys: Vec<&str> = wishes.iter().filter_map(key).collect();
    let known = store::messages::by_keys(&tx, &keys).await?;
    let known: HashMap<String, message::Model> = known.into_iter().filter_map(by_key).collect();
    let mut new: Vec<&Wish> = Vec::new();
    let mut new_keys = HashSet::new();
    let mut refused = Refused::default();
    let standings = standings(&tx, wishes).await?;
    for wish in wishes {
        if key(wish).is_some_and(|it| known.contains_key(it) || new_keys.contains(it)) {
            continue;
        }
        let (to, from) = (wish.draft.to.as_str(), wish.draft.from.as_str());
        let broken = reach::refusals(reach::Kind::of(&wish.draft), standings.of(to, from), now);
        if broken.is_empty() {
            new_keys.extend(key(wish));
            new.push(wish);
        } else {
            refused.0.insert(wish.id, broken);
        }
    }
    let rows = rows(app, &tx, &new).await?;
    let (keyed, keyless): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|it| it.idempotency_key.is_some());
    let mut stored = keyless.clone();
    if !keyless.is_empty() {
        store::messages::insert_all(&tx, keyless).await?;
    }
    if !keyed.is_empty() {
        stored.extend(store::messages::insert_new(&tx, keyed).await?);
    }
    let mut events: Vec<_> = stored.iter().map(created).collect();
    let begun: Vec<_> = stored
        .iter()
        .filter(|it| it.status == MessageStatus::Sending)
        .cloned()
        .collect();
    events.extend(attempted(app, &tx, &begun).await?);
    store::message_events::append(&tx, now, events).await?;
    store::audit::insert_all(&tx, audited::entries(app, now, &new, &stored)).await?;
    *is_committing = true;
    tx.commit().await?;
    // It stays so: what fails from here on fails with the messages stored.
    answers(app, wishes, stored, (known, refused)).await
}

/// Broken rules by message: those that only the database knows of.
#[derive(Debug, Default)]
struct Refused(HashMap<Uuid, Vec<Refusal>>);

async fn standings(tx: &impl ConnectionTrait, wishes: &[Wish]) -> Result<Standings> {
    let addresses: BTreeSet<&str> = wishes.iter().map(|it| it.draft.to.as_str()).collect();
    Ok(store::standing::of(tx, &addresses).await?)
}

/// The rows of new messages; in the immediate lane with their first attempt begun, where nothing speaks against it.
async fn rows(
    app: &App,
    tx: &impl ConnectionTrait,
    wishes: &[&Wish],
) -> Result<Vec<message::Model>> {
    if wishes.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.now();
    let addresses: BTreeSet<&str> = wishes.iter().map(|it| it.draft.to.as_str()).collect();
    let contacts =
        store::contacts::find_or_create_all(tx, &addresses, || app.new_id(), now).await?;
    let of = |wish: &Wish| {
        contacts
            .get(wish.draft.to.as_str())
            .copied()
            .unwrap_or_default()
    };
    let pairs: BTreeSet<(Uuid, &str)> = wishes
        .iter()
        .map(|it| (of(it), it.draft.from.as_str()))
        .collect();
    let talks = store::contacts::conversations(tx, &pairs, || app.new_id(), now).await?;
    let talks: HashMap<(Uuid, String), Uuid> = talks
        .into_iter()
        .map(|it| ((it.contact_id, it.sender), it.id))
        .collect();
    let mut door = ImmediateDoor::open(app, tx).await?;
    let mut rows = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let contact_id = of(wish);
        let pair = (contact_id, wish.draft.from.as_str().to_owned());
        let parties = Parties {
            conversation_id: talks.get(&pair).copied().unwrap_or_default(),
            contact_id,
            from: pair.1,
            to: wish.draft.to.as_str().to_owned(),
        };
        let row = row(app, wish, parties);
        rows.push(door.let_through(app, tx, row).await?);
    }
    Ok(rows)
}

/// Decides which messages of the immediate lane are tried at once: not while the lane is paused, nor before an earlier one
/// to the same recipient, nor when the sender's turn is far away.
#[derive(Debug)]
pub struct ImmediateDoor {
    is_shut: bool,
    /// Recipients who get one of these messages already: a second one waits for the first.
    taken: HashSet<String>,
}

impl ImmediateDoor {
    /// The door as it is in this transaction.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn open(app: &App, tx: &impl ConnectionTrait) -> Result<Self> {
        Ok(Self {
            is_shut: super::is_paused(app, tx, Lane::Immediate).await?,
            taken: HashSet::new(),
        })
    }

    /// The new message with its first attempt begun, if it may go; else as it was.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn let_through(
        &mut self,
        app: &App,
        tx: &impl ConnectionTrait,
        row: message::Model,
    ) -> Result<message::Model> {
        let is_asked = row.lane == Lane::Immediate && row.status == MessageStatus::Queued;
        if self.is_shut || !is_asked || app.cluster.room(&row.from_address) == 0 {
            return Ok(row);
        }
        let is_taken = !self.taken.insert(row.to_address.clone())
            || store::queue::is_taken(tx, row.lane, &row.to_address, app.now()).await?;
        Ok(if is_taken {
            row
        } else {
            begin_attempt(app, row)
        })
    }
}

/// Each wish's answer, in their order.
async fn answers(
    app: &App,
    wishes: &[Wish],
    stored: Vec<message::Model>,
    (mut known, mut refused): (HashMap<String, message::Model>, Refused),
) -> Result<Vec<Answer>> {
    let mut stored: HashMap<Uuid, message::Model> =
        stored.into_iter().map(|it| (it.id, it)).collect();
    let lost: Vec<&str> = wishes
        .iter()
        .filter(|it| !stored.contains_key(&it.id) && !refused.0.contains_key(&it.id))
        .filter_map(key)
        .filter(|it| !known.contains_key(*it))
        .collect();
    // Another wish of this batch, or another process, was first with these keys.
    let first = store::messages::by_keys(app.db.write(), &lost).await?;
    known.extend(first.into_iter().filter_map(by_key));
    let answer = |wish: &Wish| {
        if let Some(broken) = refused.0.remove(&wish.id) {
            return Err(NotAccepted::Refused(broken));
        }
        match stored.remove(&wish.id) {
            Some(message) => Ok(Accepted::New(message)),
            None => same_key(wish, key(wish).and_then(|it| known.get(it))),
        }
    };
    Ok(wishes.iter().map(answer).collect())
}

fn same_key(wish: &Wish, known: Option<&message::Model>) -> Answer {
    let Some(known) = known else {
        return Err(NotAccepted::Fault {
            words: "a message was neither stored nor known".to_owned(),
            may_be_queued: false,
        });
    };
    if known.content_hash.as_deref() == Some(wish.draft.content_hash().as_str()) {
        return Ok(Accepted::Known(known.clone()));
    }
    let message = "this key was used before with other content: use a new key for a new message";
    Err(NotAccepted::Refused(vec![Refusal::field(
        RefusalCode::KeyReused,
        "idempotencyKey",
        message,
    )]))
}

fn key(wish: &Wish) -> Option<&str> {
    wish.draft.idempotency_key.as_deref()
}

fn by_key(message: message::Model) -> Option<(String, message::Model)> {
    Some((message.idempotency_key.clone()?, message))
}

/// A new message's row, queued or scheduled.
pub(super) fn row(app: &App, wish: &Wish, parties: Parties) -> message::Model {
    let draft = &wish.draft;
    let status = if draft.send_at.is_some() {
        MessageStatus::Scheduled
    } else {
        MessageStatus::Queued
    };
    let blank = blank(app, parties);
    message::Model {
        id: wish.id,
        direction: Direction::Outbound,
        status,
        lane: draft.lane,
        body: draft.body.clone(),
        content_kind: kind_of_ours(draft.content_sid.is_some(), !draft.media_urls.is_empty()),
        media_urls: json!(draft.media_urls),
        content_sid: draft.content_sid.clone(),
        content_variables: draft.content_variables.clone(),
        due_at: draft.send_at.or(blank.due_at),
        not_after: draft.not_after,
        idempotency_key: draft.idempotency_key.clone(),
        content_hash: draft
            .idempotency_key
            .is_some()
            .then(|| draft.content_hash()),
        ..blank
    }
}
