//! The six ways in which a request can end badly. Five are written for a person; a fault is logged and kept private.

use async_graphql::resolver_utils::EnumType as _;
use sea_orm::DbErr;

/// Why a flow did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request breaks rules; each is named.
    #[error("{}", .0.iter().map(|it| it.message.as_str()).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refusal>),
    /// No such thing, or not one the caller may see.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Nobody is signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// Signed in, but not allowed.
    #[error("this needs {0}")]
    Forbidden(&'static str),
    /// Not now; a sentence that says what to do.
    #[error("{0}")]
    Unavailable(&'static str),
    /// Our own failure.
    #[error("internal error")]
    Fault(#[source] Fault),
}

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule; published as `UserErrorCode`.
    pub code: RefusalCode,
    /// The input field, where one is at fault.
    pub field: Option<&'static str>,
    /// What is wrong and what would be right, for a person.
    pub message: String,
    /// Its place in a text: the number of the character, counted from 1.
    pub position: Option<usize>,
}

/// The rules a request can break. Documented where they are published, in the GraphQL enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, async_graphql::Enum)]
#[graphql(name = "UserErrorCode")]
pub enum RefusalCode {
    /// A field that must be there is not.
    Required,
    /// The message has no text, no media and no template.
    Empty,
    /// Longer than the provider takes.
    TooLong,
    /// More items than the provider takes.
    TooMany,
    /// Not a number in international form (E.164).
    InvalidNumber,
    /// Not an absolute http or https URL.
    InvalidUrl,
    /// A template's id or variables, or a text, can't be what they are.
    InvalidContent,
    /// The sender is not one of this server's.
    UnknownSender,
    /// A time that has passed already.
    InThePast,
    /// A time more than 366 days ahead.
    TooFar,
    /// Free text outside of the 24-hour window: send a template, or wait until they write.
    WindowClosed,
    /// The recipient wants no messages: only they can change that, by writing START. Where an operator noted it (optOutContact),
    /// optInContact ends it.
    OptedOut,
    /// The contact is blocked: unblockContact lets messages go to them again.
    ContactBlocked,
    /// Not a language's tag (BCP 47), e.g. en or ne.
    InvalidLanguage,
    /// Two that must differ are one and the same.
    Same,
    /// Somebody else has the conversation.
    Taken,
    /// The idempotency key was used before, with other content.
    KeyReused,
    /// There is no such thing.
    NotFound,
    /// The message did not end without reaching anyone, so it can't be sent again.
    NotRetryable,
    /// The message left already, or came to its end, so it can't be taken back.
    NotCancelable,
    /// The event was processed already, or is being processed.
    NotReplayable,
    /// The job has ended.
    NotRunning,
    /// Another user has this name.
    NameTaken,
    /// Too short, too long, or the user's own name.
    WeakPassword,
    /// The present password is another one.
    WrongPassword,
    /// Too many wrong passwords: wait as long as the message says.
    TooManyTries,
    /// There must be an administrator who may sign in: name another one first.
    LastAdmin,
    /// Not a SKU: Latin letters, digits and . _ - /, a letter or digit first, at most 64.
    InvalidSku,
    /// Another product has this SKU.
    SkuTaken,
    /// Not a price of this currency, e.g. 1250.50.
    InvalidPrice,
    /// Not a currency the shop can sell in: NPR, INR or USD.
    InvalidCurrency,
    /// Not a whole number of pieces that can be, or a change by none.
    InvalidQuantity,
    /// Fewer pieces are there than would be taken.
    OutOfStock,
    /// Somebody else changed it since it was read: read it again.
    Conflict,
    /// The order can't come to this status from where it is.
    IllegalStep,
    /// The table can't be read at all, or its header is not one.
    InvalidTable,
    /// The table has rows that break rules: nothing of it was stored.
    BadRows,
    /// Not now: the database does not answer. Nothing was stored or sent, unless the message says that it may have been. Try again with
    /// the same idempotency key.
    Unavailable,
    /// The simulator runs in sandbox mode only.
    SimulatorOff,
}

impl RefusalCode {
    /// The published name, e.g. `WINDOW_CLOSED`.
    pub fn as_str(self) -> &'static str {
        let item = Self::items().iter().find(|it| it.value == self);
        item.map_or("", |it| it.name)
    }

    /// The code of a published name; `None`: there is no such code.
    pub fn parse(name: &str) -> Option<Self> {
        let item = Self::items().iter().find(|it| it.name == name);
        item.map(|it| it.value)
    }
}

impl Refusal {
    /// A rule broken by one field.
    pub fn field(code: RefusalCode, field: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            field: Some(field),
            message: message.into(),
            position: None,
        }
    }

    /// A rule broken by the request as a whole.
    pub fn whole(code: RefusalCode, message: impl Into<String>) -> Self {
        Self {
            code,
            field: None,
            message: message.into(),
            position: None,
        }
    }

    /// The same with its place in the text.
    #[must_use]
    pub fn at(self, position: usize) -> Self {
        Self {
            position: Some(position),
            ..self
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

/// What broke on our side.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A part that must be there was not.
    #[error("{0}")]
    Other(String),
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Fault(error.into())
    }
}

/// The result of a flow.
pub type Result<T> = std::result::Result<T, Error>;

/// An error in its own words, a fault's included: for the log and for what only operators see.
pub fn words(error: &Error) -> String {
    match error {
        Error::Fault(fault) => fault.to_string(),
        other => other.to_string(),
    }
}
