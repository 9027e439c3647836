//! Having a webhook event processed again.

use async_graphql::{Context, ID, Object};
use entity::types::Kind;
use entity::user::Role;

use crate::error::Error;
use crate::flows::replay;
use crate::graphql::guard::{actor, app, published, target};
use crate::graphql::types::user_error::UserError;
use crate::graphql::types::webhook_event::{ReplayWebhookEventPayload, WebhookEvent};

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
}
