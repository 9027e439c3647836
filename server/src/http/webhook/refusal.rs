//! A request that is not let in: what the caller is told, and what the operator is.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use entity::webhook_refusal::RefusalReason;

use super::caller::Caller;
use crate::app::App;
use crate::flows::refusals::Cause;
use crate::http::Problem;

pub(super) const UNSIGNED: &str = "it has no X-Twilio-Signature: it is not Twilio's, or a proxy \
    before this server drops the header";
pub(super) const OTHER_ACCOUNT: &str = "it is signed with our token, and its AccountSid is not \
    TWILIO_ACCOUNT_SID: a subaccount's number points here; give it a Waybill of its own";

/// A host has a whole /64 of IPv6 addresses: they count as one.
fn neighbourhood(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(it) => {
            let [a, b, c, d, ..] = it.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

/// Why a request is not let in.
#[derive(Debug)]
pub(super) struct Refusal {
    reason: RefusalReason,
    /// For the operator: a sentence that says what to do.
    detail: Cow<'static, str>,
    /// Where it is not the one of the reason.
    status: Option<StatusCode>,
}

impl Refusal {
    pub(super) fn new(reason: RefusalReason, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason,
            detail: detail.into(),
            status: None,
        }
    }

    pub(super) fn with(self, status: StatusCode) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }

    #[cfg(test)]
    pub(super) fn reason(&self) -> RefusalReason {
        self.reason
    }

    #[cfg(test)]
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// Remembers it for the operator.
    pub(super) fn note(&self, app: &App, parts: &Parts, caller: &Caller) {
        let cause = Cause {
            reason: self.reason,
            route: parts.uri.path().trim_end_matches('/').to_owned(),
            client: caller.client().map(neighbourhood),
            detail: self.detail.clone(),
        };
        app.refusals.saw(cause, app.now());
    }

    fn status(&self) -> StatusCode {
        self.status.unwrap_or(match self.reason {
            RefusalReason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            RefusalReason::Unreadable => StatusCode::BAD_REQUEST,
            RefusalReason::NotAllowed
            | RefusalReason::Unsigned
            | RefusalReason::WrongUrl
            | RefusalReason::OtherAccount
            | RefusalReason::WrongSignature
            | RefusalReason::ChangedBody => StatusCode::FORBIDDEN,
        })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // What may help to guess is for the operator alone.
        let told: Cow<'static, str> = match self.reason {
            RefusalReason::NotAllowed => "this address is not in WEBHOOK_IP_ALLOWLIST".into(),
            RefusalReason::Unsigned => "the request has no X-Twilio-Signature".into(),
            RefusalReason::WrongUrl | RefusalReason::WrongSignature => {
                "X-Twilio-Signature is wrong for this URL, body and account".into()
            }
            RefusalReason::OtherAccount => "AccountSid is not the account of this server".into(),
            RefusalReason::ChangedBody | RefusalReason::TooLarge | RefusalReason::Unreadable => {
                self.detail.clone()
            }
        };
        Problem::new(self.status(), "Refused", told).into_response()
    }
}
