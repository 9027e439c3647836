//! Does somebody do the work, and does it get done?

use chrono::{DateTime, TimeDelta, Utc};
use entity::node;
use entity::types::{Lane, MessageStatus};
use entity::webhook_event::WebhookState;
use sea_orm::DbErr;

use super::storage::Base;
use super::twilio::{Account, State};
use super::{CREDENTIALS, DATABASE, Finding, Subject, ago};
use crate::presence::ALIVE;
use crate::store::{self, Db};

/// A message that is due so long should have left.
const LATE: TimeDelta = TimeDelta::seconds(60);

/// Whether a process takes messages from the queue.
pub(super) fn worker(subject: &Subject, account: &Account, base: &Base) -> Finding {
    let nodes = match base {
        // There the simulator is a part of the process that is missing.
        _ if account.state == State::NotRunning => return Finding::needs(CREDENTIALS),
        Base::Closed => return Finding::needs(DATABASE),
        Base::New => &[],
        Base::Open { nodes, .. } => nodes.as_slice(),
    };
    of_nodes(nodes, subject.clock.now())
}

fn of_nodes(nodes: &[node::Model], now: DateTime<Utc>) -> Finding {
    let is_alive = |seen_at: DateTime<Utc>| now - seen_at <= ALIVE;
    let alive = nodes.iter().filter(|it| is_alive(it.seen_at)).count();
    let workers = nodes.iter().filter(|it| it.role.works());
    let count = workers.clone().filter(|it| is_alive(it.seen_at)).count();
    let last = workers.map(|it| it.seen_at).max();
    let heard = last.map(|at| ago((now - at).num_seconds()));
    match (heard, count) {
        (Some(heard), 1..) => Finding::ok(format!(
            "{count} of {alive} running processes, heard of {heard} ago"
        )),
        (_, 0) if alive > 0 => Finding::fail(
            format!("{alive} processes run, and none of them works the queue"),
            "start one: waybill serve --role worker",
        ),
        (Some(heard), _) => Finding::fail(
            format!("last heard of {heard} ago"),
            "start waybill serve; if it runs, look at its log for the database",
        ),
        (None, _) => Finding::fail("none was heard of within an hour", "start waybill serve"),
    }
}

/// Whether a process that serves the webhook runs; `None`: not known.
pub(super) fn is_served(subject: &Subject, base: &Base) -> Option<bool> {
    let now = subject.clock.now();
    match base {
        Base::Closed => None,
        Base::New => Some(false),
        Base::Open { nodes, .. } => Some(
            nodes
                .iter()
                .any(|it| it.role.serves() && now - it.seen_at <= ALIVE),
        ),
    }
}

/// Whether messages and webhook events get done.
pub(super) async fn queue(subject: &Subject, base: &Base) -> Finding {
    match base {
        Base::Closed => Finding::needs(DATABASE),
        Base::New => Finding::ok("empty"),
        Base::Open { db, .. } => match Waiting::count(db, subject.clock.now()).await {
            Ok(waiting) => waiting.judged(),
            Err(error) => Finding::fail(
                format!("can't be counted: {error}"),
                "look at the database's own log",
            ),
        },
    }
}

/// What waits.
#[derive(Debug, Default)]
struct Waiting {
    queued: i64,
    /// How long the message waits that is due longest, in lanes that are not paused.
    oldest: TimeDelta,
    unconfirmed: i64,
    dead_events: u64,
    /// Lanes that are paused while messages wait in them.
    paused: Vec<&'static str>,
}

impl Waiting {
    async fn count(db: &Db, now: DateTime<Utc>) -> Result<Self, DbErr> {
        let db = db.read();
        let depths = store::queue::depth::depths(db).await?;
        let total = |lane: Option<Lane>, status| -> i64 {
            let of = depths.iter().filter(|it| it.status == status);
            of.filter(|it| lane.is_none_or(|lane| it.lane == lane))
                .map(|it| it.total)
                .sum()
        };
        let held = store::pauses::at(db, now).await?;
        let is_paused = |lane: &Lane| held.iter().any(|it| it.lane == *lane);
        let (paused, open): (Vec<Lane>, Vec<Lane>) = Lane::ALL.into_iter().partition(is_paused);
        let oldest = store::queue::depth::oldest_due(db, &open, now).await?;
        let holds = |lane: &Lane| total(Some(*lane), MessageStatus::Queued) > 0;
        Ok(Self {
            queued: total(None, MessageStatus::Queued),
            oldest: oldest.map_or(TimeDelta::zero(), |at| now - at),
            unconfirmed: total(None, MessageStatus::Unconfirmed),
            dead_events: store::webhook_events::count_in(db, WebhookState::Dead).await?,
            paused: paused.into_iter().filter(holds).map(Lane::as_str).collect(),
        })
    }

    fn judged(&self) -> Finding {
        let measured = format!(
            "{} queued, oldest due for {}, {} unconfirmed, {} dead webhook events",
            self.queued,
            ago(self.oldest.num_seconds()),
            self.unconfirmed,
            self.dead_events
        );
        let mut fixes = Vec::new();
        if self.oldest > LATE {
            fixes.push("more is queued than leaves: see the lines above, queueMetrics and SEND_RATE_PER_SENDER".to_owned());
        }
        if !self.paused.is_empty() {
            let lanes = self.paused.join(", ");
            fixes.push(format!(
                "messages wait in a paused lane ({lanes}): resumeQueue releases it"
            ));
        }
        if self.unconfirmed > 0 {
            fixes.push("Twilio is being asked what became of the unconfirmed ones: see messages with the status UNCONFIRMED".to_owned());
        }
        if self.dead_events > 0 {
            fixes.push(
                "read the errors in webhookEvents(filter: {state: DEAD}), then replayWebhookEvent"
                    .to_owned(),
            );
        }
        if fixes.is_empty() {
            return Finding::ok(measured);
        }
        Finding::warn(measured, fixes.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use entity::node::Role;

    use super::super::Status;
    use super::*;

    fn node(role: Role, age_seconds: i64) -> node::Model {
        let at = DateTime::from_timestamp(1_795_251_907, 0).unwrap();
        node::Model {
            name: format!("node-{age_seconds}"),
            role,
            version: String::new(),
            concurrency: 1,
            sending: 0,
            started_at: at,
            seen_at: at - TimeDelta::seconds(age_seconds),
        }
    }

    #[test]
    fn somebody_must_work_the_queue_and_be_heard_of() {
        let now = node(Role::All, 0).seen_at;
        let of = |nodes: &[node::Model]| of_nodes(nodes, now);
        let well = of(&[
            node(Role::Worker, 3),
            node(Role::Api, 1),
            node(Role::All, 900),
        ]);
        assert_eq!(
            (well.status, well.measured.as_str()),
            (Status::Ok, "1 of 2 running processes, heard of 3 s ago")
        );
        for (nodes, measured, fix) in [
            (vec![], "none", "start waybill serve"),
            (
                vec![node(Role::All, 300)],
                "5 min ago",
                "start waybill serve",
            ),
            (vec![node(Role::Api, 1)], "none of them", "--role worker"),
            (
                vec![node(Role::Api, 1), node(Role::Worker, 60)],
                "none of them",
                "--role worker",
            ),
        ] {
            let finding = of(&nodes);
            assert_eq!(finding.status, Status::Fail, "{nodes:?}");
            assert!(finding.measured.contains(measured), "{finding:?}");
            assert!(finding.fix.as_deref().unwrap().contains(fix), "{finding:?}");
        }
    }

    #[test]
    fn what_waits_too_long_is_told_with_where_to_look() {
        let nothing = Waiting::default;
        assert_eq!(nothing().judged().status, Status::Ok);
        let busy = Waiting {
            queued: 9_000,
            oldest: TimeDelta::seconds(59),
            ..nothing()
        };
        assert_eq!(busy.judged().status, Status::Ok, "busy is no fault");
        let told = |change: fn(&mut Waiting), word: &str| {
            let mut waiting = nothing();
            change(&mut waiting);
            let finding = waiting.judged();
            assert_eq!(finding.status, Status::Warn);
            assert!(finding.fix.unwrap().contains(word), "{word}");
        };
        told(
            |it| it.oldest = TimeDelta::seconds(61),
            "SEND_RATE_PER_SENDER",
        );
        told(|it| it.paused = vec!["BULK"], "resumeQueue");
        told(|it| it.unconfirmed = 1, "UNCONFIRMED");
        told(|it| it.dead_events = 1, "replayWebhookEvent");
    }
}
