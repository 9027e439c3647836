//! The rows of the log: merged by (id, version), never jumping. New rows wait in a buffer while someone reads.

use std::collections::HashMap;

/// What a row must tell to be merged.
pub(crate) trait Row: Clone {
    fn id(&self) -> &str;
    fn version(&self) -> i32;
}

/// What became of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Merge {
    /// A row on screen changed in place.
    Changed,
    /// A new row stands at the top.
    Entered,
    /// A new row waits for the reader.
    Buffered,
    /// Old news, or none of this view's business.
    Ignored,
}

/// Where a new row goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Nobody is reading: to the top.
    Enter,
    /// Somebody is: to the buffer.
    Wait,
    /// The row does not match the filter.
    Outside,
}

/// Rows in order, newest first, and the ones held back.
#[derive(Clone, Debug)]
pub(crate) struct Log<R> {
    order: Vec<String>,
    rows: HashMap<String, R>,
    waiting: Vec<String>,
}

impl<R> Default for Log<R> {
    fn default() -> Self {
        Self {
            order: Vec::new(),
            rows: HashMap::new(),
            waiting: Vec::new(),
        }
    }
}

impl<R: Row> Log<R> {
    /// A log of one fresh page.
    pub(crate) fn of(page: Vec<R>) -> Self {
        let mut log = Self::default();
        log.append(page);
        log
    }

    /// Adds an older page below; rows already known keep their newer version.
    pub(crate) fn append(&mut self, page: Vec<R>) {
        for row in page {
            let id = row.id().to_owned();
            if self.keep_newer(row) && !self.order.contains(&id) {
                self.waiting.retain(|it| *it != id);
                self.order.push(id);
            }
        }
    }

    /// Returns true when the row was unknown.
    fn keep_newer(&mut self, row: R) -> bool {
        match self.rows.get_mut(row.id()) {
            Some(known) => {
                if row.version() > known.version() {
                    *known = row;
                }
                false
            }
            None => self.rows.insert(row.id().to_owned(), row).is_none(),
        }
    }

    /// Takes one live row.
    pub(crate) fn merge(&mut self, row: R, arrival: Arrival) -> Merge {
        if let Some(known) = self.rows.get(row.id()) {
            if row.version() <= known.version() {
                return Merge::Ignored;
            }
            self.rows.insert(row.id().to_owned(), row);
            return Merge::Changed;
        }
        let id = row.id().to_owned();
        match arrival {
            Arrival::Outside => return Merge::Ignored,
            Arrival::Enter => self.order.insert(0, id.clone()),
            Arrival::Wait => self.waiting.insert(0, id.clone()),
        }
        self.rows.insert(id, row);
        if arrival == Arrival::Enter {
            Merge::Entered
        } else {
            Merge::Buffered
        }
    }

    /// Puts the waiting rows on top and says how many they were.
    pub(crate) fn show_waiting(&mut self) -> usize {
        let count = self.waiting.len();
        self.order.splice(0..0, self.waiting.drain(..));
        count
    }

    /// How many rows wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The ids on screen, newest first.
    pub(crate) fn ids(&self) -> &[String] {
        &self.order
    }

    /// One row.
    pub(crate) fn get(&self, id: &str) -> Option<&R> {
        self.rows.get(id)
    }

    /// Whether nothing is on screen.
    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct R(&'static str, i32);
    impl Row for R {
        fn id(&self) -> &str {
            self.0
        }
        fn version(&self) -> i32 {
            self.1
        }
    }

    #[test]
    fn changes_stay_in_place_and_old_news_is_ignored() {
        let mut log = Log::of(vec![R("c", 1), R("b", 2), R("a", 1)]);
        for (row, arrival, merge) in [
            (R("b", 3), Arrival::Wait, Merge::Changed),
            (R("b", 3), Arrival::Enter, Merge::Ignored),
            (R("b", 1), Arrival::Enter, Merge::Ignored),
            (R("a", 2), Arrival::Outside, Merge::Changed),
            (R("x", 1), Arrival::Outside, Merge::Ignored),
            (R("d", 1), Arrival::Wait, Merge::Buffered),
            (R("d", 2), Arrival::Wait, Merge::Changed),
            (R("e", 1), Arrival::Wait, Merge::Buffered),
        ] {
            assert_eq!(log.merge(row.clone(), arrival), merge, "{row:?}");
        }
        assert_eq!(log.ids(), ["c", "b", "a"]);
        assert_eq!(log.waiting(), 2);
        assert_eq!(log.show_waiting(), 2);
        assert_eq!(log.ids(), ["e", "d", "c", "b", "a"]);
        assert_eq!(log.get("d"), Some(&R("d", 2)));
        assert_eq!(log.merge(R("f", 1), Arrival::Enter), Merge::Entered);
        assert_eq!(log.ids()[0], "f");
    }

    #[test]
    fn an_older_page_brings_no_duplicates() {
        let mut log = Log::of(vec![R("c", 5), R("b", 1)]);
        log.append(vec![R("b", 2), R("c", 1), R("a", 1)]);
        assert_eq!(log.ids(), ["c", "b", "a"]);
        assert_eq!(log.get("c"), Some(&R("c", 5)));
        assert_eq!(log.get("b"), Some(&R("b", 2)));
        assert!(Log::<R>::default().is_empty());
    }
}
