//! What work on a set would do: to how many, and why not to the others.

use super::bulk::Act;
use crate::{
    api::{
        bulk::{CancelPlan, RetryPlan},
        messages::{MessageRow, reasons},
    },
    core::{say::say, status::Status},
};

/// What would be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plan {
    pub(super) will: i32,
    /// How many are left alone, and why.
    pub(super) rest: Vec<(i32, String)>,
    /// Of single rows: those it is done to.
    pub(super) ids: Vec<String>,
}

impl Plan {
    /// By the server's dry run.
    pub(super) fn of_retry(plan: RetryPlan) -> Result<Self, String> {
        if !plan.user_errors.is_empty() {
            return Err(reasons(plan.user_errors));
        }
        let rest = plan.not_retryable.into_iter();
        Ok(Self {
            will: plan.retryable_count,
            rest: rest
                .map(|it| (it.count, format!("{}, {}", it.status.label(), it.reason)))
                .collect(),
            ids: Vec::new(),
        })
    }

    /// By the server's dry run.
    pub(super) fn of_cancel(plan: CancelPlan) -> Result<Self, String> {
        if !plan.user_errors.is_empty() {
            return Err(reasons(plan.user_errors));
        }
        Ok(Self {
            will: plan.matching_count.unwrap_or_default(),
            ..Self::default()
        })
    }
}

/// By what is known of single rows; the server decides at each anyway.
pub(super) fn plan_of<'a>(act: Act, rows: impl Iterator<Item = &'a MessageRow>) -> Plan {
    let mut plan = Plan::default();
    for row in rows {
        let can = match act {
            Act::Retry => row.is_retryable,
            Act::Cancel => matches!(row.status, Status::Scheduled | Status::Queued),
        };
        if can {
            plan.will += 1;
            plan.ids.push(row.id.inner().to_owned());
            continue;
        }
        let why = match (act, row.status) {
            (Act::Retry, Status::Unconfirmed) => {
                say!("Unconfirmed, may have been sent: Waybill settles them by itself").to_owned()
            }
            (Act::Retry, Status::Received) => say!("from customers").to_owned(),
            (_, status) => say!("{status}, left alone", status = status.label()),
        };
        match plan.rest.iter_mut().find(|it| it.1 == why) {
            Some(known) => known.0 += 1,
            None => plan.rest.push((1, why)),
        }
    }
    plan
}
