//! The provider's refusals: its codes, its words, its JSON.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::gateway::wire::ErrorJson;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: i32,
    pub(super) words: Cow<'static, str>,
    /// Seconds after which another try may work.
    pub(super) retry_after: Option<u32>,
}

pub(super) const BAD_CREDENTIALS: Refusal = Refusal::new(401, 20003, "Authenticate");
pub(super) const NO_SUCH: Refusal =
    Refusal::new(404, 20404, "The requested resource was not found");
pub(super) const WRONG_METHOD: Refusal =
    Refusal::new(405, 20004, "Method not allowed for this resource");
pub(super) const TOO_MANY_REQUESTS: Refusal = Refusal::new(429, 20429, "Too Many Requests");
pub(super) const PAGE_TOO_LARGE: Refusal = Refusal::new(400, 20007, "Page size too large");
pub(super) const NO_SUCH_PAGE: Refusal = Refusal::new(400, 20006, "Invalid page or page token");
pub(super) const NOT_FINAL: Refusal = Refusal::new(
    409,
    20009,
    "Resource not complete: a message can be deleted once its status is final",
);
pub(super) const BAD_UPDATE: Refusal = Refusal::new(
    400,
    30400,
    "Either Status=canceled or an empty Body is expected",
);
pub(super) const TOO_LATE_TO_CANCEL: Refusal =
    Refusal::new(409, 30409, "The message can't be canceled any more");

impl Refusal {
    pub(super) const fn new(status: u16, code: i32, words: &'static str) -> Self {
        Self {
            status,
            code,
            words: Cow::Borrowed(words),
            retry_after: None,
        }
    }

    /// A parameter that is wrong.
    pub(super) const fn bad(code: i32, words: &'static str) -> Self {
        Self::new(400, code, words)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = ErrorJson {
            code: Some(self.code),
            message: self.words.into_owned(),
            more_info: format!("https://www.twilio.com/docs/errors/{}", self.code),
            status: self.status,
        };
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut answer = (status, Json(body)).into_response();
        let headers = answer.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == 401 {
            let realm = HeaderValue::from_static("Basic realm=\"Twilio API\"");
            headers.insert(header::WWW_AUTHENTICATE, realm);
        }
        answer
    }
}
