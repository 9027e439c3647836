//! Following whether everything is in order.

use std::time::Duration;

use async_graphql::{Context, Subscription};
use entity::user::Role;
use futures_util::stream::{self, Stream};

use super::Events;
use crate::doctor::{self, Report, Status};
use crate::graphql::guard::{app, viewer};
use crate::graphql::types::health::HealthReport;

/// How old a report may be that everybody who follows is told of.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How this server is: a part of the root of subscriptions.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Health;

/// How this server is.
#[Subscription(name = "HealthSubscription")]
#[expect(clippy::unused_async, reason = "the macro takes async functions only")]
impl Health {
    /// Whether everything is in order: as it is now, then whenever a check finds something else. Looks every ten seconds. Needs
    /// the role OPERATOR.
    async fn health_changed(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<impl Stream<Item = Events<HealthReport>>> {
        viewer(ctx, Role::Operator)?;
        let cache = ctx.data_unchecked::<doctor::Cache>().clone();
        let app = app(ctx).clone();
        Ok(stream::unfold(
            None,
            move |told: Option<Vec<(&'static str, Status)>>| {
                let (app, cache) = (app.clone(), cache.clone());
                async move {
                    let mut is_first = told.is_none();
                    loop {
                        if !is_first {
                            tokio::time::sleep(LOOK_EVERY).await;
                        }
                        is_first = false;
                        let report = cache.read(&app, LOOK_EVERY).await;
                        let now = statuses(&report);
                        if told.as_ref() != Some(&now) {
                            return Some((Ok(report.as_ref().into()), Some(now)));
                        }
                    }
                }
            },
        ))
    }
}

fn statuses(report: &Report) -> Vec<(&'static str, Status)> {
    report
        .checks
        .iter()
        .map(|it| (it.name, it.status))
        .collect()
}
