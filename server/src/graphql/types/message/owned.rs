//! The messages of one person or conversation, also within lists of those: one statement reads the pages of all.

use async_graphql::Context;
use async_graphql::dataloader::DataLoader;
use entity::types::Kind;
use uuid::Uuid;

use super::MessageConnection;
use super::list::Whose;
use crate::graphql::loaders::{Loader, MessageHead, MessagesOf};
use crate::graphql::page::{Asked, Page};
use crate::store::messages::owned::Owner;

impl MessageConnection {
    /// A page of an owner's messages.
    pub(in crate::graphql) async fn of(
        ctx: &Context<'_>,
        owner: Owner,
        id: Uuid,
        asked: &Asked,
    ) -> async_graphql::Result<Self> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let window = asked.window(Kind::Message)?;
        let mut head = 0;
        // Before the page, lest something between the two be missed.
        if ctx.look_ahead().field("eventCursor").exists() {
            head = loader.load_one(MessageHead).await?.unwrap_or_default();
        }
        let key = MessagesOf {
            owner,
            id,
            side: window.side(),
            limit: window.limit(),
        };
        let rows = loader.load_one(key).await?.unwrap_or_default();
        let Page { rows, info } = window.page(rows, |it| it.id);
        let rows = rows.into_iter().map(Into::into).collect();
        Ok(Self {
            page: Page { rows, info },
            whose: Whose::Owned(owner, id),
            head,
        })
    }
}
