//! What Twilio posts, in words: what it carries, how far it is, why it was refused and what to change then.

use super::{
    facets::Facet,
    say::{key, say},
};
use crate::schema;

/// What a webhook event carries.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "WebhookEventKind")]
pub(crate) enum HookKind {
    Inbound,
    Status,
}

impl HookKind {
    /// The phrase on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Inbound => say!("Message"),
            Self::Status => say!("Status"),
        }
    }

    /// Reads the word of the URL.
    pub(crate) fn parse(slug: &str) -> Option<Self> {
        match slug {
            "inbound" => Some(Self::Inbound),
            "status" => Some(Self::Status),
            _ => None,
        }
    }
}

/// How far its processing is.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "WebhookEventState")]
pub(crate) enum HookState {
    Pending,
    Processed,
    Dead,
}

impl HookState {
    /// The name in the schema and in `data-state`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Processed => "PROCESSED",
            Self::Dead => "DEAD",
        }
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Pending => say!("Waiting"),
            Self::Processed => say!("Processed"),
            Self::Dead => say!("Dead"),
        }
    }

    /// Reads the word of the URL.
    pub(crate) fn parse(slug: &str) -> Option<Self> {
        [Self::Pending, Self::Processed, Self::Dead]
            .into_iter()
            .find(|it| it.name().eq_ignore_ascii_case(slug))
    }
}

/// How this server knows of it.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "WebhookEventSource")]
pub(crate) enum HookSource {
    Webhook,
    Recovered,
}

impl HookSource {
    /// The phrase on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Webhook => say!("Posted by Twilio"),
            Self::Recovered => say!("Recovered from Twilio's list"),
        }
    }

    /// Reads the word of the URL.
    pub(crate) fn parse(slug: &str) -> Option<Self> {
        match slug {
            "webhook" => Some(Self::Webhook),
            "recovered" => Some(Self::Recovered),
            _ => None,
        }
    }
}

/// Why a request was refused.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "WebhookRefusalReason")]
pub(crate) enum Refusal {
    ChangedBody,
    NotAllowed,
    OtherAccount,
    TooLarge,
    Unreadable,
    Unsigned,
    WrongSignature,
    WrongUrl,
}

impl Refusal {
    /// The name in the schema and in `data-reason`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ChangedBody => "CHANGED_BODY",
            Self::NotAllowed => "NOT_ALLOWED",
            Self::OtherAccount => "OTHER_ACCOUNT",
            Self::TooLarge => "TOO_LARGE",
            Self::Unreadable => "UNREADABLE",
            Self::Unsigned => "UNSIGNED",
            Self::WrongSignature => "WRONG_SIGNATURE",
            Self::WrongUrl => "WRONG_URL",
        }
    }

    /// The phrase on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::ChangedBody => say!("Body changed on the way"),
            Self::NotAllowed => say!("Address not allowed"),
            Self::OtherAccount => say!("Another Twilio account"),
            Self::TooLarge => say!("Too large"),
            Self::Unreadable => say!("Not readable"),
            Self::Unsigned => say!("No signature"),
            Self::WrongSignature => say!("Wrong signature"),
            Self::WrongUrl => say!("Signed for another URL"),
        }
    }

    /// Whether it is likely a setting of ours, rather than a stranger's try.
    pub(crate) fn is_ours(self) -> bool {
        match self {
            Self::ChangedBody | Self::OtherAccount | Self::WrongUrl | Self::WrongSignature => true,
            Self::NotAllowed | Self::TooLarge | Self::Unreadable | Self::Unsigned => false,
        }
    }
}

/// What the log can be narrowed by.
pub(crate) const FACETS: &[Facet] = &[
    Facet {
        key: "state",
        label: key!("State"),
        any: key!("Any state"),
        choices: &[
            ("pending", key!("Waiting")),
            ("processed", key!("Processed")),
            ("dead", key!("Dead")),
        ],
    },
    Facet {
        key: "kind",
        label: key!("Kind"),
        any: key!("Messages and statuses"),
        choices: &[("inbound", key!("Messages")), ("status", key!("Statuses"))],
    },
    Facet {
        key: "source",
        label: key!("Source"),
        any: key!("Any source"),
        choices: &[
            ("webhook", key!("Posted")),
            ("recovered", key!("Recovered")),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_of_the_url_is_understood() {
        for facet in FACETS {
            for (slug, _) in facet.choices {
                let is_known = match facet.key {
                    "state" => HookState::parse(slug).is_some(),
                    "kind" => HookKind::parse(slug).is_some(),
                    _ => HookSource::parse(slug).is_some(),
                };
                assert!(is_known, "{slug}");
            }
        }
    }
}
