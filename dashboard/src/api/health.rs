//! Whether everything is in order: asked once, or told whenever it changes.

use cynic::{QueryBuilder, SubscriptionBuilder};

use super::{client, error::ApiError};
use crate::{
    core::{
        checks::{Check, Health},
        words::Timestamp,
    },
    schema,
};

#[derive(cynic::QueryFragment, Clone, Debug)]
struct HealthCheck {
    name: String,
    status: Health,
    measured: String,
    fix: Option<String>,
    duration_ms: i32,
}

/// What all checks found.
#[derive(cynic::QueryFragment, Clone, Debug)]
pub(crate) struct HealthReport {
    pub(crate) at: Timestamp,
    pub(crate) status: Health,
    checks: Vec<HealthCheck>,
}

impl HealthReport {
    /// The checks, in the server's order.
    pub(crate) fn checks(&self) -> Vec<Check> {
        let check = |it: &HealthCheck| Check {
            name: it.name.clone(),
            status: it.status,
            measured: it.measured.clone(),
            fix: it.fix.clone(),
            took_ms: it.duration_ms,
        };
        self.checks.iter().map(check).collect()
    }
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct HealthQuery {
    health: HealthReport,
}

/// The answer to the subscription.
#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Subscription")]
pub(crate) struct HealthChanged {
    pub(crate) health_changed: HealthReport,
}

/// Runs the checks; those of the last ten seconds are not run again.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn health() -> Result<HealthReport, ApiError> {
    client::run(HealthQuery::build(()), None)
        .await
        .map(|it| it.health)
}

/// The operation that follows the checks.
pub(crate) fn follow() -> String {
    serde_json::to_string(&HealthChanged::build(())).unwrap_or_default()
}
