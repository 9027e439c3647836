//! Reading contacts and conversations.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object};
use entity::types::Kind;
use entity::user::Role;
use uuid::Uuid;

use crate::graphql::guard::{app, fault, id_of, viewer};
use crate::graphql::loaders::{ConversationKey, Loader};
use crate::graphql::page::{Asked, Direction};
use crate::graphql::types::contact::{ContactConnection, ContactFilter};
use crate::graphql::types::conversation::{
    self, Conversation, ConversationConnection, ConversationFilter,
};
use crate::store;
use crate::store::conversations::Side;

/// Contacts and conversations: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Contacts;

/// Contacts and conversations.
#[Object(name = "ContactQuery")]
impl Contacts {
    /// Contacts, the one first heard of last comes first, in pages of at most 100.
    #[graphql(complexity = "5 + crate::graphql::page::cost(first.or(last), child_complexity)")]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the newest on, 50 without it")] first: Option<i32>,
        #[graphql(desc = "Only what is older than this cursor")] after: Option<String>,
        #[graphql(desc = "Items from the oldest on")] last: Option<i32>,
        #[graphql(desc = "Only what is newer than this cursor")] before: Option<String>,
        #[graphql(desc = "Which contacts; all without it")] filter: Option<ContactFilter>,
    ) -> async_graphql::Result<ContactConnection> {
        viewer(ctx, Role::Viewer)?;
        let asked = Asked {
            first,
            after,
            last,
            before,
        };
        let window = asked.window(Kind::Contact)?;
        let filter = filter.unwrap_or_default().checked(ctx)?;
        let (db, side) = (app(ctx).db.read(), window.side());
        let rows = store::contact_book::page(db, &filter, side, window.limit())
            .await
            .map_err(fault)?;
        Ok(ContactConnection(window.page(rows, |it| it.id)))
    }

    /// One conversation; null when there is none.
    async fn conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "cvs_…")] id: ID,
    ) -> async_graphql::Result<Option<Conversation>> {
        viewer(ctx, Role::Viewer)?;
        conversation_by_id(ctx, id_of(Kind::Conversation, &id)?).await
    }

    /// Conversations, newest activity first, in pages of at most 100.
    #[graphql(complexity = "5 + crate::graphql::page::cost(first.or(last), child_complexity)")]
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the newest on, 50 without it")] first: Option<i32>,
        #[graphql(desc = "Only what is older than this cursor")] after: Option<String>,
        #[graphql(desc = "Items from the oldest on")] last: Option<i32>,
        #[graphql(desc = "Only what is newer than this cursor")] before: Option<String>,
        #[graphql(desc = "Which conversations; all without it")] filter: Option<ConversationFilter>,
    ) -> async_graphql::Result<ConversationConnection> {
        viewer(ctx, Role::Viewer)?;
        let asked = Asked {
            first,
            after,
            last,
            before,
        };
        let part = asked.part(conversation::parse_cursor)?;
        let filter = filter.unwrap_or_default().checked(ctx)?;
        let side = match part.place() {
            Direction::Older(below) => Side::Older(below),
            Direction::Newer(above) => Side::Newer(above),
        };
        let rows = store::conversations::page(app(ctx).db.read(), &filter, side, part.limit())
            .await
            .map_err(fault)?;
        Ok(ConversationConnection(
            part.page(rows, conversation::cursor),
        ))
    }
}

/// One conversation, for a caller who may read.
pub(super) async fn conversation_by_id(
    ctx: &Context<'_>,
    id: Uuid,
) -> async_graphql::Result<Option<Conversation>> {
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    let found = loader.load_one(ConversationKey(id)).await?;
    Ok(found.map(Conversation))
}
