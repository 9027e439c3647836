//! Why a socket is closed, as clients are told. Sources: graphql-ws's PROTOCOL.md; the registry of WebSocket close codes.

use std::borrow::Cow;

/// A reason to close a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close(Option<(u16, Cow<'static, str>)>);

const fn code(code: u16, reason: &'static str) -> Close {
    Close(Some((code, Cow::Borrowed(reason))))
}

/// The client is not there any more: nobody to tell.
pub(super) const GONE: Close = Close(None);
/// The server stops; another one, or the same again, is there in a moment.
pub(super) const RESTART: Close = code(1012, "Service restart");
/// Who is asking can't be looked up now.
pub(super) const TRY_LATER: Close = code(1013, "Try again later");
/// Messages are texts.
pub(super) const BINARY: Close = code(4400, "Send text messages");
/// An operation before `connection_init`.
pub(super) const UNAUTHORIZED: Close = code(4401, "Unauthorized");
/// No credential, a wrong one, or one that has ended.
pub(super) const FORBIDDEN: Close = code(4403, "Forbidden");
/// The client speaks something else.
pub(super) const SUBPROTOCOL: Close = code(4406, "Subprotocol not acceptable");
/// No `connection_init` in time.
pub(super) const INIT_TIMEOUT: Close = code(4408, "Connection initialisation timeout");
/// A second `connection_init`.
pub(super) const SECOND_INIT: Close = code(4429, "Too many initialisation requests");

/// A reason is at most 123 bytes on the wire.
const REASON: usize = 120;

impl Close {
    /// A message that is none of the protocol's.
    pub(super) fn bad(reason: String) -> Self {
        Self(Some((4400, short(reason).into())))
    }

    /// A second operation of the same id.
    pub(super) fn taken(id: &str) -> Self {
        let reason = short(format!("Subscriber for {id} already exists"));
        Self(Some((4409, reason.into())))
    }

    /// Code and reason, where there is somebody to tell.
    pub(super) fn told(&self) -> Option<(u16, &str)> {
        self.0
            .as_ref()
            .map(|(code, reason)| (*code, reason.as_ref()))
    }
}

fn short(mut reason: String) -> String {
    reason.truncate(reason.floor_char_boundary(REASON));
    reason
}
