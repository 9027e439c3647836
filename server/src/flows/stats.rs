//! What happened to messages between two times, for charts: out of the rollups, so that it costs the same beside any log.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use entity::message_event::EventKind;
use entity::types::MessageStatus;

use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store::stats::{self, Bucket, Count, Reason};

/// Most parts of one range.
pub const MOST_BUCKETS: usize = 1_500;
/// Most codes told; the catalogue has fewer.
const MOST_REASONS: u64 = 100;

/// How often what happened. A message that skips a status, because a later callback was faster, is not counted in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages from customers, those found later included.
    pub received: i64,
    /// Messages of ours that were stored.
    pub created: i64,
    /// Taken by the provider.
    pub accepted: i64,
    /// Taken by the channel.
    pub sent: i64,
    /// On the recipient's device.
    pub delivered: i64,
    /// Read by the recipient.
    pub read: i64,
    /// The channel could not deliver them.
    pub undelivered: i64,
    /// Refused, or given up.
    pub failed: i64,
    /// Taken back.
    pub canceled: i64,
    /// Back into the queue: after a passing failure, or because somebody asked.
    pub retried: i64,
    /// Requests without a clear answer.
    pub unconfirmed: i64,
    /// Messages from customers whose webhook never came.
    pub recovered: i64,
}

/// One part of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its begin.
    pub start_at: DateTime<Utc>,
    /// What happened in it.
    pub counts: Counts,
}

/// A range.
#[derive(Clone, Debug)]
pub struct Stats {
    /// Its parts, oldest first, without a gap.
    pub parts: Vec<Part>,
    /// All of them together.
    pub totals: Counts,
    /// Why messages reached nobody, most frequent first.
    pub reasons: Vec<Reason>,
}

/// What happened from one time to before another, to the minute.
///
/// # Errors
/// That the range is empty, or has too many parts; or a fault.
pub async fn read(
    app: &App,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    bucket: Bucket,
) -> Result<Stats> {
    let mut parts = parts(from, to, bucket)?;
    let from = floor(from, TimeDelta::minutes(1))?;
    let range = from..to;
    let db = app.db.read();
    let mut totals = Counts::default();
    for count in stats::between(db, &range, bucket).await? {
        totals.add(&count);
        if let Ok(at) = parts.binary_search_by_key(&count.at, |it| it.start_at) {
            parts[at].counts.add(&count);
        }
    }
    let reasons = stats::reasons(db, &range, MOST_REASONS).await?;
    Ok(Stats {
        parts,
        totals,
        reasons,
    })
}

impl Counts {
    fn add(&mut self, it: &Count) {
        match it.kind {
            EventKind::Received => self.received += it.count,
            EventKind::Recovered => {
                self.received += it.count;
                self.recovered += it.count;
            }
            EventKind::Created => self.created += it.count,
            EventKind::RetryPlanned | EventKind::RetryRequested => self.retried += it.count,
            // Where these led to is in the status.
            EventKind::BotFailed
            | EventKind::Due
            | EventKind::Attempted
            | EventKind::Accepted
            | EventKind::Failed
            | EventKind::Unconfirmed
            | EventKind::Reconciled
            | EventKind::Callback
            | EventKind::Canceled => {}
        }
        match it.status {
            MessageStatus::Accepted => self.accepted += it.count,
            MessageStatus::Sent => self.sent += it.count,
            MessageStatus::Delivered => self.delivered += it.count,
            MessageStatus::Read => self.read += it.count,
            MessageStatus::Undelivered => self.undelivered += it.count,
            MessageStatus::Failed => self.failed += it.count,
            MessageStatus::Canceled => self.canceled += it.count,
            MessageStatus::Unconfirmed => self.unconfirmed += it.count,
            MessageStatus::Scheduled
            | MessageStatus::Queued
            | MessageStatus::Sending
            | MessageStatus::Received => {}
        }
    }
}

/// The parts of a range, all zero.
fn parts(from: DateTime<Utc>, to: DateTime<Utc>, bucket: Bucket) -> Result<Vec<Part>> {
    if from >= to {
        return Err(bad("from", "must be before to"));
    }
    let length = bucket.length();
    let first = floor(from, length)?;
    let count = (to - first - TimeDelta::nanoseconds(1)).num_seconds() / length.num_seconds() + 1;
    if usize::try_from(count).unwrap_or(usize::MAX) > MOST_BUCKETS {
        let words = format!(
            "the range has {count} buckets, at most {MOST_BUCKETS} are answered: ask for longer buckets or a shorter range"
        );
        return Err(Refusal::whole(RefusalCode::TooMany, words).into());
    }
    let part = |start_at| Part {
        start_at,
        counts: Counts::default(),
    };
    let next = |at: &DateTime<Utc>| at.checked_add_signed(length);
    let starts = std::iter::successors(Some(first), next).take_while(|at| *at < to);
    Ok(starts.map(part).collect())
}

fn floor(at: DateTime<Utc>, to: TimeDelta) -> Result<DateTime<Utc>> {
    at.duration_trunc(to)
        .map_err(|_| bad("from", "is too far from now"))
}

fn bad(field: &'static str, words: &str) -> crate::error::Error {
    Refusal::field(
        RefusalCode::InvalidContent,
        field,
        format!("{field}: {words}"),
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_has_every_part_that_it_touches_and_no_other() {
        for (from, to, bucket, count, first) in [
            (
                "2026-03-01T10:00:00Z",
                "2026-03-01T11:00:00Z",
                Bucket::Minute,
                60,
                "2026-03-01T10:00:00Z",
            ),
            (
                "2026-03-01T10:59:59Z",
                "2026-03-01T11:00:01Z",
                Bucket::Hour,
                2,
                "2026-03-01T10:00:00Z",
            ),
            (
                "2026-02-28T23:00:00Z",
                "2026-03-01T00:00:00Z",
                Bucket::Day,
                1,
                "2026-02-28T00:00:00Z",
            ),
        ] {
            let parts = parts(at(from), at(to), bucket).unwrap();
            assert_eq!(
                (parts.len(), parts[0].start_at),
                (count, at(first)),
                "{from}"
            );
        }
    }

    #[test]
    fn an_empty_or_too_long_range_is_refused_by_name() {
        let start = at("2026-03-01T10:00:00Z");
        let words = |to, bucket| parts(start, to, bucket).unwrap_err().to_string();
        assert_eq!(words(start, Bucket::Day), "from: must be before to");
        let minutes = |count| start + TimeDelta::minutes(count);
        assert_eq!(
            parts(start, minutes(1_500), Bucket::Minute).unwrap().len(),
            MOST_BUCKETS
        );
        assert!(words(minutes(1_501), Bucket::Minute).contains("1500"));
        assert!(parts(DateTime::<Utc>::MIN_UTC, start, Bucket::Day).is_err());
    }
}
