//! Why messages reached nobody: one group a cause, with how often, since when, and whether it gets better.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use entity::message;

use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store;

/// Parts of a trend.
pub const PARTS: usize = 24;
/// Minutes and codes read for one answer.
const MOST: u64 = 100_000;
const LONGEST: TimeDelta = TimeDelta::days(92);

/// Messages that ended for one cause.
#[derive(Clone, Debug)]
pub struct Group {
    /// The provider's code; `None`: none came with it.
    pub code: Option<i32>,
    /// How often.
    pub count: i64,
    /// The minute in which it happened first, within the range.
    pub first_at: DateTime<Utc>,
    /// The minute in which it happened last.
    pub last_at: DateTime<Utc>,
    /// How often in each of [`PARTS`] equal parts of the range.
    pub trend: Vec<i64>,
    /// The newest message that stands so now; `None`: it is older, was sent again, or is gone.
    pub example: Option<message::Model>,
}

/// The groups of a range, most frequent first.
///
/// # Errors
/// That the range is empty or too long; or a fault.
pub async fn groups(app: &App, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Group>> {
    if from >= to {
        return Err(Refusal::field(RefusalCode::InThePast, "from", "must be before to").into());
    }
    if to - from > LONGEST {
        let words = "the range is longer than 92 days: ask for a shorter one";
        return Err(Refusal::field(RefusalCode::TooFar, "to", words).into());
    }
    let from = from.duration_trunc(TimeDelta::minutes(1)).unwrap_or(from);
    let db = app.db.read();
    let minutes = store::failures::between(db, &(from..to), MOST).await?;
    let mut groups: BTreeMap<i32, Group> = BTreeMap::new();
    for it in minutes {
        let group = groups.entry(it.error_code).or_insert_with(|| Group {
            code: (it.error_code != 0).then_some(it.error_code),
            count: 0,
            first_at: it.minute,
            last_at: it.minute,
            trend: vec![0; PARTS],
            example: None,
        });
        group.count += it.count;
        group.last_at = it.minute;
        group.trend[part(it.minute, from, to)] += it.count;
    }
    let mut examples = if groups.is_empty() {
        std::collections::HashMap::new()
    } else {
        store::failures::examples(db).await?
    };
    for (code, group) in &mut groups {
        group.example = examples.remove(code);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|it| (std::cmp::Reverse(it.count), it.code));
    Ok(groups)
}

/// In which part of the range a minute lies.
fn part(minute: DateTime<Utc>, from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
    let whole = (to - from).num_seconds().max(1);
    let passed = (minute - from).num_seconds().max(0);
    let parts = i64::try_from(PARTS).unwrap_or(1);
    usize::try_from(passed * parts / whole).map_or(0, |it| it.min(PARTS - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_of_a_range_has_a_part() {
        let from = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let to = from + TimeDelta::hours(24);
        assert_eq!(part(from, from, to), 0);
        assert_eq!(part(from + TimeDelta::minutes(61), from, to), 1);
        assert_eq!(part(to - TimeDelta::minutes(1), from, to), PARTS - 1);
        assert_eq!(part(to, from, to), PARTS - 1);
        assert_eq!(
            part(
                from - TimeDelta::minutes(1),
                from,
                from + TimeDelta::seconds(1)
            ),
            0
        );
    }
}
