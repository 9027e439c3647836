//! Where messages wait to be accepted, and answers to be recorded: the words of both. Knows neither database nor queue.

use std::sync::Arc;

use entity::message;
use uuid::Uuid;

use crate::domain::draft::Draft;
use crate::error::Refusal;
use crate::flows::audit::Actor;
use crate::gateway::twilio::Report;
use crate::gather::Door;

/// Where messages wait to be accepted.
pub type Accepting = Door<Vec<Wish>, Vec<Answer>>;
/// What became of one wish.
pub type Answer = std::result::Result<Accepted, NotAccepted>;

/// A message to be accepted.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The id it will have.
    pub id: Uuid,
    /// Its content.
    pub draft: Draft,
    /// The request it is of; shared by all its messages.
    pub asked: Arc<Asked>,
}

/// A request of a person or program, for the audit log.
#[derive(Debug)]
pub struct Asked {
    /// Tells requests apart.
    pub id: Uuid,
    /// Who asked.
    pub by: Actor,
    /// What for, by the API's name.
    pub action: &'static str,
}

/// A message that is stored.
#[derive(Clone, Debug)]
pub enum Accepted {
    /// Now. If it is `SENDING`, its attempt is for whoever asked to make.
    New(message::Model),
    /// Before, with the same key and content.
    Known(message::Model),
}

/// Why a message was not stored.
#[derive(Clone, Debug)]
pub enum NotAccepted {
    /// It breaks rules.
    Refused(Vec<Refusal>),
    /// The database did not take it, in its words. Unless `may_be_queued`, it certainly is not in the queue.
    Fault {
        /// In the database's words.
        words: String,
        /// Its commit was under way: it may be stored after all, and in the queue.
        may_be_queued: bool,
    },
}

/// Where answers wait to be recorded.
pub type Settling = Door<Settled, ()>;

/// An attempt with its answer.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The message as it was claimed; its `attempt_count` is the attempt's number.
    pub message: message::Model,
    /// The answer.
    pub report: Report,
}
