//! How many subscriptions one viewer may have open. Kept by this process alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::ServerError;

use super::exceeded;

/// Subscriptions of one viewer: each holds some events while its client does not read.
const MOST: usize = 1_000;

/// Everybody's open subscriptions.
#[derive(Debug)]
pub(in crate::graphql) struct Seats {
    is_bounded: bool,
    taken: Mutex<HashMap<String, usize>>,
}

/// A viewer's open subscription, until it is dropped.
#[derive(Debug)]
pub(in crate::graphql) struct Seat {
    seats: Arc<Seats>,
    viewer: String,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(count) = taken.get_mut(&self.viewer) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.viewer);
            }
        }
    }
}

impl Seats {
    /// A thousand for each viewer, or as many as anybody likes.
    pub(super) fn new(is_bounded: bool) -> Self {
        Self {
            is_bounded,
            taken: Mutex::default(),
        }
    }

    /// Takes a seat for one more subscription of `viewer`, where there is one.
    pub(in crate::graphql) fn sit(self: &Arc<Self>, viewer: &str) -> Result<Seat, ServerError> {
        let mut taken = self.taken();
        let count = taken.get(viewer).copied().unwrap_or_default();
        if count >= MOST && self.is_bounded {
            let message = format!(
                "{count} subscriptions are open already: end one, or let several readers share one."
            );
            return Err(exceeded(
                "TOO_MANY_SUBSCRIPTIONS",
                (MOST, count + 1),
                &message,
            ));
        }
        taken.insert(viewer.to_owned(), count + 1);
        Ok(Seat {
            seats: self.clone(),
            viewer: viewer.to_owned(),
        })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_has_so_many_subscriptions_and_a_seat_is_free_once_its_stream_is_gone() {
        let all = Arc::new(Seats::new(true));
        let mut own: Vec<Seat> = (0..MOST).map(|_| all.sit("a").unwrap()).collect();
        let refused = all.sit("a").unwrap_err();
        assert_eq!(super::super::code(&refused), Some("TOO_MANY_SUBSCRIPTIONS"));
        assert!(all.sit("b").is_ok());
        own.pop();
        assert!(all.sit("a").is_ok());
        drop(own);
        assert!(all.taken().is_empty());
        let free = Arc::new(Seats::new(false));
        let own: Vec<_> = (0..=MOST).map(|_| free.sit("a")).collect();
        assert!(own.iter().all(Result::is_ok));
    }
}
