//! A stretch of time as the URL says it (`from=-24h&to=now`, or two moments), and the buckets of a chart over it.

use super::{query, say::key, time::parse_ms};

const MINUTE_MS: f64 = 60_000.0;
const HOUR_MS: f64 = 60.0 * MINUTE_MS;
const DAY_MS: f64 = 24.0 * HOUR_MS;
/// The server gives no more buckets than this.
const MOST_BUCKETS: f64 = 1500.0;
/// Points of one chart; more is noise.
pub(crate) const MOST_POINTS: usize = 240;

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Period {
    /// So many minutes up to now.
    Back(u32),
    /// From one moment to before another, in milliseconds.
    Between(f64, f64),
}

/// The stretch with its ends fixed, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) from_ms: f64,
    pub(crate) to_ms: f64,
}

/// How long the server's buckets are.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "StatsBucket")]
pub(crate) enum Bucket {
    Minute,
    Hour,
    Day,
}

use crate::schema;

impl Bucket {
    /// In milliseconds.
    pub(crate) fn length_ms(self) -> f64 {
        match self {
            Self::Minute => MINUTE_MS,
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        }
    }
}

impl Period {
    /// The periods one can choose from, and their names.
    pub(crate) const CHOICES: [(Self, &'static str); 4] = [
        (Self::Back(60), key!("Last hour")),
        (Self::Back(24 * 60), key!("Last 24 h")),
        (Self::Back(7 * 24 * 60), key!("Last 7 days")),
        (Self::Back(30 * 24 * 60), key!("Last 30 days")),
    ];

    /// Reads `from` and `to` of a query string; anything odd is `otherwise`.
    pub(crate) fn parse(search: &str, otherwise: Self) -> Self {
        let pairs = query::pairs(search);
        let value = |key: &str| {
            let found = pairs.iter().find(|(it, _)| it == key);
            found.map(|(_, value)| value.as_str())
        };
        let Some(from) = value("from") else {
            return otherwise;
        };
        let to = value("to").filter(|it| *it != "now");
        match (back(from), parse_ms(from), to.and_then(parse_ms)) {
            (Some(minutes), _, None) if to.is_none() => Self::Back(minutes),
            (None, Some(from), Some(to)) if from < to => Self::Between(from, to),
            _ => otherwise,
        }
    }

    /// The words of the URL: `from`, and `to` where it is not now.
    pub(crate) fn to_pairs(self) -> Vec<(String, String)> {
        match self {
            Self::Back(minutes) => vec![("from".to_owned(), back_word(minutes))],
            Self::Between(from, to) => vec![
                ("from".to_owned(), moment(from)),
                ("to".to_owned(), moment(to)),
            ],
        }
    }

    /// The words of the URL as one value, `-24h`; nothing for two moments.
    pub(crate) fn word(self) -> Option<String> {
        match self {
            Self::Back(minutes) => Some(back_word(minutes)),
            Self::Between(..) => None,
        }
    }

    /// Whether it ends now, so that it moves on.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Back(_))
    }

    /// The stretch as seen at `now_ms`.
    pub(crate) fn at(self, now_ms: f64) -> Bounds {
        match self {
            Self::Back(minutes) => Bounds {
                from_ms: now_ms - f64::from(minutes) * MINUTE_MS,
                to_ms: now_ms,
            },
            Self::Between(from_ms, to_ms) => Bounds { from_ms, to_ms },
        }
    }
}

impl Bounds {
    /// The stretch of the same length before this one.
    pub(crate) fn before(self) -> Self {
        Self {
            from_ms: self.from_ms - (self.to_ms - self.from_ms),
            to_ms: self.from_ms,
        }
    }

    /// The same, widened to whole minutes: what the server counts by.
    pub(crate) fn whole_minutes(self) -> Self {
        Self {
            from_ms: (self.from_ms / MINUTE_MS).floor() * MINUTE_MS,
            to_ms: (self.to_ms / MINUTE_MS).ceil() * MINUTE_MS,
        }
    }

    /// The finest buckets that the server gives for it.
    pub(crate) fn bucket(self) -> Bucket {
        // Two more: both ends may lie within a bucket.
        let count = |it: Bucket| (self.to_ms - self.from_ms) / it.length_ms() + 2.0;
        [Bucket::Minute, Bucket::Hour]
            .into_iter()
            .find(|it| count(*it) <= MOST_BUCKETS)
            .unwrap_or(Bucket::Day)
    }
}

/// How many buckets become one point, so that a chart of `count` buckets stays calm: a number people count in.
pub(crate) fn group_size(count: usize) -> usize {
    [1, 2, 5, 10, 15, 30, 60]
        .into_iter()
        .find(|it| count.div_ceil(*it) <= MOST_POINTS)
        .unwrap_or_else(|| count.div_ceil(MOST_POINTS))
}

/// `-24h` as minutes.
fn back(word: &str) -> Option<u32> {
    let rest = word.strip_prefix('-')?;
    let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let number: u32 = number.parse().ok().filter(|it| *it > 0)?;
    let minutes = match unit {
        "m" => number,
        "h" => number.checked_mul(60)?,
        "d" => number.checked_mul(24 * 60)?,
        _ => return None,
    };
    (minutes <= 92 * 24 * 60).then_some(minutes)
}

fn back_word(minutes: u32) -> String {
    match (minutes % (24 * 60), minutes % 60) {
        (0, _) if minutes > 24 * 60 => format!("-{}d", minutes / (24 * 60)),
        (_, 0) => format!("-{}h", minutes / 60),
        _ => format!("-{minutes}m"),
    }
}

/// Writes milliseconds since 1970 as RFC 3339 in UTC, to the millisecond.
pub(crate) fn moment(at_ms: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds of this era fit in 64 bits"
    )]
    let ms = at_ms.floor() as i64;
    let (days, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, fraction) = (rest / 1000 % 60, rest % 1000);
    let end = if fraction == 0 {
        "Z".to_owned()
    } else {
        format!(".{fraction:03}Z")
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{end}")
}

/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Period = Period::Back(24 * 60);

    #[test]
    fn a_url_and_its_period_are_the_same_thing() {
        for (url, period) in [
            ("?from=-24h", DAY),
            ("?from=-90m", Period::Back(90)),
            ("?from=-7d", Period::Back(7 * 24 * 60)),
            (
                "?from=2026-11-22T07:00:00Z&to=2026-11-22T08:30:00.250Z",
                Period::Between(1_795_330_800_000.0, 1_795_336_200_250.0),
            ),
        ] {
            assert_eq!(Period::parse(url, Period::Back(1)), period, "{url}");
            assert_eq!(query::join(&period.to_pairs()), url);
        }
        for odd in [
            "",
            "?from=yesterday",
            "?from=-0h",
            "?from=-9999d",
            "?from=-",
            "?from=-h",
            "?from=2026-11-22T08:00:00Z",
            "?from=2026-11-22T08:00:00Z&to=2026-11-22T07:00:00Z",
        ] {
            assert_eq!(Period::parse(odd, DAY), DAY, "{odd}");
        }
        assert_eq!(Period::parse("?from=-1h&to=now", DAY), Period::Back(60));
    }

    #[test]
    fn moments_are_written_as_they_are_read() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59.999Z",
            "2026-11-22T07:26:12.104Z",
            "2027-01-01T00:00:00Z",
        ] {
            assert_eq!(moment(parse_ms(text).unwrap()), text);
        }
    }

    #[test]
    fn buckets_fit_the_server_and_points_the_chart() {
        for (minutes, bucket, points) in [
            (60, Bucket::Minute, 60),
            (24 * 60, Bucket::Minute, 144),
            (7 * 24 * 60, Bucket::Hour, 168),
            (30 * 24 * 60, Bucket::Hour, 144),
            (92 * 24 * 60, Bucket::Day, 92),
        ] {
            let bounds = Period::Back(minutes).at(1e12).whole_minutes();
            assert_eq!(bounds.bucket(), bucket, "{minutes}");
            let count = f64::from(minutes) * MINUTE_MS / bucket.length_ms();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "small"
            )]
            let count = count as usize;
            assert_eq!(count.div_ceil(group_size(count)), points, "{minutes}");
        }
        let before = Bounds {
            from_ms: 10.0,
            to_ms: 15.0,
        }
        .before();
        assert_eq!(
            before,
            Bounds {
                from_ms: 5.0,
                to_ms: 10.0
            }
        );
    }
}
