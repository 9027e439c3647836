//! Contacts, their addresses and their conversations.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use entity::contact::{self, OptOutCause};
use entity::contact_identity;
use entity::conversation::{self, ConversationState};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, Set,
};
use uuid::Uuid;

use super::sql::Sql;

/// The contact behind `address`, made if there is none.
///
/// # Errors
/// What the database said.
pub async fn find_or_create(
    tx: &impl ConnectionTrait,
    new_id: Uuid,
    address: &str,
    now: DateTime<Utc>,
) -> Result<contact::Model, DbErr> {
    if let Some(known) = by_address(tx, address).await? {
        return Ok(known);
    }
    find_or_create_all(tx, &BTreeSet::from([address]), || new_id, now).await?;
    by_address(tx, address)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("contact".to_owned()))
}

/// The contact who wrote from `address` and may be known by another one already; afterwards both are theirs, unless the
/// other one is somebody else's.
///
/// # Errors
/// What the database said.
pub async fn find_or_create_known_as(
    tx: &impl ConnectionTrait,
    new_id: Uuid,
    (address, other): (&str, &str),
    now: DateTime<Utc>,
) -> Result<contact::Model, DbErr> {
    let known = identities(tx, [address, other].into_iter()).await?;
    let (by_this, by_other) = (known.get(address), known.get(other));
    if by_this.is_some() && by_other.is_some() {
        return find_or_create(tx, new_id, address, now).await;
    }
    let owner = match by_this.or(by_other) {
        Some(id) => *id,
        None => find_or_create(tx, new_id, address, now).await?.id,
    };
    let on_known = OnConflict::column(contact_identity::Column::Address)
        .do_nothing()
        .to_owned();
    let both = [address, other].map(|it| identity(it, owner, now));
    contact_identity::Entity::insert_many(both)
        .on_conflict(on_known)
        .exec_without_returning(tx)
        .await?;
    // They write from here now.
    contact::Entity::update_many()
        .col_expr(contact::Column::Address, address.into())
        .filter(contact::Column::Id.eq(owner))
        .exec(tx)
        .await?;
    find_or_create(tx, new_id, address, now).await
}

/// The contacts behind addresses, by address; made where there are none.
///
/// # Errors
/// What the database said.
pub async fn find_or_create_all(
    tx: &impl ConnectionTrait,
    addresses: &BTreeSet<&str>,
    new_id: impl Fn() -> Uuid,
    now: DateTime<Utc>,
) -> Result<HashMap<String, Uuid>, DbErr> {
    let mut known = identities(tx, addresses.iter().copied()).await?;
    // In the order of their addresses, so that two transactions never wait for each other.
    let missing: Vec<&str> = addresses
        .iter()
        .copied()
        .filter(|it| !known.contains_key(*it))
        .collect();
    if missing.is_empty() {
        return Ok(known);
    }
    let contacts: Vec<_> = missing
        .iter()
        .map(|address| new_contact(new_id(), address, now))
        .collect();
    let identities_of = contacts
        .iter()
        .map(|it| identity(&it.address, it.id, now))
        .collect::<Vec<_>>();
    contact::Entity::insert_many(
        contacts
            .iter()
            .cloned()
            .map(IntoActiveModel::into_active_model),
    )
    .exec_without_returning(tx)
    .await?;
    let on_known = OnConflict::column(contact_identity::Column::Address)
        .do_nothing()
        .to_owned();
    contact_identity::Entity::insert_many(identities_of)
        .on_conflict(on_known)
        .exec_without_returning(tx)
        .await?;
    known.extend(identities(tx, missing.into_iter()).await?);
    // Another transaction was first with some addresses: our contacts of theirs go.
    let orphans: Vec<Uuid> = contacts
        .iter()
        .filter(|it| known.get(&it.address) != Some(&it.id))
        .map(|it| it.id)
        .collect();
    if !orphans.is_empty() {
        contact::Entity::delete_many()
            .filter(contact::Column::Id.is_in(orphans))
            .exec(tx)
            .await?;
    }
    Ok(known)
}

async fn identities(
    db: &impl ConnectionTrait,
    addresses: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Uuid>, DbErr> {
    let found = contact_identity::Entity::find()
        .filter(contact_identity::Column::Address.is_in(addresses))
        .all(db)
        .await?;
    Ok(found
        .into_iter()
        .map(|it| (it.address, it.contact_id))
        .collect())
}

fn new_contact(id: Uuid, address: &str, now: DateTime<Utc>) -> contact::Model {
    contact::Model {
        id,
        name: None,
        address: address.to_owned(),
        language: "en".to_owned(),
        last_inbound_at: None,
        opted_out_at: None,
        opt_out_cause: None,
        note: None,
        tags: "[]".to_owned(),
        blocked_at: None,
        created_at: now,
    }
}

fn identity(address: &str, contact_id: Uuid, now: DateTime<Utc>) -> contact_identity::ActiveModel {
    contact_identity::Model {
        address: address.to_owned(),
        contact_id,
        created_at: now,
    }
    .into_active_model()
}

/// The contact an address belongs to.
///
/// # Errors
/// What the database said.
pub async fn by_address(
    db: &impl ConnectionTrait,
    address: &str,
) -> Result<Option<contact::Model>, DbErr> {
    let mut sql = Sql::new(
        "SELECT c.* FROM contact c JOIN contact_identity i ON i.contact_id = c.id WHERE i.address = ",
    );
    sql.value(address);
    contact::Entity::find()
        .from_raw_sql(sql.on(db))
        .one(db)
        .await
}

/// Contacts by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<contact::Model>, DbErr> {
    contact::Entity::find()
        .filter(contact::Column::Id.is_in(ids))
        .all(db)
        .await
}

/// What a message of theirs tells about a person.
#[derive(Clone, Debug)]
pub struct Heard<'a> {
    /// What they call themselves.
    pub name: Option<&'a str>,
    /// When they wrote.
    pub at: DateTime<Utc>,
    /// What it changes about messages to them; nearly always nothing.
    pub consent: Option<Consent>,
}

/// Since when they want no messages, and how we know; or that they want them.
pub type Consent = Option<(DateTime<Utc>, OptOutCause)>;

/// Notes that the contact wrote.
///
/// # Errors
/// What the database said.
pub async fn heard_from(
    tx: &impl ConnectionTrait,
    contact: contact::Model,
    heard: Heard<'_>,
) -> Result<contact::Model, DbErr> {
    let name = heard
        .name
        .map(str::to_owned)
        .or_else(|| contact.name.clone());
    let last = contact.last_inbound_at;
    let mut changed = contact.into_active_model();
    // What was recovered may be older than what came in meanwhile.
    changed.last_inbound_at = Set(last.max(Some(heard.at)));
    changed.name = Set(name);
    // Nothing else is written: what another message of theirs changed at this moment stays so.
    if let Some(consent) = heard.consent {
        changed.opted_out_at = Set(consent.map(|it| it.0));
        changed.opt_out_cause = Set(consent.map(|it| it.1));
    }
    changed.update(tx).await
}

/// The same for whoever has `address`, where that is another contact: one person, known as two.
///
/// # Errors
/// What the database said.
pub async fn consent_of(
    tx: &impl ConnectionTrait,
    address: &str,
    consent: Consent,
) -> Result<(), DbErr> {
    let Some(owner) = identities(tx, [address].into_iter()).await?.remove(address) else {
        return Ok(());
    };
    contact::Entity::update_many()
        .col_expr(contact::Column::OptedOutAt, consent.map(|it| it.0).into())
        .col_expr(contact::Column::OptOutCause, consent.map(|it| it.1).into())
        .filter(contact::Column::Id.eq(owner))
        .exec(tx)
        .await
        .map(|_| ())
}

/// The conversation of a contact with one of our senders, made if there is none.
///
/// # Errors
/// What the database said.
pub async fn conversation(
    tx: &impl ConnectionTrait,
    new_id: Uuid,
    contact_id: Uuid,
    sender: &str,
    now: DateTime<Utc>,
) -> Result<conversation::Model, DbErr> {
    let pair = BTreeSet::from([(contact_id, sender)]);
    conversations(tx, &pair, || new_id, now)
        .await?
        .pop()
        .ok_or_else(|| DbErr::RecordNotFound("conversation".to_owned()))
}

/// The same for a person who wrote to that sender at `at`, which opens the reply window.
///
/// # Errors
/// What the database said.
pub async fn conversation_heard(
    tx: &impl ConnectionTrait,
    new_id: Uuid,
    (contact_id, sender): (Uuid, &str),
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<conversation::Model, DbErr> {
    let new = conversation::Model {
        last_inbound_at: Some(at),
        ..new_conversation(new_id, contact_id, sender, now)
    };
    // What was recovered may be older than what came in meanwhile.
    let newest = "CASE WHEN conversation.last_inbound_at > excluded.last_inbound_at \
        THEN conversation.last_inbound_at ELSE excluded.last_inbound_at END";
    let touch = OnConflict::columns(PAIR)
        .update_column(conversation::Column::LastMessageAt)
        .value(conversation::Column::LastInboundAt, Expr::cust(newest))
        .to_owned();
    conversation::Entity::insert(new.into_active_model())
        .on_conflict(touch)
        .exec_with_returning(tx)
        .await
}

/// A contact and a sender have one conversation.
const PAIR: [conversation::Column; 2] = [
    conversation::Column::ContactId,
    conversation::Column::Sender,
];

fn new_conversation(
    id: Uuid,
    contact_id: Uuid,
    sender: &str,
    now: DateTime<Utc>,
) -> conversation::Model {
    conversation::Model {
        id,
        contact_id,
        sender: sender.to_owned(),
        bot_state: String::new(),
        last_inbound_at: None,
        state: ConversationState::Bot,
        assignee_id: None,
        bot_silent_until: None,
        last_message_at: now,
        created_at: now,
    }
}

/// The conversations of contacts with our senders, made where there are none.
///
/// # Errors
/// What the database said.
pub async fn conversations(
    tx: &impl ConnectionTrait,
    pairs: &BTreeSet<(Uuid, &str)>,
    new_id: impl Fn() -> Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<conversation::Model>, DbErr> {
    let new = pairs.iter().map(|(contact_id, sender)| {
        new_conversation(new_id(), *contact_id, sender, now).into_active_model()
    });
    let touch = OnConflict::columns(PAIR)
        .update_column(conversation::Column::LastMessageAt)
        .to_owned();
    conversation::Entity::insert_many(new)
        .on_conflict(touch)
        .exec_with_returning(tx)
        .await
}

/// The language in which a person is written to.
///
/// # Errors
/// What the database said.
pub async fn speak(tx: &impl ConnectionTrait, id: Uuid, language: &str) -> Result<(), DbErr> {
    contact::Entity::update_many()
        .col_expr(contact::Column::Language, language.into())
        .filter(contact::Column::Id.eq(id))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Keeps the bot's place in a conversation.
///
/// # Errors
/// What the database said.
pub async fn keep_bot_state(tx: &impl ConnectionTrait, id: Uuid, state: &str) -> Result<(), DbErr> {
    conversation::Entity::update_many()
        .col_expr(conversation::Column::BotState, state.into())
        .filter(conversation::Column::Id.eq(id))
        .exec(tx)
        .await
        .map(|_| ())
}
