//! What happened to messages over time, as charts want it.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};

use super::message::Message;
use super::twilio_error::TwilioError;
use crate::domain::catalogue;
use crate::flows::failures::Group;
use crate::flows::stats::{Counts, Part, Stats};
use crate::store::stats::{Bucket, Reason};

/// How long the buckets of a chart are; they begin with minutes, hours and days of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StatsBucket", remote = "Bucket")]
pub(in crate::graphql) enum BucketEnum {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// What happened to messages over time.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DeliveryStats {
    /// Every bucket of the range, oldest first; those in which nothing happened are zero.
    buckets: Vec<DeliveryBucket>,
    /// The range as a whole.
    totals: DeliveryCounts,
    /// Why messages ended as FAILED or UNDELIVERED, most frequent first.
    reasons: Vec<FailureReason>,
}

/// What happened to messages in one bucket.
#[derive(SimpleObject)]
struct DeliveryBucket {
    /// The bucket's begin. What it holds of the time before the range is not counted.
    start_at: DateTime<Utc>,
    /// What happened in it.
    counts: DeliveryCounts,
}

/// How often what happened. Each message counts once for each status it moved to; one that it skipped, because a later
/// callback was faster, is not counted.
#[derive(SimpleObject)]
struct DeliveryCounts {
    /// Messages from customers, the recovered ones included.
    received: i32,
    /// Messages of this server that were stored.
    created: i32,
    /// Taken by Twilio.
    accepted: i32,
    /// Taken by WhatsApp.
    sent: i32,
    /// On the recipient's phone.
    delivered: i32,
    /// Read by the recipient.
    read: i32,
    /// WhatsApp could not deliver them.
    undelivered: i32,
    /// Refused, or given up.
    failed: i32,
    /// Taken back before they left.
    canceled: i32,
    /// Back into the queue: after a passing failure, or because somebody asked to send again.
    retried: i32,
    /// Requests to Twilio that got no clear answer.
    unconfirmed: i32,
    /// Messages from customers whose webhook never came, found in Twilio's list.
    recovered: i32,
}

/// How often messages ended with one error.
#[derive(SimpleObject)]
struct FailureReason {
    /// Twilio's error code; null for those that had none.
    code: Option<i32>,
    /// How often.
    count: i32,
    /// What the code means; null without one, or when it is not in the catalogue.
    error: Option<TwilioError>,
}

/// Messages that reached nobody for one cause.
#[derive(SimpleObject)]
pub(in crate::graphql) struct FailureGroup {
    /// Twilio's error code; null for those that had none.
    code: Option<i32>,
    /// What the code means; null without one, or when it is not in the catalogue.
    error: Option<TwilioError>,
    /// How often.
    count: i32,
    /// The minute in which it happened first, within the range.
    first_at: DateTime<Utc>,
    /// The minute in which it happened last.
    last_at: DateTime<Utc>,
    /// How often in each of 24 equal parts of the range, oldest first.
    trend: Vec<i32>,
    /// The newest message that stands so now; null: it is older than the newest few thousand failures, was sent again or deleted.
    example: Option<Message>,
}

impl From<Group> for FailureGroup {
    fn from(it: Group) -> Self {
        Self {
            code: it.code,
            error: it.code.and_then(catalogue::find).map(TwilioError),
            count: int(it.count),
            first_at: it.first_at,
            last_at: it.last_at,
            trend: it.trend.into_iter().map(int).collect(),
            example: it.example.map(Message::from),
        }
    }
}

impl From<Stats> for DeliveryStats {
    fn from(it: Stats) -> Self {
        Self {
            buckets: it.parts.into_iter().map(Into::into).collect(),
            totals: it.totals.into(),
            reasons: it.reasons.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Part> for DeliveryBucket {
    fn from(it: Part) -> Self {
        Self {
            start_at: it.start_at,
            counts: it.counts.into(),
        }
    }
}

impl From<Counts> for DeliveryCounts {
    fn from(it: Counts) -> Self {
        Self {
            received: int(it.received),
            created: int(it.created),
            accepted: int(it.accepted),
            sent: int(it.sent),
            delivered: int(it.delivered),
            read: int(it.read),
            undelivered: int(it.undelivered),
            failed: int(it.failed),
            canceled: int(it.canceled),
            retried: int(it.retried),
            unconfirmed: int(it.unconfirmed),
            recovered: int(it.recovered),
        }
    }
}

impl From<Reason> for FailureReason {
    fn from(it: Reason) -> Self {
        Self {
            code: (it.error_code != 0).then_some(it.error_code),
            count: int(it.count),
            error: catalogue::find(it.error_code).map(TwilioError),
        }
    }
}

fn int(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
