//! The enums and scalars of the schema, and how a person reads them. Status has its own file.

use super::say::say;
use crate::schema;

/// A moment as the server writes it (RFC 3339).
#[derive(cynic::Scalar, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "DateTime")]
pub(crate) struct Timestamp(pub(crate) String);

/// Anything at all, as it came.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(transparent)]
pub(crate) struct Json(pub(crate) serde_json::Value);

cynic::impl_scalar!(Json, schema::JSON);

/// Which way a message went.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "MessageDirection")]
pub(crate) enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    /// The word in the URL and in `data-direction`.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Inbound => "in",
            Self::Outbound => "out",
        }
    }

    /// Reads the word of the URL.
    pub(crate) fn parse(slug: &str) -> Option<Self> {
        match slug {
            "in" => Some(Self::Inbound),
            "out" => Some(Self::Outbound),
            _ => None,
        }
    }

    /// The name in the schema.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Inbound => "INBOUND",
            Self::Outbound => "OUTBOUND",
        }
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Inbound => say!("In"),
            Self::Outbound => say!("Out"),
        }
    }
}

/// Where a message waits.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Immediate,
    Normal,
    Bulk,
}

impl Lane {
    /// The word in the URL.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Normal => "normal",
            Self::Bulk => "bulk",
        }
    }

    /// Reads the word of the URL.
    pub(crate) fn parse(slug: &str) -> Option<Self> {
        [Self::Immediate, Self::Normal, Self::Bulk]
            .into_iter()
            .find(|it| it.slug().eq_ignore_ascii_case(slug))
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Immediate => say!("Immediate"),
            Self::Normal => say!("Normal"),
            Self::Bulk => say!("Bulk"),
        }
    }
}

/// What the server is connected to.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    Live,
    TestNumber,
    Simulated,
}

impl Environment {
    /// The name in the schema.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::TestNumber => "TEST_NUMBER",
            Self::Simulated => "SIMULATED",
        }
    }

    /// The word on the badge.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Live => say!("LIVE"),
            Self::TestNumber => say!("TEST NUMBER"),
            Self::Simulated => say!("SIMULATED"),
        }
    }

    /// One sentence on what that means.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Live => say!("Messages reach real people through Twilio."),
            Self::TestNumber => {
                say!("Messages leave from Twilio's shared test number, to joined phones only.")
            }
            Self::Simulated => say!("Nothing leaves this server."),
        }
    }
}

/// What a user may do.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Viewer,
    Operator,
    Admin,
}

impl Role {
    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Viewer => say!("Viewer"),
            Self::Operator => say!("Operator"),
            Self::Admin => say!("Administrator"),
        }
    }

    /// Whether the role sends and retries.
    pub(crate) fn may_act(self) -> bool {
        match self {
            Self::Viewer => false,
            Self::Operator | Self::Admin => true,
        }
    }
}

impl Role {
    /// Every role, each includes the ones before it.
    pub(crate) const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// The name in the schema and in `data-role`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Viewer => "VIEWER",
            Self::Operator => "OPERATOR",
            Self::Admin => "ADMIN",
        }
    }

    /// Reads the name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether it includes another.
    pub(crate) fn covers(self, needed: Self) -> bool {
        let rank = |role: Self| Self::ALL.iter().position(|it| *it == role);
        rank(self) >= rank(needed)
    }

    /// One sentence on what it may do.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Viewer => say!("Reads; numbers of customers are masked."),
            Self::Operator => say!("Reads, sends, retries, talks to customers, steers the queue."),
            Self::Admin => say!("Does everything, also with users, tokens and settings."),
        }
    }
}

/// What a token may do.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenScope {
    Read,
    Send,
    Manage,
}

impl TokenScope {
    /// Every scope, each includes the ones before it.
    pub(crate) const ALL: [Self; 3] = [Self::Read, Self::Send, Self::Manage];

    /// The name in the schema and in `data-scope`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Send => "SEND",
            Self::Manage => "MANAGE",
        }
    }

    /// Reads the name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Read => say!("Read only"),
            Self::Send => say!("Send"),
            Self::Manage => say!("Manage"),
        }
    }

    /// One sentence on what it may do.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Read => say!("Reads, like a viewer."),
            Self::Send => say!("Also sends and retries, like an operator."),
            Self::Manage => say!("Does everything an administrator does. Keep it well."),
        }
    }
}

/// Who has to do something about an error.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "ErrorOwner")]
pub(crate) enum Owner {
    You,
    Customer,
    Twilio,
    Meta,
}

impl Owner {
    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::You => say!("You"),
            Self::Customer => say!("The customer"),
            Self::Twilio => "Twilio",
            Self::Meta => "Meta (WhatsApp)",
        }
    }
}

/// Whether waiting helps.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    Transient,
    Permanent,
    NeedsAction,
    Warning,
}

impl ErrorKind {
    /// One phrase on what a retry would do.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Transient => say!("Passing: trying again may work"),
            Self::Permanent => say!("Permanent: the same message will fail again"),
            Self::NeedsAction => say!("Needs action before another try"),
            Self::Warning => say!("A warning only"),
        }
    }
}

/// How one request to Twilio ended.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "AttemptOutcome")]
pub(crate) enum Outcome {
    Pending,
    Accepted,
    Refused,
    Busy,
    Unclear,
}

impl Outcome {
    /// The name in the schema.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Accepted => "ACCEPTED",
            Self::Refused => "REFUSED",
            Self::Busy => "BUSY",
            Self::Unclear => "UNCLEAR",
        }
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Pending => say!("In flight"),
            Self::Accepted => say!("Accepted"),
            Self::Refused => say!("Refused"),
            Self::Busy => say!("Busy, tried later"),
            Self::Unclear => say!("No clear answer"),
        }
    }
}

/// What happened to a message.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "MessageEventKind")]
pub(crate) enum EventKind {
    Received,
    Created,
    Attempted,
    Accepted,
    RetryPlanned,
    Failed,
    Unconfirmed,
    Reconciled,
    Callback,
    Due,
    RetryRequested,
    Canceled,
    Recovered,
    BotFailed,
}

impl EventKind {
    /// The name in the schema.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Received => "RECEIVED",
            Self::Created => "CREATED",
            Self::Attempted => "ATTEMPTED",
            Self::Accepted => "ACCEPTED",
            Self::RetryPlanned => "RETRY_PLANNED",
            Self::Failed => "FAILED",
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Reconciled => "RECONCILED",
            Self::Callback => "CALLBACK",
            Self::Due => "DUE",
            Self::RetryRequested => "RETRY_REQUESTED",
            Self::Canceled => "CANCELED",
            Self::Recovered => "RECOVERED",
            Self::BotFailed => "BOT_FAILED",
        }
    }

    /// The phrase on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Received => say!("Received from the customer"),
            Self::Created => say!("Created"),
            Self::Attempted => say!("Handed to Twilio"),
            Self::Accepted => say!("Accepted by Twilio"),
            Self::RetryPlanned => say!("Retry planned"),
            Self::Failed => say!("Failed"),
            Self::Unconfirmed => say!("No clear answer from Twilio"),
            Self::Reconciled => say!("Settled against Twilio's list"),
            Self::Callback => say!("Twilio reported"),
            Self::Due => say!("Time to send"),
            Self::RetryRequested => say!("Retry requested"),
            Self::Canceled => say!("Canceled before it left"),
            Self::Recovered => say!("Recovered from Twilio's list"),
            Self::BotFailed => say!("The bot failed; the customer got an apology"),
        }
    }
}

/// An address as people read it: `whatsapp:+977…` as the number alone.
pub(crate) fn bare_address(address: &str) -> &str {
    address.strip_prefix("whatsapp:").unwrap_or(address)
}

/// What a server says in passing, as a sentence of its own.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string());
    let rest = letters.as_str();
    let end = if rest.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{}{rest}{end}", first.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_sentences() {
        for (text, whole) in [
            ("no such event", "No such event."),
            ("It stands.", "It stands."),
            ("really?", "Really?"),
        ] {
            assert_eq!(sentence(text), whole);
        }
    }

    #[test]
    fn roles_include_the_ones_before() {
        assert!(Role::Admin.covers(Role::Viewer));
        assert!(Role::Operator.covers(Role::Operator));
        assert!(!Role::Viewer.covers(Role::Operator));
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        for scope in TokenScope::ALL {
            assert_eq!(TokenScope::parse(scope.name()), Some(scope));
        }
    }
}
