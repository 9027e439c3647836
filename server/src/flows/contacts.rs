//! What people do with contacts: they note things about them, block them, take two for one, erase them for good.

use entity::contact::Model;
use entity::message;
use entity::types::Kind;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use super::audit::{self, Actor};
use crate::app::App;
use crate::error::{Error, Refusal, RefusalCode as Code, Result};
use crate::store;
use crate::{domain::contact_card, media};

/// Messages deleted in one transaction.
const BATCH: u64 = 500;
/// Webhook events read at one time.
const POSTED: u64 = 500;

/// What is to be changed; `None`: it stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What operators wrote about them; empty: nothing.
    pub note: Option<String>,
    /// All of their tags.
    pub tags: Option<Vec<String>>,
    /// BCP 47.
    pub language: Option<String>,
}

/// Changes what is known of a contact.
///
/// # Errors
/// `NOT_FOUND`; every broken rule; or a fault.
pub async fn update(app: &App, by: &Actor, id: Uuid, change: Change) -> Result<Model> {
    let mut broken = Vec::new();
    let mut checked = |result: std::result::Result<String, Refusal>| match result {
        Ok(it) => Some(it),
        Err(refusal) => {
            broken.push(refusal);
            None
        }
    };
    let note = change.note.map(|it| contact_card::note(&it));
    let note = note.and_then(&mut checked);
    let tags = change.tags.map(contact_card::tags);
    let tags = tags.and_then(&mut checked);
    let language = change.language.map(|it| contact_card::language(&it));
    let language = language.and_then(&mut checked);
    if !broken.is_empty() {
        return Err(Error::Refused(broken));
    }
    let tx = store::begin(&app.db).await?;
    let mut held = store::contact_book::hold(&tx, [id]).await?;
    let mut contact = held.remove(&id).ok_or_else(|| unknown("id"))?;
    let before = card(&contact);
    let is_noted = note.is_some();
    if let Some(note) = note {
        contact.note = Some(note).filter(|it| !it.is_empty());
    }
    contact.tags = tags.unwrap_or(contact.tags);
    contact.language = language.unwrap_or(contact.language);
    let contact = store::contact_book::put(&tx, contact).await?;
    let mut after = card(&contact);
    // A note may say anything: that it was written is enough.
    after["note"] = is_noted.into();
    let told = audit::Change::new("updateContact").of(public(id));
    write_down(app, &tx, by, told.from(before).to(after)).await?;
    tx.commit().await?;
    Ok(contact)
}

/// What of a contact is told in the audit log.
fn card(it: &Model) -> Value {
    json!({ "tags": contact_card::read_tags(&it.tags), "language": it.language })
}

/// Blocks a contact, or ends that. Who is blocked already stays so since then.
///
/// # Errors
/// `NOT_FOUND`; or a fault.
pub async fn block(app: &App, by: &Actor, id: Uuid, is_blocked: bool) -> Result<Model> {
    let tx = store::begin(&app.db).await?;
    let mut held = store::contact_book::hold(&tx, [id]).await?;
    let was = held.remove(&id).ok_or_else(|| unknown("id"))?;
    let since = is_blocked.then(|| app.now());
    let contact = store::contact_book::block(&tx, id, since).await?;
    let contact = contact.ok_or_else(|| unknown("id"))?;
    let action = if is_blocked {
        "blockContact"
    } else {
        "unblockContact"
    };
    let told = audit::Change::new(action).of(public(id));
    let told = told.from(json!({ "blockedAt": was.blocked_at }));
    let told = told.to(json!({ "blockedAt": contact.blocked_at }));
    write_down(app, &tx, by, told).await?;
    tx.commit().await?;
    Ok(contact)
}

/// Makes one contact of two: `from` is gone, everything of it is of `into`. Who wanted no messages still wants none.
///
/// # Errors
/// `NOT_FOUND`; `SAME`; or a fault.
pub async fn merge(app: &App, by: &Actor, from: Uuid, into: Uuid) -> Result<Model> {
    if from == into {
        let words = "from and into are the same contact: name two";
        return Err(Refusal::field(Code::Same, "into", words).into());
    }
    let tx = store::begin(&app.db).await?;
    let mut held = store::contact_book::hold(&tx, [from, into]).await?;
    let old = held.remove(&from).ok_or_else(|| unknown("from"))?;
    let new = held.remove(&into).ok_or_else(|| unknown("into"))?;
    let before = json!({ "from": public(from), "into": standing(&new), "of": standing(&old) });
    let merged = contact_card::merged(&old, new);
    let merged = store::contact_book::put(&tx, merged).await?;
    let moved = store::contact_book::hand_over(&tx, from, into).await?;
    let after = json!({ "into": standing(&merged), "messages": moved });
    let change = audit::Change::new("mergeContacts").of(public(into));
    write_down(app, &tx, by, change.from(before).to(after)).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    Ok(merged)
}

/// What two contacts have that can be lost when they become one.
fn standing(it: &Model) -> Value {
    let mut told = card(it);
    told["optedOutAt"] = json!(it.opted_out_at);
    told["blockedAt"] = json!(it.blocked_at);
    told
}

async fn write_down(
    app: &App,
    tx: &impl ConnectionTrait,
    by: &Actor,
    change: audit::Change,
) -> Result<()> {
    audit::note(tx, (app.new_id(), app.now()), by, change).await
}

fn public(id: Uuid) -> String {
    Kind::Contact.encode(id)
}

fn unknown(field: &'static str) -> Refusal {
    Refusal::field(Code::NotFound, field, "no contact has this id")
}

/// What was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Whether there was such a contact.
    pub contacts: u64,
    /// Messages of both directions.
    pub messages: u64,
    /// Entries of their timelines.
    pub events: u64,
    /// Requests to the provider.
    pub attempts: u64,
    /// What the provider posted about them.
    pub webhook_events: u64,
    /// Files on disk.
    pub files: u64,
    /// What they ordered.
    pub orders: u64,
}

/// Erases a contact with everything that is known of them. Done again it finds nothing. What a crash left undone is done
/// by doing it again: the contact goes last.
///
/// # Errors
/// A fault; what was deleted until then stays deleted.
pub async fn erase(app: &App, by: &Actor, id: Uuid) -> Result<Erased> {
    let mut erased = Erased::default();
    let addresses = store::contact_book::identities(app.db.read(), [id]).await?;
    for address in &addresses {
        erased.webhook_events += erase_posted(app, &address.address).await?;
    }
    loop {
        let tx = store::begin(&app.db).await?;
        let batch = store::contact_book::messages(&tx, id, BATCH).await?;
        let ids: Vec<Uuid> = batch.iter().map(|it| it.id).collect();
        let [messages, events, attempts] = store::contact_book::delete_messages(&tx, &ids).await?;
        let is_last = (batch.len() as u64) < BATCH;
        if is_last {
            erased.orders = store::orders::erase(&tx, id).await?;
            erased.contacts += u64::from(store::contact_book::delete(&tx, id).await?);
            // No word of what was there: it would outlive the erasure.
            let change = audit::Change::new("eraseContact").of(public(id));
            let after = json!({ "messages": erased.messages + messages });
            write_down(app, &tx, by, change.to(after)).await?;
        }
        tx.commit().await?;
        erased.messages += messages;
        erased.events += events;
        erased.attempts += attempts;
        erased.files += forget_media(app, &batch).await;
        if is_last {
            app.cluster.log_grew();
            return Ok(erased);
        }
    }
}

async fn forget_media(app: &App, messages: &[message::Model]) -> u64 {
    let mut files = 0;
    for message in messages {
        files += media::forget(app, message).await;
    }
    files
}

/// Deletes what the provider posted from or about an address.
async fn erase_posted(app: &App, address: &str) -> Result<u64> {
    let bare = contact_card::bare(address);
    let (mut deleted, mut above) = (0, None);
    loop {
        let found = store::contact_book::posted_with(app.db.read(), bare, above, POSTED).await?;
        let Some(last) = found.last() else {
            return Ok(deleted);
        };
        above = Some(last.id);
        let theirs = found
            .iter()
            .filter(|it| contact_card::is_about(&it.body, bare));
        let ids: Vec<Uuid> = theirs.map(|it| it.id).collect();
        deleted += store::contact_book::delete_posted(app.db.write(), &ids).await?;
    }
}
