//! Answers as HTTP: status, form, and no data where nothing ran.

use async_graphql::{Response, ServerError, Value};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response as HttpResponse};
use serde::Serialize;

use super::accept::Media;
use crate::graphql::limits;

/// The answer to one operation.
#[derive(Debug)]
pub(super) struct Answer {
    /// Whether the operation was begun.
    pub(super) has_begun: bool,
    /// What came of it.
    pub(super) response: Response,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    extensions: &'a std::collections::BTreeMap<String, Value>,
}

impl Answer {
    fn body(&self) -> Body<'_> {
        let has_data = self.has_begun || self.response.errors.is_empty();
        Body {
            data: has_data.then_some(&self.response.data),
            errors: &self.response.errors,
            extensions: &self.response.extensions,
        }
    }

    fn first_code(&self) -> Option<&str> {
        self.response.errors.first().and_then(limits::code)
    }
}

/// One answer.
pub(super) fn one(media: Media, answer: &Answer) -> HttpResponse {
    if answer.has_begun || answer.response.errors.is_empty() {
        return http(media, StatusCode::OK, &answer.body());
    }
    let status = match answer.first_code() {
        Some("RATE_LIMITED") => StatusCode::TOO_MANY_REQUESTS,
        Some("METHOD_NOT_ALLOWED") => StatusCode::METHOD_NOT_ALLOWED,
        _ => media.status_of_refusal(),
    };
    let mut refusal = http(media, status, &answer.body());
    if status == StatusCode::METHOD_NOT_ALLOWED {
        refusal
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    if let Some(seconds) = retry_after(answer) {
        refusal.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    refusal
}

/// Several, in the order of their operations.
pub(super) fn batch(media: Media, answers: &[Answer]) -> HttpResponse {
    let bodies: Vec<Body<'_>> = answers.iter().map(Answer::body).collect();
    http(media, StatusCode::OK, &bodies)
}

/// A request that did not get as far as an operation.
pub(super) fn refusal(
    media: Media,
    status: StatusCode,
    error: ServerError,
    id: &str,
) -> HttpResponse {
    let answer = Answer {
        has_begun: false,
        response: Response::from_errors(vec![limits::of_request(error, id)]),
    };
    let mut refusal = http(media, status, &answer.body());
    if status == StatusCode::UNAUTHORIZED {
        refusal
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    refusal
}

fn retry_after(answer: &Answer) -> Option<HeaderValue> {
    let extensions = answer.response.errors.first()?.extensions.as_ref()?;
    match extensions.get("retryAfterSeconds")? {
        Value::Number(seconds) => seconds.to_string().parse().ok(),
        _ => None,
    }
}

fn http(media: Media, status: StatusCode, body: &impl Serialize) -> HttpResponse {
    let body = serde_json::to_vec(body).expect("an answer is JSON");
    let headers = [
        (header::CONTENT_TYPE, media.name()),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept"),
    ];
    (status, headers, body).into_response()
}
