//! Reading whether everything is in order.

use std::time::Duration;

use async_graphql::{Context, Object};
use entity::user::Role;

use crate::doctor;
use crate::graphql::guard::{app, viewer};
use crate::graphql::types::health::HealthReport;

/// Whoever has mended something asks again at once.
const FRESH: Duration = Duration::from_secs(2);

/// How this server is: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Health;

/// How this server is.
#[Object(name = "HealthQuery")]
impl Health {
    /// Whether everything is in order: settings, Twilio, stores, queue, webhook, clock. At most two seconds old, so that asking
    /// often costs Twilio little; may take ten seconds itself when something does not answer. Needs the role OPERATOR.
    #[graphql(complexity = "200 + child_complexity")]
    async fn health(&self, ctx: &Context<'_>) -> async_graphql::Result<HealthReport> {
        viewer(ctx, Role::Operator)?;
        let cache = ctx.data_unchecked::<doctor::Cache>();
        let report = cache.read(app(ctx), FRESH).await;
        Ok(report.as_ref().into())
    }
}
