//! Moments of a filter as people write them: `-24h`, `now`, `2026-11-22`, RFC 3339. Resolved once, then anchored.

use super::{
    say::say,
    time::{iso, parse_ms},
};

const MINUTE_MS: f64 = 60_000.0;

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// So many minutes before now.
    Ago(u32),
    /// RFC 3339, or a day in UTC.
    At(String),
}

impl When {
    /// Reads the word of the URL; `now` is no bound at all.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix('-') {
            let unit = rest.chars().next_back()?;
            let count: u32 = rest.strip_suffix(unit)?.parse().ok()?;
            let minutes = match unit {
                'm' => 1,
                'h' => 60,
                'd' => 1440,
                'w' => 10_080,
                _ => return None,
            };
            return count.checked_mul(minutes).map(Self::Ago);
        }
        parse_ms(&whole(text))?;
        Some(Self::At(text.to_owned()))
    }

    /// The word of the URL.
    pub(crate) fn slug(&self) -> String {
        match self {
            Self::Ago(minutes) => {
                let (n, unit) = short(*minutes);
                format!("-{n}{unit}")
            }
            Self::At(text) => text.clone(),
        }
    }

    /// Milliseconds since 1970.
    pub(crate) fn ms(&self, now_ms: f64) -> f64 {
        match self {
            Self::Ago(minutes) => now_ms - f64::from(*minutes) * MINUTE_MS,
            Self::At(text) => parse_ms(&whole(text)).unwrap_or(now_ms),
        }
    }

    /// As the API takes it.
    pub(crate) fn iso(&self, now_ms: f64) -> String {
        match self {
            Self::Ago(_) => iso(self.ms(now_ms)),
            Self::At(text) => whole(text),
        }
    }

    /// The words of a chip.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Ago(minutes) => match short(*minutes) {
                (n, 'd') => say!("{n}d ago", n),
                (n, 'h') => say!("{n}h ago", n),
                (n, _) => say!("{n}m ago", n),
            },
            Self::At(text) => text.clone(),
        }
    }
}

/// `90` → 90 m, `120` → 2 h, `1440` → 24 h, `10080` → 7 d.
fn short(minutes: u32) -> (u32, char) {
    match minutes {
        it if it % 1440 == 0 && it > 1440 => (it / 1440, 'd'),
        it if it % 60 == 0 => (it / 60, 'h'),
        it => (it, 'm'),
    }
}

/// A day as its first moment.
fn whole(text: &str) -> String {
    let is_day = text.len() == 10 && text.bytes().filter(|it| *it == b'-').count() == 2;
    if is_day {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written_back() {
        for (text, ms) in [
            ("-24h", Some(913_600_000.0)),
            ("-90m", Some(994_600_000.0)),
            ("-7d", Some(395_200_000.0)),
            ("1970-01-02", Some(86_400_000.0)),
            ("1970-01-01T00:00:01Z", Some(1000.0)),
            ("-h", None),
            ("-5y", None),
            ("yesterday", None),
            ("2026-13-xx", None),
        ] {
            let read = When::parse(text);
            assert_eq!(read.as_ref().map(|it| it.ms(1_000_000_000.0)), ms, "{text}");
            if let Some(read) = read {
                assert_eq!(read.slug(), text);
            }
        }
    }

    #[test]
    fn the_api_takes_whole_moments() {
        let day = When::parse("2026-11-22").map(|it| it.iso(0.0));
        assert_eq!(day.as_deref(), Some("2026-11-22T00:00:00Z"));
        let hour = When::parse("-1h").map(|it| it.iso(3_600_000.0));
        assert_eq!(hour.as_deref(), Some("1970-01-01T00:00:00.000Z"));
    }
}
