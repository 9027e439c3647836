//! Children of lists, read by one statement a kind however long the list is.

mod by_id;
mod owned;
mod shop;

use std::collections::HashMap;
use std::sync::Arc;

use entity::{
    contact, contact_identity, conversation, delivery_attempt, message, message_event, user,
};
use sea_orm::DbErr;
use uuid::Uuid;

pub(super) use by_id::{AuditKey, JobKey, SessionKey, TokenKey, WebhookEventKey};
pub(super) use owned::{ConversationHead, DivisionOf, MessageHead, MessagesOf};

use crate::app::App;
use crate::store;

pub(super) use shop::{ItemKey, ItemsOf, MessagesOfOrder, OrderKey, OrdersOf, ProductKey, StepsOf};

/// Reads for the resolvers.
#[derive(Debug)]
pub(super) struct Loader(pub(super) App);

/// A contact by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ContactKey(pub(super) Uuid);

/// A message by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct MessageKey(pub(super) Uuid);

/// The attempts of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct AttemptsOf(pub(super) Uuid);

/// The timeline of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TimelineOf(pub(super) Uuid);

/// A conversation by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ConversationKey(pub(super) Uuid);

/// A user by their id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct UserKey(pub(super) Uuid);

/// The addresses of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct IdentitiesOf(pub(super) Uuid);

/// The conversations of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ConversationsOf(pub(super) Uuid);

/// The newest message of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct LastMessageOf(pub(super) Uuid);

type Loaded<K, V> = Result<HashMap<K, V>, Arc<DbErr>>;

impl async_graphql::dataloader::Loader<ContactKey> for Loader {
    type Value = contact::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[ContactKey]) -> Loaded<ContactKey, Self::Value> {
        let found = store::contacts::by_ids(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(found
            .into_iter()
            .map(|it| (ContactKey(it.id), it))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<MessageKey> for Loader {
    type Value = message::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[MessageKey]) -> Loaded<MessageKey, Self::Value> {
        let found = store::messages::by_ids(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(found
            .into_iter()
            .map(|it| (MessageKey(it.id), it))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<AttemptsOf> for Loader {
    type Value = Vec<delivery_attempt::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[AttemptsOf]) -> Loaded<AttemptsOf, Self::Value> {
        let found =
            store::attempts::of_messages(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(grouped(found, |it| AttemptsOf(it.message_id)))
    }
}

impl async_graphql::dataloader::Loader<TimelineOf> for Loader {
    type Value = Vec<message_event::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[TimelineOf]) -> Loaded<TimelineOf, Self::Value> {
        let found =
            store::message_events::of_messages(self.0.db.read(), keys.iter().map(|it| it.0))
                .await?;
        Ok(grouped(found, |it| TimelineOf(it.message_id)))
    }
}

impl async_graphql::dataloader::Loader<ConversationKey> for Loader {
    type Value = conversation::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[ConversationKey]) -> Loaded<ConversationKey, Self::Value> {
        let ids = keys.iter().map(|it| it.0);
        let found = store::conversations::by_ids(self.0.db.read(), ids).await?;
        let by_id = found.into_iter().map(|it| (ConversationKey(it.id), it));
        Ok(by_id.collect())
    }
}

impl async_graphql::dataloader::Loader<UserKey> for Loader {
    type Value = user::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[UserKey]) -> Loaded<UserKey, Self::Value> {
        let ids = keys.iter().map(|it| it.0);
        let found = store::conversations::assignees(self.0.db.read(), ids).await?;
        Ok(found.into_iter().map(|it| (UserKey(it.id), it)).collect())
    }
}

impl async_graphql::dataloader::Loader<IdentitiesOf> for Loader {
    type Value = Vec<contact_identity::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[IdentitiesOf]) -> Loaded<IdentitiesOf, Self::Value> {
        let ids = keys.iter().map(|it| it.0);
        let found = store::contact_book::identities(self.0.db.read(), ids).await?;
        Ok(grouped(found, |it| IdentitiesOf(it.contact_id)))
    }
}

impl async_graphql::dataloader::Loader<ConversationsOf> for Loader {
    type Value = Vec<conversation::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[ConversationsOf]) -> Loaded<ConversationsOf, Self::Value> {
        let ids = keys.iter().map(|it| it.0);
        let found = store::conversations::of_contacts(self.0.db.read(), ids).await?;
        Ok(grouped(found, |it| ConversationsOf(it.contact_id)))
    }
}

impl async_graphql::dataloader::Loader<LastMessageOf> for Loader {
    type Value = message::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[LastMessageOf]) -> Loaded<LastMessageOf, Self::Value> {
        let ids: Vec<Uuid> = keys.iter().map(|it| it.0).collect();
        let found = store::conversations::last_messages(self.0.db.read(), &ids).await?;
        let by_talk = found.into_iter();
        Ok(by_talk
            .map(|it| (LastMessageOf(it.conversation_id), it))
            .collect())
    }
}

fn grouped<K: std::hash::Hash + Eq, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
