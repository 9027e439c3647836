//! The queue in words: how its parts are, who held a lane, how full it is.

use super::{say::say, words::Lane};
use crate::schema;

/// What the breaker lets through.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "CircuitState")]
pub(crate) enum Circuit {
    Closed,
    HalfOpen,
    Open,
}

impl Circuit {
    /// What it means, in a few words.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Closed => say!("closed: requests flow"),
            Self::HalfOpen => say!("half open: one request tries"),
            Self::Open => say!("open: nothing is sent"),
        }
    }
}

/// How a part of the system is.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "ComponentState")]
pub(crate) enum Component {
    Ok,
    Degraded,
    Off,
}

impl Component {
    /// What it means, in a few words.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Ok => say!("answers"),
            Self::Degraded => say!("does not answer: this node goes on alone"),
            Self::Off => say!("not configured: one process does everything"),
        }
    }
}

/// What a process does.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "NodeRole")]
pub(crate) enum NodeRole {
    All,
    Api,
    Worker,
}

impl NodeRole {
    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::All => say!("Everything"),
            Self::Api => say!("API only"),
            Self::Worker => say!("Queue only"),
        }
    }
}

impl Lane {
    /// Every lane, most urgent first.
    pub(crate) const ALL: [Self; 3] = [Self::Immediate, Self::Normal, Self::Bulk];
}

/// The tabs of the queue's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum QueueTab {
    #[default]
    Live,
    Retrying,
    Unconfirmed,
    Dead,
    Schedules,
    Workers,
}

impl QueueTab {
    /// Every tab, in the order shown.
    pub(crate) const ALL: [Self; 6] = [
        Self::Live,
        Self::Retrying,
        Self::Unconfirmed,
        Self::Dead,
        Self::Schedules,
        Self::Workers,
    ];

    /// The word in the URL.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Retrying => "retrying",
            Self::Unconfirmed => "unconfirmed",
            Self::Dead => "dead",
            Self::Schedules => "schedules",
            Self::Workers => "workers",
        }
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Live => say!("Live"),
            Self::Retrying => say!("Retrying"),
            Self::Unconfirmed => say!("Unconfirmed"),
            Self::Dead => say!("Dead"),
            Self::Schedules => say!("Schedules"),
            Self::Workers => say!("Workers"),
        }
    }

    /// Reads the word of the URL; anything odd is the first tab.
    pub(crate) fn parse(slug: &str) -> Self {
        let found = Self::ALL.into_iter().find(|it| it.slug() == slug);
        found.unwrap_or_default()
    }
}

/// A process that has not reported itself for this long is lost (it does every 5 seconds).
pub(crate) const LOST_AFTER_MS: f64 = 20_000.0;

/// How far it is until a moment, in words: `in 12 s`, `now`.
pub(crate) fn until(at_ms: f64, now_ms: f64) -> String {
    let left = at_ms - now_ms;
    if left < 1000.0 {
        return say!("now").to_owned();
    }
    if left < 60_000.0 {
        return say!("in {n} s", n = format!("{:.0}", left / 1000.0));
    }
    say!("in {span}", span = super::time::span(left))
}

/// How long the oldest waits: `0 s` when none does.
pub(crate) fn waits(seconds: f64) -> String {
    if seconds <= 0.0 {
        return say!("{n} s", n = 0);
    }
    super::time::span(seconds * 1000.0)
}

/// Whole numbers with one decimal below ten: `0`, `3.2`, `41`.
pub(crate) fn rate(value: f64) -> String {
    if value <= 0.05 {
        "0".to_owned()
    } else if value < 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_words_of_the_url() {
        for tab in QueueTab::ALL {
            assert_eq!(QueueTab::parse(tab.slug()), tab);
        }
        assert_eq!(QueueTab::parse("nothing"), QueueTab::Live);
    }

    #[test]
    fn times_to_come_are_short() {
        for (left, text) in [
            (-5.0, "now"),
            (400.0, "now"),
            (12_400.0, "in 12 s"),
            (90_000.0, "in 2 min"),
            (7_500_000.0, "in 2 h 5 min"),
        ] {
            assert_eq!(until(left, 0.0), text);
        }
        assert_eq!(
            (waits(0.0), waits(3.2)),
            ("0 s".to_owned(), "3.2 s".to_owned())
        );
        for (value, text) in [(0.0, "0"), (0.4, "0.4"), (3.21, "3.2"), (41.4, "41")] {
            assert_eq!(rate(value), text);
        }
    }
}
