//! Reading what Twilio posted.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object};
use entity::types::Kind;
use entity::user::Role;
use uuid::Uuid;

use crate::graphql::guard::{app, fault, id_of, viewer};
use crate::graphql::loaders::{Loader, WebhookEventKey};
use crate::graphql::page::Asked;
use crate::graphql::types::webhook_event::{
    WebhookEvent, WebhookEventConnection, WebhookEventFilter,
};
use crate::store;

/// Webhook events: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct WebhookEvents;

/// Webhook events.
#[Object(name = "WebhookEventQuery")]
impl WebhookEvents {
    /// One webhook event; null when there is none.
    async fn webhook_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "whe_…")] id: ID,
    ) -> async_graphql::Result<Option<WebhookEvent>> {
        viewer(ctx, Role::Viewer)?;
        by_id(ctx, id_of(Kind::WebhookEvent, &id)?).await
    }

    /// What Twilio posted, newest first, in pages of at most 100.
    #[graphql(complexity = "5 + crate::graphql::page::cost(first.or(last), child_complexity)")]
    async fn webhook_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the newest on, 50 without it")] first: Option<i32>,
        #[graphql(desc = "Only what is older than this cursor")] after: Option<String>,
        #[graphql(desc = "Items from the oldest on")] last: Option<i32>,
        #[graphql(desc = "Only what is newer than this cursor")] before: Option<String>,
        #[graphql(desc = "Which events; all without it")] filter: Option<WebhookEventFilter>,
    ) -> async_graphql::Result<WebhookEventConnection> {
        viewer(ctx, Role::Viewer)?;
        let asked = Asked {
            first,
            after,
            last,
            before,
        };
        let window = asked.window(Kind::WebhookEvent)?;
        let filter = filter.unwrap_or_default().into();
        let (db, side) = (app(ctx).db.read(), window.side());
        let rows = store::webhook_events::page(db, &filter, side, window.limit())
            .await
            .map_err(fault)?;
        Ok(WebhookEventConnection(window.page(rows, |it| it.id)))
    }
}

/// One event, for a caller who may read.
pub(super) async fn by_id(
    ctx: &Context<'_>,
    id: Uuid,
) -> async_graphql::Result<Option<WebhookEvent>> {
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    Ok(loader
        .load_one(WebhookEventKey(id))
        .await?
        .map(WebhookEvent))
}
