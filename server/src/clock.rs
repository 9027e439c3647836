//! Time, ids and chance, so that tests can hold them still. Refuses to know what they are used for.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Where the time comes from.
#[derive(Clone, Debug)]
pub struct Clock {
    /// `None`: the system's clock.
    held: Option<Arc<Mutex<DateTime<Utc>>>>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { held: None }
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn held_at(start: DateTime<Utc>) -> Self {
        Self {
            held: Some(Arc::new(Mutex::new(start))),
        }
    }

    /// Now, in UTC, to the microsecond: what both databases can store.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.held {
            None => system_now(),
            Some(held) => *held.lock().unwrap_or_else(PoisonError::into_inner),
        }
        .trunc_subsecs(6)
    }

    /// Moves a held clock; the system's clock stays as it is.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(held) = &self.held {
            *held.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's clock"
)]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}

/// Makes ids whose order is the order of their making, also within one millisecond.
#[derive(Debug, Default)]
pub struct Ids(Mutex<ContextV7>);

impl Ids {
    /// The next id, with `now` inside.
    pub fn next(&self, now: DateTime<Utc>) -> Uuid {
        let context = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(
            &*context,
            seconds,
            now.timestamp_subsec_nanos(),
        ))
    }
}

/// A number in `0.0..1.0`, for jitter.
pub fn chance() -> f64 {
    rand::random()
}

/// A secret of 256 bits in letters and digits fit for a URL.
pub fn secret() -> String {
    use base64::Engine as _;
    let bytes: [u8; 32] = rand::random();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
