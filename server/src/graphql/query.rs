//! What can be read.

pub(super) mod access;
pub(super) mod bulk_jobs;
pub(super) mod contacts;
pub(super) mod health;
mod node;
pub(super) mod saved_views;
pub(super) mod shop;
pub(super) mod stats;
pub(super) mod templates;
pub(super) mod webhook_events;
pub(super) mod webhook_refusals;

use async_graphql::{Context, ID, Object};
use entity::types::Kind;
use entity::user::Role;

use super::guard::{app, bad_argument, fault, viewer};
use super::loaders::{ContactKey, Loader, MessageKey};
use super::page::{self, Asked};
use super::types::Node;
use super::types::contact::Contact;
use super::types::message::{Message, MessageConnection, MessageFilter, Whose};
use super::types::queue::QueueMetrics;
use super::types::simulator::Simulator;
use super::types::twilio_error::TwilioError;
use super::types::viewer::ViewerInfo;
use crate::domain::catalogue;
use crate::store;

/// Messages, contacts and the queue: a part of the root of queries.
#[derive(Debug, Default)]
pub(super) struct Query;

/// What can be read.
#[Object(name = "MessageQuery")]
#[expect(
    clippy::unused_async,
    reason = "the macro takes async functions only where a context comes in"
)]
impl Query {
    /// Anything that has an id; null when there is nothing of this id, or nothing that the viewer may see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Any public id, e.g. msg_01j…")] id: ID,
    ) -> async_graphql::Result<Option<Node>> {
        node::find(ctx, &id).await
    }

    /// Things by their ids, in the order of the ids, at most 100; null in the place of an id that there is nothing of.
    #[graphql(
        complexity = "5 + crate::graphql::page::cost(i32::try_from(ids.len()).ok(), child_complexity)"
    )]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Public ids, e.g. msg_01j…")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        viewer(ctx, Role::Viewer)?;
        // Asked for together, so that the loaders read each kind by one statement.
        let each = ids.iter().map(|id| node::find(ctx, id));
        futures_util::future::try_join_all(each).await
    }

    /// Who is asking, and what server answers.
    async fn viewer(&self, ctx: &Context<'_>) -> async_graphql::Result<ViewerInfo> {
        Ok(ViewerInfo::new(app(ctx), viewer(ctx, Role::Viewer)?))
    }

    /// One message, by its id or by Twilio's (SM…, MM…); null when there is none.
    async fn message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "msg_…, or Twilio's id of the message")] id: ID,
    ) -> async_graphql::Result<Option<Message>> {
        viewer(ctx, Role::Viewer)?;
        let is_sid = id.bytes().all(|it| it.is_ascii_alphanumeric());
        if is_sid && (id.starts_with("SM") || id.starts_with("MM")) {
            let found = store::messages::by_twilio_sid(app(ctx).db.read(), &id)
                .await
                .map_err(fault)?;
            return Ok(found.map(Message::from));
        }
        let id = Kind::Message
            .parse(&id)
            .map_err(|error| bad_argument(format!("id: {error}")))?;
        message_by_id(ctx, id).await
    }

    /// Messages, newest first, in pages of at most 100.
    #[graphql(complexity = "5 + crate::graphql::page::cost(first.or(last), child_complexity)")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the newest on, 50 without it")] first: Option<i32>,
        #[graphql(desc = "Only what is older than this cursor")] after: Option<String>,
        #[graphql(desc = "Items from the oldest on")] last: Option<i32>,
        #[graphql(desc = "Only what is newer than this cursor")] before: Option<String>,
        #[graphql(desc = "Which messages; all without it")] filter: Option<MessageFilter>,
    ) -> async_graphql::Result<MessageConnection> {
        viewer(ctx, Role::Viewer)?;
        let app = app(ctx);
        let filter = filter.unwrap_or_default().checked(ctx)?;
        let filter = store::search::narrow(app.db.read(), filter)
            .await
            .map_err(fault)?;
        let mut head = 0;
        if ctx.look_ahead().field("eventCursor").exists() {
            head = store::message_events::head(app.db.read())
                .await
                .map_err(fault)?;
        }
        let asked = Asked {
            first,
            after,
            last,
            before,
        };
        let page = page::read(ctx, &filter, &asked).await?;
        let whose = Whose::Filtered(Box::new(filter));
        Ok(MessageConnection { page, whose, head })
    }

    /// One contact; null when there is none.
    async fn contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "con_…")] id: ID,
    ) -> async_graphql::Result<Option<Contact>> {
        viewer(ctx, Role::Viewer)?;
        let id = Kind::Contact
            .parse(&id)
            .map_err(|error| bad_argument(format!("id: {error}")))?;
        contact_by_id(ctx, id).await
    }

    /// The queue now.
    #[graphql(complexity = "20 + child_complexity")]
    async fn queue_metrics(&self, ctx: &Context<'_>) -> async_graphql::Result<QueueMetrics> {
        viewer(ctx, Role::Viewer)?;
        QueueMetrics::read(app(ctx)).await.map_err(fault)
    }

    /// What Twilio's error codes mean; unknown ones are left out.
    #[graphql(
        complexity = "5 + crate::graphql::page::cost(codes.as_ref().map_or(Some(100), |it| i32::try_from(it.len()).ok()), child_complexity)"
    )]
    async fn twilio_errors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "These codes only, at most 100; all without it")] codes: Option<Vec<i32>>,
    ) -> async_graphql::Result<Vec<TwilioError>> {
        viewer(ctx, Role::Viewer)?;
        Ok(match codes {
            Some(codes) => codes
                .into_iter()
                .filter_map(catalogue::find)
                .map(TwilioError)
                .collect(),
            None => catalogue::all().map(TwilioError).collect(),
        })
    }

    /// The simulated Twilio's phones; null when this server talks to the real Twilio.
    async fn simulator(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Simulator>> {
        viewer(ctx, Role::Viewer)?;
        Ok(app(ctx).phones.clone().map(Simulator))
    }
}

async fn message_by_id(
    ctx: &Context<'_>,
    id: uuid::Uuid,
) -> async_graphql::Result<Option<Message>> {
    let loader = ctx.data_unchecked::<async_graphql::dataloader::DataLoader<Loader>>();
    Ok(loader.load_one(MessageKey(id)).await?.map(Message::from))
}

async fn contact_by_id(
    ctx: &Context<'_>,
    id: uuid::Uuid,
) -> async_graphql::Result<Option<Contact>> {
    let loader = ctx.data_unchecked::<async_graphql::dataloader::DataLoader<Loader>>();
    Ok(loader.load_one(ContactKey(id)).await?.map(Contact::from))
}
