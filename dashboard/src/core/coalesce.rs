//! When arrived events are shown: at once after silence, at most four times a second in a storm.

/// Milliseconds between two flushes.
const PERIOD_MS: f64 = 250.0;
/// More than this and re-reading the page is cheaper than merging.
const CAPACITY: usize = 20_000;

/// What to do after an arrival.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Plan {
    /// Flush after so many milliseconds.
    FlushIn(f64),
    /// A flush is already planned.
    Planned,
    /// Too many: everything was dropped, read the page again.
    Overflow,
}

/// Events on their way to the screen.
#[derive(Debug)]
pub(crate) struct Coalescer<E> {
    events: Vec<E>,
    flushed_at: f64,
    is_planned: bool,
}

impl<E> Default for Coalescer<E> {
    fn default() -> Self {
        Self {
            events: Vec::new(),
            flushed_at: f64::NEG_INFINITY,
            is_planned: false,
        }
    }
}

impl<E> Coalescer<E> {
    /// Takes one event at `now` (milliseconds).
    pub(crate) fn push(&mut self, event: E, now: f64) -> Plan {
        self.events.push(event);
        if self.events.len() > CAPACITY {
            self.events.clear();
            return Plan::Overflow;
        }
        if self.is_planned {
            return Plan::Planned;
        }
        self.is_planned = true;
        Plan::FlushIn((self.flushed_at + PERIOD_MS - now).clamp(0.0, PERIOD_MS))
    }

    /// Hands over what arrived.
    pub(crate) fn flush(&mut self, now: f64) -> Vec<E> {
        self.flushed_at = now;
        self.is_planned = false;
        std::mem::take(&mut self.events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_shown_at_once_and_a_storm_in_batches() {
        let mut it = Coalescer::default();
        assert_eq!(it.push(1, 1000.0), Plan::FlushIn(0.0));
        assert_eq!(it.push(2, 1001.0), Plan::Planned);
        assert_eq!(it.flush(1002.0), [1, 2]);
        assert_eq!(it.push(3, 1102.0), Plan::FlushIn(150.0));
        assert_eq!(it.flush(1252.0), [3]);
        assert_eq!(it.push(4, 9000.0), Plan::FlushIn(0.0));
    }

    #[test]
    fn too_many_are_dropped() {
        let mut it = Coalescer::default();
        let last = (0..=CAPACITY).map(|n| it.push(n, 0.0)).last();
        assert_eq!(last, Some(Plan::Overflow));
        assert!(it.flush(1.0).is_empty());
    }
}
