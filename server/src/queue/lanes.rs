//! Which lane gets the free places: the most urgent first, none for ever last, and always a place left for a reply.

use entity::types::Lane;

/// Of so many messages that pass a lane, it gets one itself.
const SHARE: f64 = 8.0;

/// The places of one process.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    places: usize,
    /// By lane: places that more urgent lanes took and that are owed to it.
    owed: [f64; 3],
}

/// What to look for in one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    pub(super) lane: Lane,
    pub(super) places: usize,
}

impl Lanes {
    pub(super) fn new(places: usize) -> Self {
        Self {
            places,
            owed: [0.0; 3],
        }
    }

    /// Places a lane may hold at most: a broadcast leaves a quarter to others, ordinary messages an eighth to replies.
    fn most(&self, lane: Lane) -> usize {
        let kept_free = match lane {
            Lane::Immediate => 0,
            Lane::Normal => self.places.div_ceil(8),
            Lane::Bulk => self.places.div_ceil(4),
        };
        self.places.saturating_sub(kept_free).max(1)
    }

    /// The lanes to look into, in order: first what is owed, then by urgency. `held` are the places in use, by lane.
    /// Quotas are upper bounds: the caller stops when no place is left.
    pub(super) fn quotas(&self, held: [usize; 3]) -> Vec<Quota> {
        let free = self.places.saturating_sub(held.iter().sum());
        let within = |lane: Lane| {
            self.most(lane)
                .saturating_sub(held[lane as usize])
                .min(free)
        };
        let owed = [Lane::Bulk, Lane::Normal].into_iter().map(|lane| Quota {
            lane,
            places: floor(self.owed[lane as usize]).min(within(lane)),
        });
        let rest = Lane::ALL.into_iter().map(|lane| Quota {
            lane,
            places: within(lane),
        });
        owed.chain(rest).filter(|it| it.places > 0).collect()
    }

    /// Notes what a look at a lane brought. A lane that had less than was asked for has nobody waiting: nothing is owed.
    pub(super) fn took(&mut self, quota: Quota, count: usize) {
        let lane = quota.lane as usize;
        for owed in &mut self.owed[lane + 1..] {
            // A lane that is held, or whose senders are, is not owed more than it could take at once.
            *owed = (*owed + as_f64(count) / SHARE).min(as_f64(self.places));
        }
        self.owed[lane] = if count < quota.places {
            0.0
        } else {
            (self.owed[lane] - as_f64(count)).max(0.0)
        };
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small number of places, never negative"
)]
fn floor(number: f64) -> usize {
    number as usize
}

#[expect(clippy::cast_precision_loss, reason = "a small number of places")]
fn as_f64(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Serves lanes that always have `waiting` messages, `rounds` times with every place free; what each got.
    fn serve(waiting: [usize; 3], rounds: usize) -> [usize; 3] {
        let mut lanes = Lanes::new(32);
        let mut got = [0; 3];
        for _ in 0..rounds {
            let mut held = [0; 3];
            for quota in lanes.quotas(held) {
                let places = quota.places.min(32 - held.iter().sum::<usize>());
                if places > 0 {
                    let count = places.min(waiting[quota.lane as usize]);
                    held[quota.lane as usize] += count;
                    lanes.took(Quota { places, ..quota }, count);
                }
            }
            for (got, held) in got.iter_mut().zip(held) {
                *got += held;
            }
        }
        got
    }

    #[test]
    fn replies_come_first_and_a_broadcast_never_starves() {
        let [immediate, normal, bulk] = serve([100, 100, 100], 100);
        assert!(immediate > 2_200, "{immediate} of 3200");
        assert!(normal > 250 && bulk > 250, "{normal}, {bulk}");
    }

    #[test]
    fn a_lane_alone_gets_its_places_and_leaves_some_for_replies() {
        assert_eq!(serve([0, 0, 100], 10), [0, 0, 240]);
        assert_eq!(serve([0, 100, 0], 10), [0, 280, 0]);
        assert_eq!(serve([100, 0, 0], 10), [320, 0, 0]);
    }

    #[test]
    fn a_held_lane_does_not_take_over_when_it_goes_on() {
        let mut lanes = Lanes::new(32);
        for _ in 0..10_000 {
            let quota = lanes.quotas([0; 3])[0];
            lanes.took(
                Quota {
                    lane: Lane::Normal,
                    ..quota
                },
                28,
            );
        }
        let first = lanes.quotas([0; 3])[0];
        assert_eq!((first.lane, first.places), (Lane::Bulk, 24));
        lanes.took(first, 24);
        let next = lanes.quotas([0; 3])[0];
        assert_eq!(
            (next.lane, next.places),
            (Lane::Bulk, 8),
            "then its debt is paid"
        );
    }

    #[test]
    fn one_place_serves_every_lane() {
        let lanes = Lanes::new(1);
        assert_eq!(lanes.quotas([0; 3]).len(), 3);
        assert_eq!(lanes.quotas([0, 0, 1]), []);
    }
}
