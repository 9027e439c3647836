//! When a passing failure is tried again: exponential with full jitter, or what the provider asked for.

use std::time::Duration;

const FIRST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 15 * 60 * 1_000;

/// The pause before the next try after `attempts` made so far (1 or more). `chance` is in `0.0..1.0`.
///
/// Without `retry_after` it lies between 0 and `1 s × 2^(attempts − 1)`, capped at 15 minutes; with it, between
/// `retry_after` and that plus one second, so that waiting messages don't all leave at one moment.
pub fn pause(attempts: i32, retry_after: Option<Duration>, chance: f64) -> Duration {
    if let Some(asked) = retry_after {
        let asked = asked.min(Duration::from_millis(LONGEST_MS));
        return asked + Duration::from_secs(1).mul_f64(chance);
    }
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 20)).unwrap_or(0);
    let ceiling = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
    Duration::from_millis(ceiling).mul_f64(chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour() {
        let most = |attempts| pause(attempts, None, 1.0).as_secs();
        assert_eq!([1, 2, 3, 4, 10].map(most), [1, 2, 4, 8, 512]);
        assert_eq!([11, 30, i32::MAX].map(most), [900, 900, 900]);
        assert_eq!(pause(5, None, 0.0), Duration::ZERO);
    }

    #[test]
    fn the_providers_word_is_the_least_pause() {
        let asked = Some(Duration::from_secs(30));
        assert_eq!(pause(1, asked, 0.0).as_secs(), 30);
        assert_eq!(pause(1, asked, 1.0).as_secs(), 31);
        assert_eq!(
            pause(1, Some(Duration::from_secs(9_999_999)), 0.0).as_secs(),
            900
        );
    }
}
