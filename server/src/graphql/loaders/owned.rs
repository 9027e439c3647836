//! Pages of messages within lists, and the heads of the logs that go with them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader as Batched;
use entity::message;
use sea_orm::DbErr;
use uuid::Uuid;

use super::{Loaded, Loader};
use crate::store;
use crate::store::messages::Side;
use crate::store::messages::owned::{Alike, Owner, divided, pages};

/// A page of the messages of a person or conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct MessagesOf {
    pub(in crate::graphql) owner: Owner,
    pub(in crate::graphql) id: Uuid,
    pub(in crate::graphql) side: Side,
    pub(in crate::graphql) limit: u64,
}

/// How the newest messages of a person or conversation divide, of at most `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct DivisionOf {
    pub(in crate::graphql) owner: Owner,
    pub(in crate::graphql) id: Uuid,
    pub(in crate::graphql) limit: u64,
}

/// The newest place of the log of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct MessageHead;

/// The newest place of the log of conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct ConversationHead;

impl Batched<MessagesOf> for Loader {
    type Value = Vec<message::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[MessagesOf]) -> Loaded<MessagesOf, Self::Value> {
        let mut alike: HashMap<(Owner, Side, u64), Vec<Uuid>> = HashMap::new();
        for it in keys {
            let those = alike.entry((it.owner, it.side, it.limit)).or_default();
            those.push(it.id);
        }
        let mut loaded: HashMap<MessagesOf, Self::Value> = HashMap::new();
        for ((owner, side, limit), ids) in alike {
            for message in pages(self.0.db.read(), owner, &ids, (side, limit)).await? {
                let key = MessagesOf {
                    owner,
                    id: owner.of(&message),
                    side,
                    limit,
                };
                loaded.entry(key).or_default().push(message);
            }
        }
        Ok(loaded)
    }
}

impl Batched<DivisionOf> for Loader {
    type Value = Vec<Alike>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[DivisionOf]) -> Loaded<DivisionOf, Self::Value> {
        let mut alike: HashMap<(Owner, u64), Vec<Uuid>> = HashMap::new();
        for it in keys {
            alike.entry((it.owner, it.limit)).or_default().push(it.id);
        }
        let mut loaded = HashMap::new();
        for ((owner, limit), ids) in alike {
            let found = divided(self.0.db.read(), owner, &ids, limit).await?;
            let keyed = found
                .into_iter()
                .map(|(id, division)| (DivisionOf { owner, id, limit }, division));
            loaded.extend(keyed);
        }
        Ok(loaded)
    }
}

impl Batched<MessageHead> for Loader {
    type Value = i64;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[MessageHead]) -> Loaded<MessageHead, i64> {
        let head = store::message_events::head(self.0.db.read()).await?;
        Ok(keys.iter().map(|it| (*it, head)).collect())
    }
}

impl Batched<ConversationHead> for Loader {
    type Value = i64;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[ConversationHead]) -> Loaded<ConversationHead, i64> {
        let head = store::conversations::head(self.0.db.read()).await?;
        Ok(keys.iter().map(|it| (*it, head)).collect())
    }
}
