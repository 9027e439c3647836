//! Looking until something is as expected, and saying what is seen instead.

use std::time::Duration;

use tokio::time::Instant;

use super::{Done, Failure};
use crate::simulator::scenario::server::Seen;
use crate::simulator::scenario::steps::State;

/// How often what is waited for is looked at.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(40);
/// A message only passes through these.
const PASSING: [&str; 7] = [
    "SCHEDULED",
    "QUEUED",
    "SENDING",
    "UNCONFIRMED",
    "ACCEPTED",
    "SENT",
    "DELIVERED",
];

/// What a look at something says.
pub(super) enum Look {
    Right,
    /// What is seen; it may become right.
    NotYet(String),
    /// What is seen; it never becomes right.
    Wrong(String),
}

/// A number that only grows.
pub(super) fn look(seen: u64, expected: u64) -> Look {
    match seen.cmp(&expected) {
        std::cmp::Ordering::Less => Look::NotYet(seen.to_string()),
        std::cmp::Ordering::Equal => Look::Right,
        std::cmp::Ordering::Greater => Look::Wrong(seen.to_string()),
    }
}

/// Looks until it is right, at most for `within`.
pub(super) async fn until(
    within: Duration,
    expected: &str,
    mut see: impl AsyncFnMut() -> Result<Look, Failure>,
) -> Done {
    let deadline = Instant::now() + within;
    loop {
        match see().await? {
            Look::Right => return Ok(()),
            Look::Wrong(seen) => return Err(Failure::new(expected, seen)),
            Look::NotYet(seen) if Instant::now() >= deadline => {
                return Err(Failure::new(expected, format!("{seen} after {within:?}")));
            }
            Look::NotYet(_) => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

pub(super) fn is_at(seen: &Seen, state: &State) -> bool {
    seen.status == state.status && state.code.is_none_or(|it| seen.code == Some(it))
}

/// A status that a message only passes through may be over when it is looked for.
pub(super) fn has_become(seen: &Seen, state: &State) -> bool {
    let is_passing = PASSING.contains(&state.status.as_str()) && state.code.is_none();
    is_at(seen, state) || is_passing && seen.timeline.contains(&state.status)
}

/// Whether a message is where it stays, and that is elsewhere.
pub(super) fn has_ended_otherwise(seen: &Seen, state: &State) -> bool {
    !PASSING.contains(&seen.status.as_str()) && !has_become(seen, state)
}

pub(super) fn shown(state: &State) -> String {
    let code = state.code.map(|it| format!(" {it}")).unwrap_or_default();
    format!("{}{code}", state.status)
}

/// How many are where.
pub(super) fn summary(seen: &[Seen]) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for it in seen {
        let word = shown(&State {
            status: it.status.clone(),
            code: it.code,
        });
        match counts.iter_mut().find(|it| it.0 == word) {
            Some(known) => known.1 += 1,
            None => counts.push((word, 1)),
        }
    }
    if let [(word, 1)] = counts.as_slice() {
        return word.clone();
    }
    let all = counts.iter().map(|(word, count)| format!("{count} {word}"));
    all.collect::<Vec<_>>().join(", ")
}
