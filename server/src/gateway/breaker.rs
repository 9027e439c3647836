//! Stops hammering a provider that is down: opens after failures in a row, then lets one probe through.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

const FAILURES_TO_OPEN: u32 = 8;
const PAUSE: TimeDelta = TimeDelta::seconds(5);
/// Longer than any request takes.
const PROBE: TimeDelta = TimeDelta::seconds(15);

/// What the breaker lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "CircuitState")]
pub enum CircuitState {
    /// Everything.
    Closed,
    /// Nothing, for a few seconds.
    Open,
    /// One request, to see whether the provider is back.
    HalfOpen,
}

/// One breaker for the one provider.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    failures: u32,
    open_until: Option<DateTime<Utc>>,
    /// A probe that nobody heard of again holds the breaker until then.
    probe_until: Option<DateTime<Utc>>,
}

impl Breaker {
    /// What it lets through now.
    pub fn state(&self, now: DateTime<Utc>) -> CircuitState {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.open_until {
            None => CircuitState::Closed,
            Some(until) if now < until => CircuitState::Open,
            Some(_) => CircuitState::HalfOpen,
        }
    }

    /// How many of `wanted` requests may leave now; a probe is given out once.
    pub fn admit(&self, wanted: usize, now: DateTime<Utc>) -> usize {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.open_until {
            None => wanted,
            Some(until) if now < until || wanted == 0 => 0,
            Some(_) if inner.probe_until.is_some_and(|until| now < until) => 0,
            Some(_) => {
                inner.probe_until = Some(now + PROBE);
                1
            }
        }
    }

    /// Gives an unused probe back.
    pub fn unused(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .probe_until = None;
    }

    /// The provider answered, whatever it said.
    pub fn answered(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Inner::default();
    }

    /// The provider could not be reached, or failed inside.
    pub fn failed(&self, now: DateTime<Utc>) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.failures = inner.failures.saturating_add(1);
        inner.probe_until = None;
        if inner.failures >= FAILURES_TO_OPEN {
            inner.open_until = Some(now + PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_closes_after_one_good_probe() {
        let breaker = Breaker::default();
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for _ in 1..FAILURES_TO_OPEN {
            breaker.failed(start);
        }
        assert_eq!(breaker.admit(9, start), 9, "not yet");
        breaker.failed(start);
        assert_eq!(
            (breaker.state(start), breaker.admit(9, start)),
            (CircuitState::Open, 0)
        );
        let later = start + PAUSE;
        assert_eq!(breaker.state(later), CircuitState::HalfOpen);
        assert_eq!(
            (breaker.admit(9, later), breaker.admit(9, later)),
            (1, 0),
            "one probe"
        );
        assert_eq!(
            breaker.admit(9, later + PROBE),
            1,
            "a probe that got lost holds nobody up"
        );
        breaker.failed(later);
        assert_eq!(breaker.state(later), CircuitState::Open);
        let much_later = later + PAUSE;
        assert_eq!(breaker.admit(9, much_later), 1);
        breaker.answered();
        assert_eq!(
            (breaker.state(much_later), breaker.admit(9, much_later)),
            (CircuitState::Closed, 9)
        );
    }
}
