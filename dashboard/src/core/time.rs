//! Moments and durations as numbers: RFC 3339 to milliseconds, spans in words, how old something is.

use super::say::say;

/// Reads an RFC 3339 moment as milliseconds since 1970.
pub(crate) fn parse_ms(text: &str) -> Option<f64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let rest = text.get(19..)?;
    let digits = rest.strip_prefix('.').map_or("", |it| {
        it.split_once(|c: char| !c.is_ascii_digit())
            .map_or(it, |(digits, _)| digits)
    });
    let fraction_ms = format!("0.{digits}0").parse::<f64>().ok()? * 1000.0;
    let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of this era fit in 53 bits"
    )]
    let base_ms = (seconds - offset_seconds(zone)?) as f64 * 1000.0;
    Some(base_ms + fraction_ms)
}

fn offset_seconds(zone: &str) -> Option<i64> {
    let sign = match zone.get(0..1)? {
        "Z" | "z" => return Some(0),
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let hours: i64 = zone.get(1..3)?.parse().ok()?;
    let minutes: i64 = zone.get(4..6)?.parse().ok()?;
    Some(sign * (hours * 3600 + minutes * 60))
}

/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Writes milliseconds since 1970 as RFC 3339 in UTC.
#[expect(clippy::cast_possible_truncation, reason = "bounded by this era")]
pub(crate) fn iso(ms: f64) -> String {
    let ms = ms.floor() as i64;
    let (days, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, part) = (rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{part:03}Z")
}

/// Source: as above.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// A span in the shortest honest words: `3 ms`, `1.2 s`, `4 min`, `2 h 5 min`, `3 d`.
pub(crate) fn span(ms: f64) -> String {
    let ms = ms.max(0.0);
    if ms < 1000.0 {
        return say!("{n} ms", n = format!("{ms:.0}"));
    }
    let seconds = ms / 1000.0;
    if seconds < 60.0 {
        return say!("{n} s", n = format!("{seconds:.1}"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "minutes between two events"
    )]
    let minutes = (seconds / 60.0).round() as i64;
    match (minutes / 1440, minutes / 60, minutes % 60) {
        (0, 0, minutes) => say!("{n} min", n = minutes),
        (0, hours, 0) => say!("{n} h", n = hours),
        (0, hours, minutes) => say!("{hours} h {minutes} min", hours, minutes),
        (days, _, _) => say!("{n} d", n = days),
    }
}

/// How old something is, in the unit a person would use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    /// Within the last seconds, or in the future by a clock's error.
    Now,
    Seconds(u32),
    Minutes(u32),
    Hours(u32),
    /// Over a day: show the date.
    Date,
}

impl Age {
    /// The age of `at` as seen at `now`, both in milliseconds.
    pub(crate) fn of(at: f64, now: f64) -> Self {
        let seconds = (now - at) / 1000.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded by each arm"
        )]
        match seconds {
            it if it < -60.0 => Self::Date,
            it if it < 5.0 => Self::Now,
            it if it < 60.0 => Self::Seconds(it as u32),
            it if it < 3600.0 => Self::Minutes((it / 60.0) as u32),
            it if it < 86_400.0 => Self::Hours((it / 3600.0) as u32),
            _ => Self::Date,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", Some(0.0)),
            ("2026-11-22T07:26:12.104Z", Some(1_795_332_372_104.0)),
            ("2026-11-22T13:11:12.104+05:45", Some(1_795_332_372_104.0)),
            ("2024-02-29T23:59:59.999999Z", Some(1_709_251_199_999.999)),
            ("2026-11-22", None),
            ("yesterday", None),
        ] {
            let read = parse_ms(text);
            match (read, ms) {
                (Some(read), Some(ms)) => assert!((read - ms).abs() < 0.01, "{text}: {read}"),
                (read, ms) => assert_eq!(read, ms, "{text}"),
            }
        }
    }

    #[test]
    fn moments_are_written() {
        for text in [
            "1970-01-01T00:00:00.000Z",
            "2024-02-29T23:59:59.999Z",
            "2026-11-22T07:26:12.104Z",
        ] {
            assert_eq!(parse_ms(text).map(iso).as_deref(), Some(text));
        }
    }

    #[test]
    fn spans_are_short() {
        for (ms, text) in [
            (-4.0, "0 ms"),
            (3.2, "3 ms"),
            (999.0, "999 ms"),
            (1240.0, "1.2 s"),
            (61_000.0, "1 min"),
            (7_500_000.0, "2 h 5 min"),
            (7_200_000.0, "2 h"),
            (200_000_000.0, "2 d"),
        ] {
            assert_eq!(span(ms), text);
        }
    }

    #[test]
    fn ages_use_the_right_unit() {
        for (seconds, age) in [
            (-3600.0, Age::Date),
            (-2.0, Age::Now),
            (4.0, Age::Now),
            (12.0, Age::Seconds(12)),
            (61.0, Age::Minutes(1)),
            (7300.0, Age::Hours(2)),
            (90_000.0, Age::Date),
        ] {
            assert_eq!(Age::of(0.0, seconds * 1000.0), age, "{seconds}");
        }
    }
}
