//! The loaded part of the log: pages side by side, rows merged by (id, version), never jumping. New rows wait in a
//! buffer while someone reads; pages far from the reader are let go.

use std::collections::{HashMap, HashSet, VecDeque};

/// Pages that are kept.
const MOST_PAGES: usize = 100;
/// Waiting rows that are kept whole; of more only the number is, and they are read when wanted.
const MOST_WAITING: usize = 200;
/// How many rows stand beyond an edge when nobody knows.
const SOME: usize = 100;

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

/// What has to happen for waiting rows to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// So many stand on top now.
    Here(usize),
    /// The top is not loaded, or they are too many: read it again.
    ReadAgain,
}

/// Rows read together, newest first, with the cursors of their ends.
#[derive(Clone, Debug)]
pub(crate) struct Page<R> {
    pub(crate) rows: Vec<R>,
    pub(crate) start: Option<String>,
    pub(crate) end: Option<String>,
    pub(crate) has_newer: bool,
    pub(crate) has_older: bool,
}

#[derive(Clone, Debug)]
struct Part {
    count: usize,
    start: Option<String>,
    end: Option<String>,
}

/// Loaded rows in order, newest first, what is believed around them, and the rows held back.
#[derive(Clone, Debug)]
pub(crate) struct Log<R> {
    order: VecDeque<String>,
    parts: VecDeque<Part>,
    rows: HashMap<String, R>,
    waiting: Vec<String>,
    waiting_ids: HashSet<String>,
    above: usize,
    below: usize,
    is_top: bool,
    is_end: bool,
}

impl<R> Default for Log<R> {
    fn default() -> Self {
        Self {
            order: VecDeque::new(),
            parts: VecDeque::new(),
            rows: HashMap::new(),
            waiting: Vec::new(),
            waiting_ids: HashSet::new(),
            above: 0,
            below: 0,
            is_top: true,
            is_end: true,
        }
    }
}

impl<R: Row> Log<R> {
    /// A log of one page at a place of a list of so many rows.
    pub(crate) fn of(page: Page<R>, place: usize, total: usize) -> Self {
        let mut log = Self {
            is_top: !page.has_newer,
            ..Self::default()
        };
        let count = page.rows.len();
        log.append(page);
        log.above = place;
        log.below = total.saturating_sub(place + count);
        log.settle();
        log
    }

    /// What waits stays waiting when another part of the list is looked at.
    pub(crate) fn keep_waiting_of(&mut self, before: &mut Self) {
        self.waiting = std::mem::take(&mut before.waiting);
        self.waiting_ids = std::mem::take(&mut before.waiting_ids);
        for id in &self.waiting {
            if let Some(row) = before.rows.remove(id) {
                self.rows.insert(id.clone(), row);
            }
        }
    }

    /// Adds the page below; rows already known keep their newer version.
    pub(crate) fn append(&mut self, page: Page<R>) {
        let mut count = 0;
        for row in page.rows {
            let id = row.id().to_owned();
            if self.keep_newer(row) {
                self.order.push_back(id);
                count += 1;
            }
        }
        self.is_end = !page.has_older;
        self.below = self.below.saturating_sub(count);
        self.parts.push_back(Part {
            count,
            start: page.start,
            end: page.end,
        });
        if self.parts.len() > MOST_PAGES {
            self.let_go_of_first();
        }
        self.settle();
    }

    /// Adds the page above.
    pub(crate) fn prepend(&mut self, page: Page<R>) {
        let mut count = 0;
        for row in page.rows.into_iter().rev() {
            let id = row.id().to_owned();
            if self.keep_newer(row) {
                self.order.push_front(id);
                count += 1;
            }
        }
        self.is_top = !page.has_newer;
        self.above = self.above.saturating_sub(count);
        self.parts.push_front(Part {
            count,
            start: page.start,
            end: page.end,
        });
        if self.parts.len() > MOST_PAGES {
            self.let_go_of_last();
        }
        self.settle();
    }

    fn let_go_of_first(&mut self) {
        if let Some(part) = self.parts.pop_front() {
            for id in self.order.drain(..part.count) {
                self.rows.remove(&id);
            }
            self.above += part.count;
            self.is_top = false;
        }
    }

    fn let_go_of_last(&mut self) {
        if let Some(part) = self.parts.pop_back() {
            let rest = self.order.len() - part.count;
            for id in self.order.drain(rest..) {
                self.rows.remove(&id);
            }
            self.below += part.count;
            self.is_end = false;
        }
    }

    /// Somebody counted: so many rows there are in all.
    pub(crate) fn believe(&mut self, total: usize) {
        self.below = total.saturating_sub(self.above + self.order.len());
        self.settle();
    }

    /// Beliefs give way to knowledge.
    fn settle(&mut self) {
        self.above = match (self.is_top, self.above) {
            (true, _) => 0,
            (false, 0) => SOME,
            (false, above) => above,
        };
        self.below = match (self.is_end, self.below) {
            (true, _) => 0,
            (false, 0) => SOME,
            (false, below) => below,
        };
    }

    /// Returns true when the row was not in the list.
    fn keep_newer(&mut self, row: R) -> bool {
        let was_waiting = self.waiting_ids.remove(row.id());
        if was_waiting {
            self.waiting.retain(|it| it != row.id());
        }
        match self.rows.get_mut(row.id()) {
            Some(known) => {
                if row.version() > known.version() {
                    *known = row;
                }
                was_waiting
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
        if self.waiting_ids.contains(row.id()) {
            return Merge::Changed;
        }
        let id = row.id().to_owned();
        match arrival {
            Arrival::Outside => Merge::Ignored,
            Arrival::Enter if self.is_top => {
                self.enter(id.clone());
                self.rows.insert(id, row);
                Merge::Entered
            }
            Arrival::Enter | Arrival::Wait => {
                if self.waiting.len() < MOST_WAITING {
                    self.rows.insert(id.clone(), row);
                    self.waiting.push(id.clone());
                }
                self.waiting_ids.insert(id);
                Merge::Buffered
            }
        }
    }

    fn enter(&mut self, id: String) {
        self.order.push_front(id);
        match self.parts.front_mut() {
            Some(part) => part.count += 1,
            None => self.parts.push_front(Part {
                count: 1,
                start: None,
                end: None,
            }),
        }
    }

    /// Puts the waiting rows on top.
    pub(crate) fn show_waiting(&mut self) -> Shown {
        if !self.is_top || self.waiting_ids.len() > self.waiting.len() {
            return Shown::ReadAgain;
        }
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting_ids.clear();
        let count = waiting.len();
        for id in waiting {
            self.enter(id);
        }
        Shown::Here(count)
    }

    /// How many rows wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting_ids.len()
    }

    /// How many rows are believed above, are loaded, are believed below.
    pub(crate) fn extent(&self) -> (usize, usize, usize) {
        (self.above, self.order.len(), self.below)
    }

    /// Whether the number of rows is known and not believed.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_top && self.is_end
    }

    /// Where to read on upwards.
    pub(crate) fn newer_cursor(&self) -> Option<String> {
        let first = self.parts.front().filter(|_| !self.is_top)?;
        first.start.clone()
    }

    /// Where to read on downwards.
    pub(crate) fn older_cursor(&self) -> Option<String> {
        let last = self.parts.back().filter(|_| !self.is_end)?;
        last.end.clone()
    }

    /// The row at a loaded place.
    pub(crate) fn at(&self, place: usize) -> Option<&R> {
        self.order.get(place).and_then(|id| self.rows.get(id))
    }

    /// The loaded place of a row.
    pub(crate) fn place_of(&self, id: &str) -> Option<usize> {
        self.order.iter().position(|it| it == id)
    }

    /// The loaded ids, newest first.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        self.order.iter()
    }

    /// One row.
    pub(crate) fn get(&self, id: &str) -> Option<&R> {
        self.rows.get(id)
    }

    /// Whether there is nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct R(String, i32);
    impl Row for R {
        fn id(&self) -> &str {
            &self.0
        }
        fn version(&self) -> i32 {
            self.1
        }
    }

    fn row(id: &str, version: i32) -> R {
        R(id.to_owned(), version)
    }

    fn page(rows: &[(&str, i32)], has_newer: bool, has_older: bool) -> Page<R> {
        let cursor = |it: Option<&(&str, i32)>| it.map(|it| format!("c-{}", it.0));
        Page {
            rows: rows.iter().map(|it| row(it.0, it.1)).collect(),
            start: cursor(rows.first()),
            end: cursor(rows.last()),
            has_newer,
            has_older,
        }
    }

    fn ids(log: &Log<R>) -> Vec<&str> {
        log.ids().map(String::as_str).collect()
    }

    #[test]
    fn changes_stay_in_place_and_old_news_is_ignored() {
        let mut log = Log::of(page(&[("c", 1), ("b", 2), ("a", 1)], false, false), 0, 3);
        for (it, arrival, merge) in [
            (row("b", 3), Arrival::Wait, Merge::Changed),
            (row("b", 3), Arrival::Enter, Merge::Ignored),
            (row("b", 1), Arrival::Enter, Merge::Ignored),
            (row("a", 2), Arrival::Outside, Merge::Changed),
            (row("x", 1), Arrival::Outside, Merge::Ignored),
            (row("d", 1), Arrival::Wait, Merge::Buffered),
            (row("d", 2), Arrival::Wait, Merge::Changed),
            (row("e", 1), Arrival::Wait, Merge::Buffered),
        ] {
            assert_eq!(log.merge(it.clone(), arrival), merge, "{it:?}");
        }
        assert_eq!(ids(&log), ["c", "b", "a"]);
        assert_eq!(log.waiting(), 2);
        assert_eq!(log.show_waiting(), Shown::Here(2));
        assert_eq!(ids(&log), ["e", "d", "c", "b", "a"]);
        assert_eq!(log.get("d"), Some(&row("d", 2)));
        assert_eq!(log.merge(row("f", 1), Arrival::Enter), Merge::Entered);
        assert_eq!(log.at(0), Some(&row("f", 1)));
    }

    #[test]
    fn an_older_page_brings_no_duplicates() {
        let mut log = Log::of(page(&[("c", 5), ("b", 1)], false, true), 0, 3);
        assert_eq!(log.older_cursor().as_deref(), Some("c-b"));
        log.append(page(&[("b", 2), ("c", 1), ("a", 1)], true, false));
        assert_eq!(ids(&log), ["c", "b", "a"]);
        assert_eq!(log.get("c"), Some(&row("c", 5)));
        assert_eq!(log.get("b"), Some(&row("b", 2)));
        assert_eq!(log.extent(), (0, 3, 0));
        assert!(log.is_whole() && log.older_cursor().is_none());
        assert!(Log::<R>::default().is_empty());
    }

    #[test]
    fn pages_join_upwards_and_what_was_believed_is_corrected() {
        let mut log = Log::of(page(&[("m", 1), ("l", 1)], true, true), 1, 50);
        assert_eq!(log.extent(), (1, 2, 47));
        assert_eq!(log.newer_cursor().as_deref(), Some("c-m"));
        log.prepend(page(&[("o", 1), ("n", 1)], true, true));
        assert_eq!(log.extent(), (SOME, 4, 47));
        log.prepend(page(&[("p", 1)], false, true));
        assert_eq!(ids(&log), ["p", "o", "n", "m", "l"]);
        assert_eq!(log.extent(), (0, 5, 47));
        assert_eq!(log.place_of("m"), Some(3));
    }

    #[test]
    fn what_is_far_from_the_reader_is_let_go_and_can_be_read_again() {
        let mut log = Log::of(page(&[("0", 1)], false, true), 0, 1000);
        for n in 1..=MOST_PAGES {
            log.append(page(&[(&n.to_string(), 1)], true, true));
        }
        assert_eq!(log.extent(), (1, MOST_PAGES, 899));
        assert_eq!(log.newer_cursor().as_deref(), Some("c-1"));
        assert!(log.get("0").is_none());
        assert_eq!(log.merge(row("new", 1), Arrival::Enter), Merge::Buffered);
        assert_eq!(log.show_waiting(), Shown::ReadAgain);
        log.prepend(page(&[("0", 1)], false, true));
        assert_eq!(log.extent(), (0, MOST_PAGES, 900));
    }

    #[test]
    fn a_storm_is_counted_exactly_without_keeping_it() {
        let mut log = Log::of(page(&[("a", 1)], false, false), 0, 1);
        for n in 0..5000 {
            log.merge(row(&format!("n{n}"), 1), Arrival::Wait);
            log.merge(row(&format!("n{n}"), 2), Arrival::Wait);
        }
        assert_eq!(log.waiting(), 5000);
        assert_eq!(log.rows.len(), 1 + MOST_WAITING);
        assert_eq!(log.show_waiting(), Shown::ReadAgain);
        let mut next = Log::of(page(&[("b", 1)], true, false), 1, 2);
        next.keep_waiting_of(&mut log);
        assert_eq!(next.waiting(), 5000);
    }
}
