//! How a token stands: in use, ending soon, ended, forgotten.

use super::say::say;

/// Days before its end from which a token is marked.
const SOON_DAYS: f64 = 14.0;
/// Days without use from which one wonders what a token is for.
const UNUSED_DAYS: f64 = 90.0;
const DAY_MS: f64 = 86_400_000.0;

/// The times of a token, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Times {
    pub(crate) created: f64,
    pub(crate) expires: Option<f64>,
    pub(crate) used: Option<f64>,
    pub(crate) revoked: Option<f64>,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Active,
    /// In so many days, rounded up.
    EndsIn(u32),
    Ended,
    Revoked,
    /// For so many days, rounded down.
    Unused(u32),
}

impl Standing {
    /// At a moment.
    pub(crate) fn of(times: Times, now: f64) -> Self {
        if times.revoked.is_some() {
            return Self::Revoked;
        }
        let left = times.expires.map(|it| (it - now) / DAY_MS);
        let idle = (now - times.used.unwrap_or(times.created)) / DAY_MS;
        match left {
            Some(left) if left <= 0.0 => Self::Ended,
            Some(left) if left < SOON_DAYS => Self::EndsIn(days(left.ceil())),
            Some(_) | None if idle > UNUSED_DAYS => Self::Unused(days(idle.floor())),
            Some(_) | None => Self::Active,
        }
    }

    /// The word in `data-state`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::EndsIn(_) => "ending",
            Self::Ended => "ended",
            Self::Revoked => "revoked",
            Self::Unused(_) => "unused",
        }
    }

    /// The words on screen.
    pub(crate) fn label(self) -> String {
        match self {
            Self::Active => say!("In use").to_owned(),
            Self::EndsIn(1) => say!("Ends within a day").to_owned(),
            Self::EndsIn(days) => say!(days, "Ends in {n} day" | "Ends in {n} days", n = days),
            Self::Ended => say!("Ended").to_owned(),
            Self::Revoked => say!("Revoked").to_owned(),
            Self::Unused(days) => say!(
                days,
                "Not used for {n} day" | "Not used for {n} days",
                n = days
            ),
        }
    }

    /// Whether it lets nobody in any more.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Revoked)
    }
}

fn days(count: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative here, and far below four thousand million"
    )]
    let days = count as u32;
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_in_one_way() {
        let day = |count: f64| count * DAY_MS;
        let fresh = Times {
            created: 0.0,
            ..Times::default()
        };
        for (times, now, standing, label) in [
            (fresh, day(1.0), Standing::Active, "In use"),
            (
                fresh,
                day(91.0),
                Standing::Unused(91),
                "Not used for 91 days",
            ),
            (
                Times {
                    used: Some(day(90.0)),
                    ..fresh
                },
                day(91.0),
                Standing::Active,
                "In use",
            ),
            (
                Times {
                    expires: Some(day(30.0)),
                    ..fresh
                },
                day(20.5),
                Standing::EndsIn(10),
                "Ends in 10 days",
            ),
            (
                Times {
                    expires: Some(day(30.0)),
                    ..fresh
                },
                day(29.5),
                Standing::EndsIn(1),
                "Ends within a day",
            ),
            (
                Times {
                    expires: Some(day(30.0)),
                    ..fresh
                },
                day(30.0),
                Standing::Ended,
                "Ended",
            ),
            (
                Times {
                    revoked: Some(day(2.0)),
                    expires: Some(day(1.0)),
                    ..fresh
                },
                day(3.0),
                Standing::Revoked,
                "Revoked",
            ),
        ] {
            assert_eq!(Standing::of(times, now), standing);
            assert_eq!(standing.label(), label);
        }
    }
}
