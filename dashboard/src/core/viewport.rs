//! Where rows stand in a list that is longer than what is loaded of it, and what to read next. Pixels and numbers only.

use std::ops::Range;

/// Browsers cap the height of an element; beyond this, what is not loaded is drawn smaller than it is.
const MOST_PX: f64 = 12_000_000.0;
/// Rows drawn beyond each edge of the window.
const BEYOND: usize = 8;
/// Row elements there may be, whatever the window.
pub(crate) const MOST_ROWS: usize = 110;
/// Rows that are read ahead of the window.
const AHEAD: usize = 100;
/// Further away than this, reading on is dearer than reading anew.
const FAR: usize = 400;

/// The list: rows believed above, loaded rows, rows believed below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Geometry {
    pub(crate) row_px: f64,
    pub(crate) above: usize,
    pub(crate) loaded: usize,
    pub(crate) below: usize,
}

/// What is missing for the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Nothing,
    Newer,
    Older,
    /// The page around this place of the whole list.
    Place(usize),
}

impl Geometry {
    /// Rows of the whole list.
    pub(crate) fn total(&self) -> usize {
        self.above + self.loaded + self.below
    }

    /// Pixels of a row that is not loaded.
    fn rough_px(&self) -> f64 {
        let whole = rows(self.total()) * self.row_px;
        self.row_px * (MOST_PX / whole.max(1.0)).min(1.0)
    }

    fn offset_px(&self) -> f64 {
        rows(self.above) * self.rough_px()
    }

    fn end_px(&self) -> f64 {
        self.offset_px() + rows(self.loaded) * self.row_px
    }

    /// The height of the whole list.
    pub(crate) fn height_px(&self) -> f64 {
        self.end_px() + rows(self.below) * self.rough_px()
    }

    /// The top of a loaded row.
    pub(crate) fn top_px(&self, place: usize) -> f64 {
        self.offset_px() + rows(place) * self.row_px
    }

    /// The top of a place in the whole list.
    pub(crate) fn top_of_place(&self, place: usize) -> f64 {
        if place <= self.above {
            rows(place) * self.rough_px()
        } else if place <= self.above + self.loaded {
            self.top_px(place - self.above)
        } else {
            self.end_px() + rows(place - self.above - self.loaded) * self.rough_px()
        }
    }

    /// The place in the whole list at a height.
    pub(crate) fn place_at(&self, at_px: f64) -> usize {
        let (offset, end, rough) = (self.offset_px(), self.end_px(), self.rough_px());
        let place = if at_px < offset {
            at_px / rough
        } else if at_px < end {
            rows(self.above) + (at_px - offset) / self.row_px
        } else {
            rows(self.above + self.loaded) + (at_px - end) / rough
        };
        whole(place).min(self.total().saturating_sub(1))
    }

    /// The loaded rows to draw for a window.
    pub(crate) fn window(&self, scroll_px: f64, view_px: f64) -> Range<usize> {
        let first = whole((scroll_px - self.offset_px()) / self.row_px).saturating_sub(BEYOND);
        let last = whole(((scroll_px + view_px - self.offset_px()) / self.row_px).ceil());
        let last = (last + BEYOND).min(self.loaded).min(first + MOST_ROWS);
        first.min(last)..last
    }

    /// What to read for a window, one page ahead.
    pub(crate) fn need(&self, scroll_px: f64, view_px: f64) -> Need {
        let (first, last) = (self.place_at(scroll_px), self.place_at(scroll_px + view_px));
        let end = self.above + self.loaded;
        if self.loaded == 0 || last + FAR < self.above || first > end + FAR {
            return match self.total() {
                0 => Need::Nothing,
                _ => Need::Place(first),
            };
        }
        let to_end = end.saturating_sub(last);
        let to_start = first.saturating_sub(self.above);
        let is_older = self.below > 0 && to_end < AHEAD;
        let is_newer = self.above > 0 && to_start < AHEAD;
        match (is_newer, is_older) {
            (true, true) if to_start < to_end => Need::Newer,
            (_, true) => Need::Older,
            (true, false) => Need::Newer,
            (false, false) => Need::Nothing,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "rows of one list fit in 53 bits"
)]
fn rows(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded below; no list has more"
)]
fn whole(place: f64) -> usize {
    place.max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(above: usize, loaded: usize, below: usize) -> Geometry {
        Geometry {
            row_px: 36.0,
            above,
            loaded,
            below,
        }
    }

    #[test]
    fn the_window_is_what_one_sees_and_a_little_more() {
        let it = list(0, 100, 900);
        assert_eq!(it.window(0.0, 720.0), 0..28);
        assert_eq!(it.window(360.0, 720.0), 2..38);
        assert_eq!(it.window(3500.0, 720.0), 89..100);
        assert_eq!(it.window(20_000.0, 720.0), 100..100);
        assert!(it.window(0.0, 1e9).len() <= MOST_ROWS);
        assert!((it.height_px() - 36_000.0).abs() < 1e-9);
    }

    #[test]
    fn pages_are_read_ahead_and_far_places_anew() {
        for (it, scroll, need) in [
            (list(0, 100, 0), 0.0, Need::Nothing),
            (list(0, 100, 900), 0.0, Need::Older),
            (list(0, 200, 900), 0.0, Need::Nothing),
            (list(0, 200, 900), 3600.0, Need::Older),
            (list(500, 300, 900), 18_360.0, Need::Newer),
            (list(500, 300, 900), 25_200.0, Need::Older),
            (list(0, 200, 100_000), 1_800_000.0, Need::Place(50_000)),
            (list(50_000, 200, 50_000), 0.0, Need::Place(0)),
            (list(0, 0, 0), 0.0, Need::Nothing),
        ] {
            assert_eq!(it.need(scroll, 720.0), need, "{it:?} at {scroll}");
        }
    }

    #[test]
    fn a_list_higher_than_an_element_can_be_is_still_reached_everywhere() {
        let it = list(500_000, 1000, 499_000);
        assert!(it.height_px() <= MOST_PX + 36_000.0);
        for place in [0, 250_000, 500_000, 500_500, 501_000, 999_000] {
            let back = it.place_at(it.top_of_place(place) + 0.5);
            assert!(back.abs_diff(place) <= 3, "{place} {back}");
        }
    }
}
