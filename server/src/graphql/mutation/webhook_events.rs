//! Having a webhook event processed again.

use async_graphql::{Context, ID, Object, SimpleObject};
use entity::types::Kind;
use entity::user::Role;

use crate::error::Error;
use crate::flows::replay;
use crate::graphql::guard::{actor, app, published, refusable, target};
use crate::graphql::types::user_error::UserError;
use crate::graphql::types::webhook_event::{
    ReplayWebhookEventPayload, WebhookEvent, WebhookEventFilter,
};

/// What became of replayWebhookEvents.
#[derive(SimpleObject)]
struct ReplayWebhookEventsPayload {
    /// Events of the filter that were DEAD; null when there are errors.
    matching_count: Option<u64>,
    /// Of them: those that are processed again; 0 on a dry run. Ask again while it is less and not 0.
    replayed_count: Option<u64>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// Webhook events: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct WebhookEvents;

/// Webhook events.
#[Object(name = "WebhookEventMutation")]
impl WebhookEvents {
    /// Has a DEAD webhook event processed again, within seconds and with a full set of tries.
    async fn replay_webhook_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "whe_…")] id: ID,
    ) -> async_graphql::Result<ReplayWebhookEventPayload> {
        let by = actor(ctx, Role::Operator)?;
        let replayed = match target(Kind::WebhookEvent, &id) {
            Ok(id) => replay::replay(app(ctx), &by, id).await,
            Err(error) => Err(error),
        };
        let (webhook_event, user_errors) = match replayed {
            Ok(event) => (Some(WebhookEvent(event)), Vec::new()),
            Err(Error::Refused(broken)) => {
                (None, broken.into_iter().map(UserError::from).collect())
            }
            Err(error) => return Err(published(error)),
        };
        Ok(ReplayWebhookEventPayload {
            webhook_event,
            user_errors,
        })
    }

    /// Has every webhook event of a filter that is DEAD now processed again, at most 10,000 a request. A dry run counts only.
    async fn replay_webhook_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which events, of those that are DEAD; an empty filter means all")]
        filter: WebhookEventFilter,
        #[graphql(desc = "Only count", default = false)] dry_run: bool,
    ) -> async_graphql::Result<ReplayWebhookEventsPayload> {
        let by = actor(ctx, Role::Operator)?;
        let done = replay::replay_all(app(ctx), &by, &filter.into(), dry_run).await;
        let (done, user_errors) = refusable(done)?;
        Ok(ReplayWebhookEventsPayload {
            matching_count: done.map(|it| it.matching),
            replayed_count: done.map(|it| it.replayed),
            user_errors,
        })
    }
}
