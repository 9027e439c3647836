//! What a step does or expects.

use std::time::Duration;

use serde_json::Value;

use super::shop::Trade;
use crate::gateway::simulator::Writing;

/// A step.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Settings of the server.
    Settings(Vec<(String, String)>),
    /// There is a phone.
    Phone {
        name: String,
        address: String,
        owner: String,
    },
    /// A person writes.
    Write {
        phone: String,
        writing: Box<Writing>,
    },
    /// The next message that comes to the phone holds a text.
    Gets {
        phone: String,
        text: String,
        within: Duration,
    },
    /// Nothing comes to the phone.
    GetsNothing { phone: String, during: Duration },
    /// So many messages came to the phone.
    Has {
        phone: String,
        count: u64,
        within: Duration,
    },
    /// A phone's settings change.
    ChangePhone { phone: String, change: Value },
    /// The operator sends.
    Send {
        phone: String,
        content: Content,
        /// So many times.
        times: u64,
        name: Option<String>,
    },
    /// The operator is told why this can't be sent.
    CannotSend {
        phone: String,
        content: Content,
        code: String,
    },
    /// The operator has a message sent again.
    Retry { message: String },
    /// A message comes to a status.
    Becomes {
        message: String,
        /// So many of them, where the name is of several; all of them without it.
        count: Option<u64>,
        state: State,
        within: Duration,
    },
    /// A message is at a status, and remains there.
    Stays {
        message: String,
        state: State,
        during: Duration,
    },
    /// A message was asked of Twilio so many times.
    Attempts { message: String, count: u64 },
    /// One status stands before another in a message's timeline.
    Timeline {
        message: String,
        first: String,
        then: String,
    },
    /// The log holds so many messages.
    Log { count: u64, with: Option<LogSide> },
    /// The world changes.
    World(Value),
    /// Something in the shop.
    Trade(Trade),
    /// Time passes.
    Wait(Duration),
}

/// What the operator sends.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Text(String),
    Template {
        name: String,
        variables: Vec<(String, String)>,
    },
}

/// A status, and the error code that belongs to it.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) status: String,
    pub(super) code: Option<u64>,
}

/// Whose messages are counted.
#[derive(Clone, Debug)]
pub(super) struct LogSide {
    pub(super) phone: String,
    /// From the phone, not to it.
    pub(super) is_from: bool,
}

impl Act {
    /// The phone that it is about.
    pub(super) fn phone(&self) -> Option<&str> {
        match self {
            Self::Write { phone, .. }
            | Self::Gets { phone, .. }
            | Self::GetsNothing { phone, .. }
            | Self::Has { phone, .. }
            | Self::ChangePhone { phone, .. }
            | Self::Send { phone, .. }
            | Self::CannotSend { phone, .. } => Some(phone),
            Self::Trade(trade) => trade.phone(),
            Self::Log { with, .. } => with.as_ref().map(|it| it.phone.as_str()),
            Self::Settings(_)
            | Self::Phone { .. }
            | Self::Retry { .. }
            | Self::Becomes { .. }
            | Self::Stays { .. }
            | Self::Attempts { .. }
            | Self::Timeline { .. }
            | Self::World(_)
            | Self::Wait(_) => None,
        }
    }

    /// The message of the operator that it is about.
    pub(super) fn message(&self) -> Option<&str> {
        match self {
            Self::Retry { message }
            | Self::Becomes { message, .. }
            | Self::Stays { message, .. }
            | Self::Attempts { message, .. }
            | Self::Timeline { message, .. } => Some(message),
            _ => None,
        }
    }
}
