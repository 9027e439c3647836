//! The enums and scalars of the schema, and how a person reads them. Status has its own file.

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
            Self::Inbound => "In",
            Self::Outbound => "Out",
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
            Self::Immediate => "Immediate",
            Self::Normal => "Normal",
            Self::Bulk => "Bulk",
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
            Self::Live => "LIVE",
            Self::TestNumber => "TEST NUMBER",
            Self::Simulated => "SIMULATED",
        }
    }

    /// One sentence on what that means.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Live => "Messages reach real people through Twilio.",
            Self::TestNumber => {
                "Messages leave from Twilio's shared test number, to joined phones only."
            }
            Self::Simulated => "Nothing leaves this server.",
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
            Self::Viewer => "Viewer",
            Self::Operator => "Operator",
            Self::Admin => "Administrator",
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
            Self::You => "You",
            Self::Customer => "The customer",
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
            Self::Transient => "Passing: trying again may work",
            Self::Permanent => "Permanent: the same message will fail again",
            Self::NeedsAction => "Needs action before another try",
            Self::Warning => "A warning only",
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
            Self::Pending => "In flight",
            Self::Accepted => "Accepted",
            Self::Refused => "Refused",
            Self::Busy => "Busy, tried later",
            Self::Unclear => "No clear answer",
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
        }
    }

    /// The phrase on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Received => "Received from the customer",
            Self::Created => "Created",
            Self::Attempted => "Handed to Twilio",
            Self::Accepted => "Accepted by Twilio",
            Self::RetryPlanned => "Retry planned",
            Self::Failed => "Failed",
            Self::Unconfirmed => "No clear answer from Twilio",
            Self::Reconciled => "Settled against Twilio's list",
            Self::Callback => "Twilio reported",
            Self::Due => "Time to send",
            Self::RetryRequested => "Retry requested",
            Self::Canceled => "Canceled before it left",
            Self::Recovered => "Recovered from Twilio's list",
        }
    }
}

/// An address as people read it: `whatsapp:+977…` as the number alone.
pub(crate) fn bare_address(address: &str) -> &str {
    address.strip_prefix("whatsapp:").unwrap_or(address)
}
