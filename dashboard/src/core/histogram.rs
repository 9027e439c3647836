//! How messages lie in time: bars to draw, and the way from a place in the list to a moment and back.

use std::fmt::Write as _;

/// Most bars that are drawn.
const MOST_BARS: usize = 160;

/// So many messages from a moment on, until the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) at_ms: f64,
    pub(crate) count: u32,
}

/// The messages of a range, oldest bucket first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Histogram {
    buckets: Vec<Bucket>,
    end_ms: f64,
}

impl Histogram {
    /// Of buckets that follow one another, cut to the range; joined where there are more than one can see.
    pub(crate) fn of(buckets: &[Bucket], start_ms: f64, end_ms: f64) -> Self {
        let cut = |it: &Bucket| Bucket {
            at_ms: it.at_ms.max(start_ms),
            count: it.count,
        };
        let within = buckets.iter().filter(|it| it.at_ms < end_ms);
        let buckets: Vec<Bucket> = within.map(cut).collect();
        let size = buckets.len().div_ceil(MOST_BARS).max(1);
        let join = |some: &[Bucket]| Bucket {
            at_ms: some.first().map_or(end_ms, |it| it.at_ms),
            count: some.iter().map(|it| it.count).sum(),
        };
        Self {
            buckets: buckets.chunks(size).map(join).collect(),
            end_ms,
        }
    }

    /// The bars, oldest first.
    pub(crate) fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Every message of the range.
    pub(crate) fn total(&self) -> u64 {
        self.buckets.iter().map(|it| u64::from(it.count)).sum()
    }

    /// The highest bar.
    pub(crate) fn most(&self) -> u32 {
        self.buckets.iter().map(|it| it.count).max().unwrap_or(0)
    }

    /// When the range begins and ends.
    pub(crate) fn range_ms(&self) -> Option<(f64, f64)> {
        self.buckets.first().map(|it| (it.at_ms, self.end_ms))
    }

    fn end_of(&self, place: usize) -> f64 {
        self.buckets
            .get(place + 1)
            .map_or(self.end_ms, |it| it.at_ms)
    }

    /// When the messages of a place in the list were written; 0 is the newest, 1 the oldest.
    pub(crate) fn time_at(&self, fraction: f64) -> Option<f64> {
        let total = exact(self.total());
        let mut left = fraction.clamp(0.0, 1.0) * total;
        for (place, it) in self.buckets.iter().enumerate().rev() {
            let count = f64::from(it.count);
            if count > 0.0 && left <= count {
                let end = self.end_of(place);
                return Some(end - (end - it.at_ms) * left / count);
            }
            left -= count;
        }
        self.buckets.first().map(|it| it.at_ms)
    }

    /// The place in the list of what was written at a moment; the other way round.
    pub(crate) fn fraction_at(&self, at_ms: f64) -> f64 {
        let total = exact(self.total());
        if total <= 0.0 {
            return 0.0;
        }
        let mut newer = 0.0;
        for (place, it) in self.buckets.iter().enumerate().rev() {
            let (end, count) = (self.end_of(place), f64::from(it.count));
            if at_ms >= end {
                break;
            }
            let part = ((end - at_ms) / (end - it.at_ms).max(1.0)).clamp(0.0, 1.0);
            newer += count * part;
        }
        newer / total
    }

    /// The bucket of a moment.
    pub(crate) fn bucket_at(&self, at_ms: f64) -> Option<(usize, Bucket)> {
        let place = self.buckets.iter().rposition(|it| it.at_ms <= at_ms)?;
        Some((place, self.buckets[place]))
    }

    /// The bars as one path in a box of 100 by 1000, newest at the top, growing from the end of the line.
    pub(crate) fn path(&self) -> String {
        let Some((start, end)) = self.range_ms() else {
            return String::new();
        };
        let span = (end - start).max(1.0);
        let most = f64::from(self.most().max(1));
        let mut out = String::new();
        for (place, it) in self.buckets.iter().enumerate().filter(|it| it.1.count > 0) {
            let top = (end - self.end_of(place)) / span * 1000.0;
            let height = ((self.end_of(place) - it.at_ms) / span * 1000.0).max(2.0);
            // The root keeps small buckets visible beside a great one.
            let width = (f64::from(it.count) / most).sqrt() * 100.0;
            // Writing into a text never fails.
            let _ = write!(out, "M0 {top:.1}h{width:.1}v{height:.1}h-{width:.1}z");
        }
        out
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "messages of one server fit in 53 bits"
)]
fn exact(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram() -> Histogram {
        let bucket = |(at_ms, count)| Bucket { at_ms, count };
        Histogram::of(
            &[(-5.0, 10), (10.0, 0), (20.0, 30), (30.0, 0)].map(bucket),
            0.0,
            30.0,
        )
    }

    #[test]
    fn a_place_and_its_moment_belong_together() {
        let it = histogram();
        for (fraction, at) in [(0.0, 30.0), (0.75, 20.0), (1.0, 0.0), (0.375, 25.0)] {
            assert_eq!(it.time_at(fraction), Some(at), "{fraction}");
            assert!((it.fraction_at(at) - fraction).abs() < 1e-9, "{at}");
        }
        assert!((it.fraction_at(15.0) - 0.75).abs() < 1e-9);
        assert!(it.fraction_at(99.0).abs() < 1e-9);
        assert_eq!(Histogram::default().time_at(0.5), None);
    }

    #[test]
    fn many_buckets_are_joined() {
        let many: Vec<_> = (0..1500)
            .map(|it| Bucket {
                at_ms: f64::from(it),
                count: 1,
            })
            .collect();
        let it = Histogram::of(&many, 0.0, 1500.0);
        assert!(it.buckets().len() <= MOST_BARS);
        assert_eq!(it.total(), 1500);
        assert_eq!(it.bucket_at(20.5).map(|it| it.0), Some(2));
    }

    #[test]
    fn bars_are_one_path() {
        assert_eq!(
            histogram().path(),
            "M0 666.7h57.7v333.3h-57.7zM0 0.0h100.0v333.3h-100.0z"
        );
    }
}
