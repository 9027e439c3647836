//! The published names of stored enums: each maps exhaustively.

use async_graphql::Enum;
use entity::delivery_attempt::Outcome;
use entity::message::Direction;
use entity::message_event::EventKind;
use entity::types::{Lane, MessageStatus};

/// How urgent a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Lane", remote = "Lane")]
pub(in crate::graphql) enum LaneEnum {
    /// Answers to a person: tried at once, not by the queue.
    Immediate,
    /// Ordinary messages.
    Normal,
    /// Broadcasts.
    Bulk,
}

/// Where a message is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "MessageStatus", remote = "MessageStatus")]
pub(in crate::graphql) enum StatusEnum {
    /// Waits for its time.
    Scheduled,
    /// Waits for a worker.
    Queued,
    /// A worker is about to send it, or is sending it.
    Sending,
    /// It may have been sent: Twilio is being asked before anything else happens.
    Unconfirmed,
    /// Twilio took it.
    Accepted,
    /// WhatsApp took it.
    Sent,
    /// It is on the recipient's phone.
    Delivered,
    /// The recipient read it.
    Read,
    /// WhatsApp could not deliver it.
    Undelivered,
    /// It was refused, or given up.
    Failed,
    /// It was taken back before it left.
    Canceled,
    /// It came from the customer.
    Received,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "MessageDirection", remote = "Direction")]
pub(super) enum DirectionEnum {
    /// The customer.
    Inbound,
    /// This server.
    Outbound,
}

/// How a request to Twilio ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "AttemptOutcome", remote = "Outcome")]
pub(super) enum OutcomeEnum {
    /// Not ended yet.
    Pending,
    /// Twilio took the message.
    Accepted,
    /// Certainly not taken, and never will be as it stands.
    Refused,
    /// Certainly not taken; later may work.
    Busy,
    /// Perhaps taken.
    Unclear,
}

/// What happened to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "MessageEventKind", remote = "EventKind")]
pub(super) enum EventKindEnum {
    /// It came from the customer and was stored.
    Received,
    /// It was stored, to be sent.
    Created,
    /// Its scheduled time came: it waits for a worker.
    Due,
    /// A request to Twilio is about to leave.
    Attempted,
    /// Twilio took it.
    Accepted,
    /// A passing failure; the next try has a time.
    RetryPlanned,
    /// It will not be sent as it stands.
    Failed,
    /// The request left and no clear answer came.
    Unconfirmed,
    /// Twilio's list or record settled what was open.
    Reconciled,
    /// Twilio reported a status.
    Callback,
    /// Somebody asked to send it again.
    RetryRequested,
    /// Somebody took it back before it left.
    Canceled,
    /// It came from the customer; its webhook never came, so it was found in Twilio's list and stored.
    Recovered,
    /// The bot failed on it: the customer got an apology, and waits for a person.
    BotFailed,
}
