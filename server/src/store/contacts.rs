//! Contacts, their addresses and their conversations.

use chrono::{DateTime, Utc};
use entity::{contact, contact_identity, conversation};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, Set,
};
use uuid::Uuid;

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
    let contact = contact::Model {
        id: new_id,
        name: None,
        address: address.to_owned(),
        language: "en".to_owned(),
        last_inbound_at: None,
        created_at: now,
    };
    contact::Entity::insert(contact.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    let identity = contact_identity::Model {
        address: address.to_owned(),
        contact_id: new_id,
        created_at: now,
    };
    let taken = contact_identity::Entity::insert(identity.into_active_model())
        .on_conflict(
            OnConflict::column(contact_identity::Column::Address)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    if taken == 1 {
        return Ok(contact);
    }
    // Another transaction was first with this address: ours goes, theirs is the contact.
    contact::Entity::delete_by_id(new_id).exec(tx).await?;
    by_address(tx, address)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("contact".to_owned()))
}

/// The contact an address belongs to.
///
/// # Errors
/// What the database said.
pub async fn by_address(
    db: &impl ConnectionTrait,
    address: &str,
) -> Result<Option<contact::Model>, DbErr> {
    let Some(identity) = contact_identity::Entity::find_by_id(address)
        .one(db)
        .await?
    else {
        return Ok(None);
    };
    contact::Entity::find_by_id(identity.contact_id)
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

/// Notes that the contact wrote: opens the window, keeps the name they gave themselves.
///
/// # Errors
/// What the database said.
pub async fn heard_from(
    tx: &impl ConnectionTrait,
    contact: contact::Model,
    name: Option<&str>,
    now: DateTime<Utc>,
) -> Result<contact::Model, DbErr> {
    let name = name.map(str::to_owned).or_else(|| contact.name.clone());
    let mut changed = contact.into_active_model();
    changed.last_inbound_at = Set(Some(now));
    changed.name = Set(name);
    changed.update(tx).await
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
    let new = conversation::Model {
        id: new_id,
        contact_id,
        sender: sender.to_owned(),
        bot_state: String::new(),
        last_message_at: now,
        created_at: now,
    };
    let pair = [
        conversation::Column::ContactId,
        conversation::Column::Sender,
    ];
    conversation::Entity::insert(new.into_active_model())
        .on_conflict(
            OnConflict::columns(pair)
                .update_column(conversation::Column::LastMessageAt)
                .to_owned(),
        )
        .exec_with_returning(tx)
        .await
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
