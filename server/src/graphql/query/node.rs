//! Anything by its id, for whoever may see it.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader as Batched};
use async_graphql::{Context, ID};
use entity::saved_view;
use entity::types::Kind;
use entity::user::Role;
use sea_orm::DbErr;
use uuid::Uuid;

use super::{bulk_jobs, contact_by_id, contacts, message_by_id, shop, webhook_events};
use crate::auth::Pass;
use crate::flows::saved_views;
use crate::graphql::guard::{app, bad_argument, viewer};
use crate::graphql::loaders::{AuditKey, Loader, SessionKey, TokenKey, UserKey};
use crate::graphql::types::Node;
use crate::graphql::types::access::{Session, Token, User};
use crate::graphql::types::audit::AuditEntry;
use crate::graphql::types::saved_view::SavedView;
use crate::store;

/// What has this id; `None`: nothing, or nothing that the viewer may see.
pub(super) async fn find(ctx: &Context<'_>, id: &ID) -> async_graphql::Result<Option<Node>> {
    viewer(ctx, Role::Viewer)?;
    let Some((kind, id)) = Kind::parse_any(id) else {
        return Err(bad_argument("id: not an id of this API"));
    };
    Ok(match kind {
        Kind::Message => message_by_id(ctx, id).await?.map(Node::Message),
        Kind::Contact => contact_by_id(ctx, id).await?.map(Node::Contact),
        Kind::BulkJob => bulk_jobs::by_id(ctx, id).await?.map(Node::BulkJob),
        Kind::WebhookEvent => {
            let event = webhook_events::by_id(ctx, id).await?;
            event.map(Node::WebhookEvent)
        }
        Kind::Conversation => {
            let conversation = contacts::conversation_by_id(ctx, id).await?;
            conversation.map(Node::Conversation)
        }
        Kind::User => user(ctx, id).await?.map(Node::User),
        Kind::ApiToken => token(ctx, id).await?.map(Node::Token),
        Kind::Session => session(ctx, id).await?.map(Node::Session),
        Kind::SavedView => view(ctx, id).await?.map(Node::SavedView),
        Kind::AuditEntry => audit_entry(ctx, id).await?.map(Node::AuditEntry),
        Kind::Product => shop::product_by_id(ctx, id).await?.map(Node::Product),
        Kind::Order => shop::order_by_id(ctx, id).await?.map(Node::Order),
        Kind::OrderItem => shop::item_by_id(ctx, id).await?.map(Node::OrderItem),
        // It is seen as a part of its message only.
        Kind::DeliveryAttempt => None,
    })
}

/// A user: for administrators, and for themselves.
async fn user(ctx: &Context<'_>, id: Uuid) -> async_graphql::Result<Option<User>> {
    let asks = viewer(ctx, Role::Viewer)?;
    if asks.role < Role::Admin && asks.id != Kind::User.encode(id) {
        return Ok(None);
    }
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    Ok(loader.load_one(UserKey(id)).await?.map(User))
}

/// A token: for administrators, and for itself.
async fn token(ctx: &Context<'_>, id: Uuid) -> async_graphql::Result<Option<Token>> {
    let asks = viewer(ctx, Role::Viewer)?;
    if asks.role < Role::Admin && asks.pass != Pass::Token(id) {
        return Ok(None);
    }
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    Ok(loader.load_one(TokenKey(id)).await?.map(Token))
}

/// A session that has not ended: for administrators, and for its user.
async fn session(ctx: &Context<'_>, id: Uuid) -> async_graphql::Result<Option<Session>> {
    let asks = viewer(ctx, Role::Viewer)?;
    let (own, whose) = match asks.pass {
        Pass::Session { id, user } => (Some(id), Some(user)),
        Pass::Token(_) => (None, None),
    };
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    let found = loader.load_one(SessionKey(id)).await?;
    let now = app(ctx).now();
    let seen = found.filter(|it| {
        it.expires_at > now && (asks.role >= Role::Admin || whose == Some(it.user_id))
    });
    Ok(seen.map(|row| Session { row, own }))
}

/// A view: for whoever sees it.
async fn view(ctx: &Context<'_>, id: Uuid) -> async_graphql::Result<Option<SavedView>> {
    let asks = viewer(ctx, Role::Viewer)?;
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    let found = loader.load_one(ViewKey(id)).await?;
    let seen = found.filter(|it| saved_views::is_seen_by(it, asks));
    Ok(seen.map(|row| SavedView {
        is_own: row.owner == asks.id,
        row,
    }))
}

/// A view by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ViewKey(Uuid);

impl Batched<ViewKey> for Loader {
    type Value = saved_view::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[ViewKey]) -> Result<HashMap<ViewKey, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|it| it.0);
        let found = store::saved_views::by_ids(self.0.db.read(), ids).await?;
        Ok(found.into_iter().map(|it| (ViewKey(it.id), it)).collect())
    }
}

/// An entry of the audit log: for administrators.
async fn audit_entry(ctx: &Context<'_>, id: Uuid) -> async_graphql::Result<Option<AuditEntry>> {
    if viewer(ctx, Role::Viewer)?.role < Role::Admin {
        return Ok(None);
    }
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    Ok(loader.load_one(AuditKey(id)).await?.map(AuditEntry))
}
