//! Why messages reached nobody: one group a cause, with how often, since when, and whether it gets better.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use entity::message;

use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store;

/// Parts of a trend.
pub const PARTS: usize = 24;
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
    let counts = store::failures::between(db, &(from..to), &starts(from, to)).await?;
    let mut groups: BTreeMap<i32, Group> = BTreeMap::new();
    for it in counts {
        let group = groups.entry(it.error_code).or_insert_with(|| Group {
            code: (it.error_code != 0).then_some(it.error_code),
            count: 0,
            first_at: it.first_at,
            last_at: it.last_at,
            trend: vec![0; PARTS],
            example: None,
        });
        group.count += it.count;
        group.first_at = group.first_at.min(it.first_at);
        group.last_at = group.last_at.max(it.last_at);
        let part = usize::try_from(it.part).unwrap_or_default();
        if let Some(trend) = group.trend.get_mut(part) {
            *trend += it.count;
        }
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

/// Where each part of the range begins. Each but the first at a full second.
fn starts(from: DateTime<Utc>, to: DateTime<Utc>) -> [DateTime<Utc>; PARTS] {
    let whole = (to - from).num_seconds();
    std::array::from_fn(|part| {
        let part = i64::try_from(part).unwrap_or_default();
        let parts = i64::try_from(PARTS).unwrap_or(1);
        // The first second that lies in it.
        from + TimeDelta::seconds((whole * part + parts - 1) / parts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_range_begins_where_the_one_before_it_ends() {
        let from = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let day = starts(from, from + TimeDelta::hours(24));
        for (hours, start) in (0..).zip(day) {
            assert_eq!(start, from + TimeDelta::hours(hours));
        }
        let uneven = starts(from, from + TimeDelta::seconds(25));
        assert_eq!(uneven[1], from + TimeDelta::seconds(2));
        assert_eq!(uneven[PARTS - 1], from + TimeDelta::seconds(24));
        assert_eq!(starts(from, from + TimeDelta::seconds(1))[0], from);
    }
}
