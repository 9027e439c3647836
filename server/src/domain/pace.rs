//! How fast one sender may send: GCRA (the generic cell rate algorithm), slowed by the provider's "too many requests" and
//! recovering by itself. `cluster/redis/pace.lua` is the same rule for many nodes; a test holds the two together.

use std::time::Duration;

use entity::types::Lane;

/// After this long a sender that was slowed is at its full rate again.
pub const RECOVERY_US: f64 = 60_000_000.0;
/// Slower than this part of its rate no sender gets.
pub const SLOWEST: f64 = 1.0 / 64.0;
/// Refusals within this time are one: they come from requests that left together.
pub const ONE_BREATH_US: f64 = 1_000_000.0;

/// Nobody is told to wait longer.
const LONGEST_WAIT_US: f64 = 3_600_000_000.0;

/// How far ahead of the even pace a lane may be, in microseconds: a reply goes at once beside a broadcast that uses up the
/// rate, and the broadcast then waits the longer.
pub const fn ahead_us(lane: Lane) -> f64 {
    match lane {
        Lane::Immediate => 1_000_000.0,
        Lane::Normal => 500_000.0,
        Lane::Bulk => 0.0,
    }
}

/// Where one sender is. Times are microseconds since any fixed moment.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// When the next message is due at the even pace.
    next_us: f64,
    /// The part of the rate that holds since `slowed_us`, growing from there.
    part: f64,
    slowed_us: f64,
    /// Nothing leaves before.
    held_us: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            next_us: 0.0,
            part: 1.0,
            slowed_us: 0.0,
            held_us: 0.0,
        }
    }
}

/// The turns of some messages that were asked for together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turns {
    /// The first one's turn, from now; negative: it is overdue and may go at once. Microseconds.
    pub first_us: f64,
    /// From one to the next, in microseconds.
    pub each_us: f64,
    /// None goes earlier than this, from now. Microseconds.
    pub held_us: f64,
}

impl Turns {
    /// How long the message of this number, from 0, waits.
    pub fn wait(&self, number: u32) -> Duration {
        let wait = f64::from(number).mul_add(self.each_us, self.first_us);
        Duration::from_secs_f64(wait.max(self.held_us).clamp(0.0, LONGEST_WAIT_US) / 1e6)
    }
}

impl Pace {
    /// Takes turns for `count` messages of a lane at `rate` messages a second.
    pub fn take(&mut self, rate: f64, lane: Lane, count: u32, now_us: f64) -> Turns {
        let each_us = 1e6 / (rate * self.part_at(now_us));
        let begin = self.next_us.max(now_us).max(self.held_us);
        self.next_us = f64::from(count).mul_add(each_us, begin);
        Turns {
            first_us: begin - ahead_us(lane) - now_us,
            each_us,
            held_us: (self.held_us - now_us).max(0.0),
        }
    }

    /// The provider said that this sender is too fast: half the rate, and nothing for `pause`.
    pub fn slow(&mut self, pause: Duration, now_us: f64) {
        let part = self.part_at(now_us);
        if self.part >= 1.0 || now_us - self.slowed_us > ONE_BREATH_US {
            self.part = (part / 2.0).max(SLOWEST);
            self.slowed_us = now_us;
        }
        self.held_us = self.held_us.max(now_us + pause.as_secs_f64() * 1e6);
    }

    fn part_at(&self, now_us: f64) -> f64 {
        (self.part + (now_us - self.slowed_us).max(0.0) / RECOVERY_US).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 80.0;
    const START: f64 = 1.8e15;

    fn waits(pace: &mut Pace, lane: Lane, count: u32, now_us: f64) -> Vec<u128> {
        let turns = pace.take(RATE, lane, count, now_us);
        (0..count).map(|n| turns.wait(n).as_millis()).collect()
    }

    #[test]
    fn a_broadcast_leaves_evenly_and_a_reply_goes_at_once_beside_it() {
        let mut pace = Pace::default();
        assert_eq!(waits(&mut pace, Lane::Bulk, 4, START), [0, 12, 25, 37]);
        assert_eq!(waits(&mut pace, Lane::Immediate, 2, START), [0, 0]);
        assert_eq!(
            waits(&mut pace, Lane::Bulk, 1, START),
            [75],
            "it pays for the replies"
        );
    }

    #[test]
    fn over_time_no_lane_makes_more_than_the_rate() {
        let mut pace = Pace::default();
        let turns = pace.take(RATE, Lane::Immediate, 800, START);
        assert_eq!(turns.wait(80).as_millis(), 0, "one second's worth at once");
        assert_eq!(turns.wait(799).as_millis(), 8_987);
    }

    #[test]
    fn a_slowed_sender_pauses_halves_its_rate_once_a_breath_and_recovers() {
        let mut pace = Pace::default();
        for _ in 0..32 {
            pace.slow(Duration::from_secs(2), START);
        }
        assert_eq!(waits(&mut pace, Lane::Immediate, 1, START), [2_000]);
        let later = START + 2_100_000.0;
        let turns = pace.take(RATE, Lane::Bulk, 1, later);
        assert!((turns.each_us - 12_500.0 / 0.535).abs() < 1.0, "{turns:?}");
        pace.slow(Duration::ZERO, later);
        let turns = pace.take(RATE, Lane::Bulk, 1, later);
        assert!((turns.each_us - 12_500.0 / 0.2675).abs() < 1.0, "{turns:?}");
        let well = pace.take(RATE, Lane::Bulk, 1, later + RECOVERY_US);
        assert!((well.each_us - 12_500.0).abs() < 1.0, "{well:?}");
    }
}
