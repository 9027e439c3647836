//! When a passing failure is tried again: exponential with full jitter, or what the provider asked for.

use std::time::Duration;

use super::catalogue::{self, Again, Kind, Phase};

const FIRST_MS: u64 = 1_000;
const LONGEST: Duration = Duration::from_mins(15);

/// How often a message was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// Since somebody asked for it to be sent, or sent again; 1 or more.
    pub made: i32,
    /// How many more there may be.
    pub left: i32,
}

impl Tries {
    /// Of a message with `count` attempts, of which there may be `most`; `each_time` somebody asks, so many are given.
    pub fn of(count: i32, most: i32, each_time: i32) -> Self {
        let left = most.saturating_sub(count);
        Self {
            made: each_time.saturating_sub(left).max(1),
            left,
        }
    }
}

/// The pause before the next try after an answer that is a passing failure; `None`: there is none. `chance` is in
/// `0.0..1.0`.
///
/// Without `retry_after` it lies between 0 and `1 s × 2^(tries − 1)`, capped at 15 minutes, or so much above the least
/// pause of the code; with it, between `retry_after` and as much above that, so that waiting messages don't all leave at
/// one moment.
pub fn after_answer(
    tries: Tries,
    code: Option<i32>,
    retry_after: Option<Duration>,
    chance: f64,
) -> Option<Duration> {
    let known = code.and_then(catalogue::find);
    let again = known.map_or(Again::SOON, |it| match it.kind {
        Kind::Transient => it.again,
        // The provider said "busy" by other means.
        Kind::Permanent | Kind::NeedsAction | Kind::Warning => Again::SOON,
    });
    let asked = retry_after.unwrap_or_default().min(LONGEST);
    pause(tries, again, again.least_pause.max(asked), chance)
}

/// The same after a report that a message failed which the provider had taken; `None` too for a code that comes by no
/// report, does not pass by itself, or leaves open whether the message arrived. Its least pause doubles with each try.
pub fn after_report(tries: Tries, code: i32, chance: f64) -> Option<Duration> {
    let known = catalogue::find(code)?;
    if known.kind != Kind::Transient || known.phase != Phase::Async {
        return None;
    }
    let least = known.again.least_pause;
    let longest = LONGEST.max(least);
    let least = least.saturating_mul(1 << doublings(tries)).min(longest);
    pause(tries, known.again, least, chance)
}

fn pause(tries: Tries, again: Again, least: Duration, chance: f64) -> Option<Duration> {
    if tries.left < 1 || tries.made >= again.most_tries {
        return None;
    }
    let jitter = Duration::from_millis(FIRST_MS << doublings(tries)).min(LONGEST);
    Some(least + jitter.mul_f64(chance))
}

fn doublings(tries: Tries) -> u32 {
    u32::try_from(tries.made.saturating_sub(1).clamp(0, 20)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(made: i32) -> Tries {
        Tries { made, left: 1 }
    }

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour() {
        let most = |made| after_answer(tries(made), None, None, 1.0).map(|it| it.as_secs());
        assert_eq!([1, 2, 3, 4, 10].map(most), [1, 2, 4, 8, 512].map(Some));
        assert_eq!([11, 30, 1_000].map(most), [Some(900); 3]);
        assert_eq!(
            after_answer(tries(5), None, None, 0.0),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn the_providers_word_is_the_least_pause() {
        let pause = |asked, chance| {
            let asked = Some(Duration::from_secs(asked));
            after_answer(tries(1), Some(20429), asked, chance).map(|it| it.as_secs())
        };
        assert_eq!(pause(30, 0.0), Some(30));
        assert_eq!(pause(30, 1.0), Some(31));
        assert_eq!(pause(9_999_999, 0.0), Some(900));
    }

    #[test]
    fn a_code_may_ask_for_more_patience_or_for_fewer_tries() {
        let seconds =
            |made, code| after_answer(tries(made), Some(code), None, 0.0).map(|it| it.as_secs());
        assert_eq!(seconds(1, 20429), Some(0));
        assert_eq!(seconds(2, 21611), Some(300));
        assert_eq!(seconds(2, 63038), Some(86_400), "the next day");
        assert_eq!((seconds(1, 63023), seconds(2, 63023)), (Some(10), None));
        let spent = Tries { made: 1, left: 0 };
        assert_eq!(after_answer(spent, Some(20429), None, 0.0), None);
    }

    #[test]
    fn only_a_reported_failure_that_passes_is_tried_again_each_time_later() {
        let seconds = |made, code| after_report(tries(made), code, 0.0).map(|it| it.as_secs());
        assert_eq!(
            [1, 2, 3, 9].map(|it| seconds(it, 63018)),
            [10, 20, 40, 900].map(Some)
        );
        assert_eq!([1, 2].map(|it| seconds(it, 63025)), [Some(5), None]);
        assert_eq!(seconds(1, 30023), Some(86_400));
        // Not told by a report; perhaps delivered; for good; not ours to mend; unknown.
        for code in [20429, 30410, 63003, 63016, 1] {
            assert_eq!(seconds(1, code), None, "{code}");
        }
    }

    #[test]
    fn who_asks_again_gives_a_full_set_of_tries() {
        let of = |count, most| Tries::of(count, most, 5);
        assert_eq!(of(1, 5), Tries { made: 1, left: 4 });
        assert_eq!(of(5, 5), Tries { made: 5, left: 0 });
        // Sent again by a person after three; and after a request that was not made, which gives one back.
        assert_eq!(of(4, 8), Tries { made: 1, left: 4 });
        assert_eq!(of(2, 6), Tries { made: 1, left: 4 });
        // Fewer were allowed when it was accepted.
        assert_eq!(of(1, 9), Tries { made: 1, left: 8 });
    }
}
