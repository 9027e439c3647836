//! Reading what the webhook refused.

use async_graphql::{Context, Object};
use entity::user::Role;

use crate::flows::refusals::MOST_KEPT;
use crate::graphql::guard::{app, bad_argument, fault, viewer};
use crate::graphql::types::webhook_refusal::WebhookRefusal;
use crate::store;

/// Refused webhook requests: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct WebhookRefusals;

/// Refused webhook requests.
#[Object(name = "WebhookRefusalQuery")]
impl WebhookRefusals {
    /// Why webhook requests were refused, by cause, the newest first. Empty where all of Twilio's come in. For operators.
    #[graphql(complexity = "5 + crate::graphql::page::cost(Some(first), child_complexity)")]
    async fn webhook_refusals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Causes, 500 at most: no more are kept", default = 50)] first: i32,
    ) -> async_graphql::Result<Vec<WebhookRefusal>> {
        viewer(ctx, Role::Operator)?;
        let limit = u64::try_from(first)
            .ok()
            .filter(|it| (1..=MOST_KEPT).contains(it))
            .ok_or_else(|| bad_argument(format!("first: 1 to {MOST_KEPT}")))?;
        let rows = store::webhook_refusals::newest(app(ctx).db.read(), limit).await;
        Ok(rows.map_err(fault)?.into_iter().map(Into::into).collect())
    }
}
