//! Message status: its word, its tone, its place in the URL. Refuses to know icons and colors.

use super::say::say;
use crate::schema;

/// Where a message stands (`MessageStatus`).
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cynic(graphql_type = "MessageStatus")]
pub(crate) enum Status {
    Scheduled,
    Queued,
    Sending,
    Unconfirmed,
    Accepted,
    Sent,
    Delivered,
    Read,
    Undelivered,
    Failed,
    Canceled,
    Received,
}

/// A family of colors; always shown with an icon and a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Neutral,
    Info,
    Success,
    Read,
    Warn,
    Danger,
    Plan,
    Inbound,
}

impl Tone {
    /// The end of a class name, `badge--danger`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Success => "success",
            Self::Read => "read",
            Self::Warn => "warn",
            Self::Danger => "danger",
            Self::Plan => "plan",
            Self::Inbound => "inbound",
        }
    }
}

impl Status {
    /// Whether it ended, or waits, without ever having been on a phone.
    pub(crate) fn has_reached_nobody(self) -> bool {
        matches!(
            self,
            Self::Failed | Self::Undelivered | Self::Canceled | Self::Scheduled | Self::Queued
        )
    }

    /// Every status, in the order a filter lists them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Scheduled,
        Self::Queued,
        Self::Sending,
        Self::Unconfirmed,
        Self::Accepted,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Undelivered,
        Self::Failed,
        Self::Canceled,
        Self::Received,
    ];

    /// The name in the schema and in `data-status`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::Queued => "QUEUED",
            Self::Sending => "SENDING",
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Accepted => "ACCEPTED",
            Self::Sent => "SENT",
            Self::Delivered => "DELIVERED",
            Self::Read => "READ",
            Self::Undelivered => "UNDELIVERED",
            Self::Failed => "FAILED",
            Self::Canceled => "CANCELED",
            Self::Received => "RECEIVED",
        }
    }

    /// The word in the URL.
    pub(crate) fn slug(self) -> String {
        self.name().to_ascii_lowercase()
    }

    /// Reads the word of the URL, or the provider's word for the same thing, in any case.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|it| it.name().eq_ignore_ascii_case(word))
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Scheduled => say!("Scheduled"),
            Self::Queued => say!("Queued"),
            Self::Sending => say!("Sending"),
            Self::Unconfirmed => say!("Unconfirmed"),
            Self::Accepted => say!("Accepted"),
            Self::Sent => say!("Sent"),
            Self::Delivered => say!("Delivered"),
            Self::Read => say!("Read"),
            Self::Undelivered => say!("Undelivered"),
            Self::Failed => say!("Failed"),
            Self::Canceled => say!("Canceled"),
            Self::Received => say!("Received"),
        }
    }

    /// Its family of colors.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Queued | Self::Canceled => Tone::Neutral,
            Self::Sending | Self::Accepted | Self::Sent => Tone::Info,
            Self::Delivered => Tone::Success,
            Self::Read => Tone::Read,
            Self::Undelivered | Self::Unconfirmed => Tone::Warn,
            Self::Failed => Tone::Danger,
            Self::Scheduled => Tone::Plan,
            Self::Received => Tone::Inbound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_survives_the_url() {
        for status in Status::ALL {
            assert_eq!(Status::parse(&status.slug()), Some(status));
            assert_eq!(Status::parse(status.name()), Some(status));
        }
        assert_eq!(Status::parse("lost"), None);
    }
}
