//! What people do with contacts: look for them, note things about them, block, merge and erase them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::contact::{Column, Entity, Model};
use entity::conversation::ConversationState;
use entity::{contact_identity, conversation, conversation_event, delivery_attempt, message};
use entity::{message_event, webhook_event};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;

use super::is_postgres;
use super::messages::Side;
use super::messages::filter::contains;
use super::sql::Sql;

/// Which contacts. Empty: all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A part of the name or address.
    pub search: Option<String>,
    /// Who has this tag.
    pub tag: Option<String>,
    /// Whether they want no messages.
    pub opted_out: Option<bool>,
    /// Whether they are blocked.
    pub blocked: Option<bool>,
}

impl Filter {
    fn condition(&self, db: &impl ConnectionTrait) -> Condition {
        let is_set = |column: Column, is: bool| {
            if is {
                column.is_not_null()
            } else {
                column.is_null()
            }
        };
        let found = self.search.as_ref().map(|words| {
            Condition::any()
                .add(contains(db, Column::Name, words))
                .add(contains(db, Column::Address, words))
        });
        // As it stands in the array, quotes included: no tag is taken for a part of another.
        let tag = self.tag.as_ref().map(|it| Value::from(it.as_str()));
        Condition::all()
            .add_option(found)
            .add_option(tag.map(|it| contains(db, Column::Tags, &it.to_string())))
            .add_option(self.opted_out.map(|it| is_set(Column::OptedOutAt, it)))
            .add_option(self.blocked.map(|it| is_set(Column::BlockedAt, it)))
    }
}

/// Up to `limit` contacts of a filter, by id on one side of a place.
///
/// # Errors
/// What the database said.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    side: Side,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let select = Entity::find().filter(filter.condition(db)).limit(limit);
    match side {
        Side::Older(below) => {
            let place = Condition::all().add_option(below.map(|id| Column::Id.lt(id)));
            select.filter(place).order_by_desc(Column::Id).all(db).await
        }
        Side::Newer(above) => {
            let place = Condition::all().add_option(above.map(|id| Column::Id.gt(id)));
            select.filter(place).order_by_asc(Column::Id).all(db).await
        }
    }
}

/// One contact.
///
/// # Errors
/// What the database said.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Contacts with their conversations, held until the end of the transaction: nobody else changes them, or writes to them,
/// meanwhile. By id.
///
/// # Errors
/// What the database said.
pub async fn hold(
    tx: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Model>, DbErr> {
    let contacts = Entity::find()
        .filter(Column::Id.is_in(ids))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    conversation::Entity::find()
        .filter(conversation::Column::ContactId.is_in(contacts.iter().map(|it| it.id)))
        .order_by_asc(conversation::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    Ok(contacts.into_iter().map(|it| (it.id, it)).collect())
}

/// Stores a contact as it is now; it must be held.
///
/// # Errors
/// What the database said.
pub async fn put(tx: &impl ConnectionTrait, contact: Model) -> Result<Model, DbErr> {
    contact.into_active_model().reset_all().update(tx).await
}

/// Every address of the given contacts, oldest first.
///
/// # Errors
/// What the database said.
pub async fn identities(
    db: &impl ConnectionTrait,
    contacts: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<contact_identity::Model>, DbErr> {
    contact_identity::Entity::find()
        .filter(contact_identity::Column::ContactId.is_in(contacts))
        .order_by_asc(contact_identity::Column::CreatedAt)
        .order_by_asc(contact_identity::Column::Address)
        .all(db)
        .await
}

/// Gives everything of one contact to another: addresses, conversations, messages. Where both talk with one sender, two
/// conversations become one. How many messages moved.
///
/// # Errors
/// What the database said.
pub async fn hand_over(tx: &impl ConnectionTrait, from: Uuid, into: Uuid) -> Result<u64, DbErr> {
    contact_identity::Entity::update_many()
        .col_expr(contact_identity::Column::ContactId, into.into())
        .filter(contact_identity::Column::ContactId.eq(from))
        .exec(tx)
        .await?;
    for (old, new) in pairs(tx, from, into).await? {
        become_one(tx, &old, &new).await?;
    }
    conversation::Entity::update_many()
        .col_expr(conversation::Column::ContactId, into.into())
        .filter(conversation::Column::ContactId.eq(from))
        .exec(tx)
        .await?;
    let moved = message::Entity::update_many()
        .col_expr(message::Column::ContactId, into.into())
        .col_expr(message::Column::Version, Expr::cust("version + 1"))
        .filter(message::Column::ContactId.eq(from))
        .exec(tx)
        .await?;
    super::orders::hand_over(tx, from, into).await?;
    Entity::delete_by_id(from).exec(tx).await?;
    Ok(moved.rows_affected)
}

type Pair = (conversation::Model, conversation::Model);

/// Conversations of both with the same sender.
async fn pairs(tx: &impl ConnectionTrait, from: Uuid, into: Uuid) -> Result<Vec<Pair>, DbErr> {
    let all = conversation::Entity::find()
        .filter(conversation::Column::ContactId.is_in([from, into]))
        .all(tx)
        .await?;
    let (old, new): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.contact_id == from);
    let of = |it: conversation::Model| {
        let other = new.iter().find(|other| other.sender == it.sender)?;
        Some((it, other.clone()))
    };
    Ok(old.into_iter().filter_map(of).collect())
}

async fn become_one(
    tx: &impl ConnectionTrait,
    old: &conversation::Model,
    new: &conversation::Model,
) -> Result<(), DbErr> {
    message::Entity::update_many()
        .col_expr(message::Column::ConversationId, new.id.into())
        .filter(message::Column::ConversationId.eq(old.id))
        .exec(tx)
        .await?;
    conversation_event::Entity::update_many()
        .col_expr(conversation_event::Column::ConversationId, new.id.into())
        .filter(conversation_event::Column::ConversationId.eq(old.id))
        .exec(tx)
        .await?;
    super::orders::talks_become_one(tx, old.id, new.id).await?;
    // Who has it keeps it: the bot does not begin to speak in between.
    let keeps = |it: &conversation::Model| it.state == ConversationState::Person;
    let stronger = if keeps(old) && !keeps(new) { old } else { new };
    conversation::Entity::update_many()
        .col_expr(conversation::Column::State, stronger.state.into())
        .col_expr(
            conversation::Column::AssigneeId,
            stronger.assignee_id.into(),
        )
        .col_expr(
            conversation::Column::BotSilentUntil,
            old.bot_silent_until.max(new.bot_silent_until).into(),
        )
        .col_expr(
            conversation::Column::LastInboundAt,
            old.last_inbound_at.max(new.last_inbound_at).into(),
        )
        .col_expr(
            conversation::Column::LastMessageAt,
            old.last_message_at.max(new.last_message_at).into(),
        )
        .filter(conversation::Column::Id.eq(new.id))
        .exec(tx)
        .await?;
    conversation::Entity::delete_by_id(old.id).exec(tx).await?;
    Ok(())
}

/// Up to `limit` messages of a contact, oldest first.
///
/// # Errors
/// What the database said.
pub async fn messages(
    db: &impl ConnectionTrait,
    contact: Uuid,
    limit: u64,
) -> Result<Vec<message::Model>, DbErr> {
    message::Entity::find()
        .filter(message::Column::ContactId.eq(contact))
        .order_by_asc(message::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Deletes messages with everything that hangs on them; how many messages, events and attempts.
///
/// # Errors
/// What the database said.
pub async fn delete_messages(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<[u64; 3], DbErr> {
    super::search::forget(tx, ids).await?;
    // PostgreSQL: the messages first, their rows are held then and nothing new is told of them. SQLite has one writer, and
    // would delete the children uncounted.
    if is_postgres(tx) {
        let messages = delete_rows(tx, ids).await?;
        let [events, attempts] = delete_children(tx, ids).await?;
        return Ok([messages, events, attempts]);
    }
    let [events, attempts] = delete_children(tx, ids).await?;
    Ok([delete_rows(tx, ids).await?, events, attempts])
}

async fn delete_rows(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<u64, DbErr> {
    let messages = message::Entity::delete_many()
        .filter(message::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(messages.rows_affected)
}

async fn delete_children(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<[u64; 2], DbErr> {
    let events = message_event::Entity::delete_many()
        .filter(message_event::Column::MessageId.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    let attempts = delivery_attempt::Entity::delete_many()
        .filter(delivery_attempt::Column::MessageId.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok([events.rows_affected, attempts.rows_affected])
}

/// Deletes a contact whose messages are gone, with addresses and conversations; whether there was one.
///
/// # Errors
/// What the database said.
pub async fn delete(tx: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    let mut sql = Sql::new(
        "DELETE FROM conversation_event WHERE conversation_id IN (SELECT id FROM conversation WHERE contact_id = ",
    );
    sql.value(id).push(")");
    tx.execute_raw(sql.on(tx)).await?;
    let deleted = Entity::delete_by_id(id).exec(tx).await?;
    Ok(deleted.rows_affected == 1)
}

/// A webhook event's words.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Posted {
    /// Which.
    pub id: Uuid,
    /// The query of its URL.
    pub query: String,
    /// What was posted.
    pub body: String,
}

/// Up to `limit` webhook events above an id that have `part` in them. It reads them all: for what is asked rarely.
///
/// # Errors
/// What the database said.
pub async fn posted_with(
    db: &impl ConnectionTrait,
    part: &str,
    above: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Posted>, DbErr> {
    use webhook_event::Column as C;
    let has = Condition::any()
        .add(contains(db, C::Body, part))
        .add(contains(db, C::Query, part));
    webhook_event::Entity::find()
        .select_only()
        .columns([C::Id, C::Query, C::Body])
        .filter(has)
        .filter(Condition::all().add_option(above.map(|it| C::Id.gt(it))))
        .order_by_asc(C::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// Deletes webhook events; how many.
///
/// # Errors
/// What the database said.
pub async fn delete_posted(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<u64, DbErr> {
    let deleted = webhook_event::Entity::delete_many()
        .filter(webhook_event::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}

/// When a contact was blocked first; `None` ends it.
///
/// # Errors
/// What the database said.
pub async fn block(
    tx: &impl ConnectionTrait,
    id: Uuid,
    since: Option<DateTime<Utc>>,
) -> Result<Option<Model>, DbErr> {
    let update = Entity::update_many().filter(Column::Id.eq(id));
    let update = match since {
        Some(at) => update
            .col_expr(Column::BlockedAt, at.into())
            .filter(Column::BlockedAt.is_null()),
        None => update.col_expr(Column::BlockedAt, None::<DateTime<Utc>>.into()),
    };
    update.exec(tx).await?;
    by_id(tx, id).await
}
