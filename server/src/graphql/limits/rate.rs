//! How fast one viewer may ask: so many points a second, with a store of ten seconds' worth. Kept by this process alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_graphql::ServerError;

use super::exceeded;
use super::seats::Seats;

/// How much may be saved up.
const BURST: Duration = Duration::from_secs(10);
/// From so many viewers on those are forgotten who have all their points.
const VIEWERS: usize = 10_000;
/// A query costs a point, and one more for each so many fields.
const FIELDS_A_POINT: usize = 100;

/// What a request costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::graphql) struct Points(u32);

impl Points {
    /// Of any operation, before it is known.
    pub(in crate::graphql) const OPERATION: Self = Self(1);

    /// Of so many fields.
    pub(in crate::graphql) fn of_fields(fields: usize) -> Self {
        Self(u32::try_from(fields / FIELDS_A_POINT).unwrap_or(u32::MAX))
    }
}

/// Everybody's points. The generic cell rate algorithm: one moment a viewer, at which all points are there again.
#[derive(Debug)]
pub struct Rates {
    /// Points a second; 0: no limit.
    per_second: u32,
    full_at: Mutex<HashMap<String, Instant>>,
    /// For subscriptions.
    pub(in crate::graphql) seats: Arc<Seats>,
}

impl Rates {
    /// So many points a second for each viewer; 0: no limit.
    pub fn new(per_second: u32) -> Self {
        Self {
            per_second,
            full_at: Mutex::default(),
            seats: Arc::new(Seats::new(per_second > 0)),
        }
    }

    /// Takes points of `viewer`, or says when there will be enough.
    pub(in crate::graphql) fn take(&self, viewer: &str, points: Points) -> Result<(), ServerError> {
        self.take_at(viewer, points, Instant::now())
            .map_err(|wait| self.refusal(wait))
    }

    /// Takes the point of one request that is no operation, or says in how many seconds there will be one, and why.
    ///
    /// # Errors
    /// There is none now.
    pub fn take_one(&self, viewer: &str) -> Result<(), (u64, String)> {
        self.take_at(viewer, Points::OPERATION, Instant::now())
            .map_err(|wait| (seconds(wait), self.words(wait)))
    }

    fn take_at(&self, viewer: &str, points: Points, now: Instant) -> Result<(), Duration> {
        if self.per_second == 0 || points.0 == 0 {
            return Ok(());
        }
        let cost = Duration::from_secs(1).saturating_mul(points.0) / self.per_second;
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= VIEWERS {
            full_at.retain(|_, at| *at > now);
        }
        let before = full_at.get(viewer).copied().map_or(now, |at| at.max(now));
        // Dearer than the whole store: it needs a full one, and leaves an empty one.
        let after = before + cost.min(BURST);
        if let Some(wait) = (after - now).checked_sub(BURST)
            && !wait.is_zero()
        {
            return Err(wait);
        }
        full_at.insert(viewer.to_owned(), after);
        Ok(())
    }

    fn refusal(&self, wait: Duration) -> ServerError {
        let limit = self.per_second as usize;
        let mut error = exceeded("RATE_LIMITED", (limit, limit + 1), &self.words(wait));
        let extensions = error.extensions.get_or_insert_default();
        extensions.unset("actual");
        extensions.set("retryAfterSeconds", seconds(wait));
        error
    }

    fn words(&self, wait: Duration) -> String {
        format!(
            "Too many requests: {} points a second are allowed (API_RATE_PER_VIEWER), an operation costs 1 and 1 more for each \
             {FIELDS_A_POINT} fields. Try again in {} s.",
            self.per_second,
            seconds(wait)
        )
    }
}

/// Whole seconds after which it is worth another try.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_has_ten_seconds_worth_at_once_then_so_many_a_second_and_takes_from_nobody_else() {
        let (rates, now) = (Rates::new(5), Instant::now());
        let one = Points::OPERATION;
        for _ in 0..50 {
            assert_eq!(rates.take_at("a", one, now), Ok(()));
        }
        let wait = rates.take_at("a", one, now).unwrap_err();
        assert_eq!(wait, Duration::from_millis(200));
        assert_eq!(rates.take_at("b", one, now), Ok(()));
        let later = now + Duration::from_secs(1);
        for _ in 0..5 {
            assert_eq!(rates.take_at("a", one, later), Ok(()));
        }
        assert!(rates.take_at("a", one, later).is_err());
        let much_later = now + Duration::from_mins(1);
        assert_eq!(rates.take_at("a", Points(1_000), much_later), Ok(()));
        assert!(rates.take_at("a", one, much_later).is_err());
        assert_eq!(Rates::new(0).take_at("a", Points(u32::MAX), now), Ok(()));
    }
}
