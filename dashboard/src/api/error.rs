//! What can go wrong between a click and its answer, in words a person can act on.

use crate::core::say::say;

/// Why a request has no answer. Pages act on the variant, never on the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// Nobody is signed in.
    Unauthenticated,
    /// The viewer's role is too small.
    Forbidden(String),
    /// No connection to the server.
    Unreachable,
    /// The page was left before the answer came.
    Aborted,
    /// The server answered with an error.
    Fault {
        message: String,
        request_id: Option<String>,
    },
}

impl ApiError {
    /// What happened, in one sentence.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Unauthenticated => say!("You are not signed in.").to_owned(),
            Self::Forbidden(message) => message.clone(),
            Self::Unreachable => say!("The Waybill server does not answer.").to_owned(),
            Self::Aborted => say!("The request was stopped.").to_owned(),
            Self::Fault { message, .. } => {
                say!("The server could not answer: {message}.", message)
            }
        }
    }

    /// What happened and what to do next.
    pub(crate) fn words(&self) -> String {
        format!("{} {}", self.cause(), self.next_step())
    }

    /// What to do next, in one sentence.
    pub(crate) fn next_step(&self) -> &'static str {
        match self {
            Self::Unauthenticated => say!("Sign in, or open a sign-in link."),
            Self::Forbidden(_) => say!("An administrator can change your role."),
            Self::Unreachable => {
                say!("Check that it is running and that you are online, then retry.")
            }
            Self::Aborted => say!("Retry if you still need it."),
            Self::Fault { .. } => {
                say!("Retry; if it stays, look for the request id in the server's log.")
            }
        }
    }

    /// The id under which the server's log knows this request.
    pub(crate) fn request_id(&self) -> Option<&str> {
        match self {
            Self::Fault { request_id, .. } => request_id.as_deref(),
            Self::Unauthenticated | Self::Forbidden(_) | Self::Unreachable | Self::Aborted => None,
        }
    }
}
