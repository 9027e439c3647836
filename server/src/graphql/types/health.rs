//! Whether everything is in order.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};

use crate::doctor::{Check, Report, Status};

/// Whether everything is in order, and what to do if not: the same checks as of `waybill doctor`.
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct HealthReport {
    /// The worst of the checks: OK, WARN or FAIL.
    status: Status,
    /// When the checks began.
    at: DateTime<Utc>,
    /// In a fixed order.
    checks: Vec<HealthCheck>,
}

/// What one check found.
#[derive(Clone, Debug, SimpleObject)]
struct HealthCheck {
    /// What was looked at, e.g. database.
    name: &'static str,
    /// How it is.
    status: Status,
    /// What was measured or read, for people.
    measured: String,
    /// What to do, naming the setting or command; null when nothing is.
    fix: Option<String>,
    /// How long the looking took, in milliseconds.
    duration_ms: i32,
}

impl From<&Report> for HealthReport {
    fn from(report: &Report) -> Self {
        Self {
            status: report.status(),
            at: report.at,
            checks: report.checks.iter().map(HealthCheck::from).collect(),
        }
    }
}

impl From<&Check> for HealthCheck {
    fn from(check: &Check) -> Self {
        Self {
            name: check.name,
            status: check.status,
            measured: check.measured.clone(),
            fix: check.fix.clone(),
            duration_ms: i32::try_from(check.took.as_millis()).unwrap_or(i32::MAX),
        }
    }
}
