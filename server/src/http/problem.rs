//! Errors of the REST routes as problem+json. Source: RFC 9457.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::{Error, Refusal, RefusalCode};

/// A problem to be answered.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    errors: Vec<Refusal>,
    /// After how many seconds it is worth another try.
    retry_after: Option<u64>,
    request_id: Option<String>,
}

impl Problem {
    /// A problem without broken fields.
    pub fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            request_id: None,
        }
    }

    /// Too much of something: another try in so many seconds.
    pub fn too_many(title: &'static str, detail: impl Into<String>, retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, title, detail)
        }
    }

    /// The same with the id of the request that it ends.
    #[must_use]
    pub fn of_request(self, id: String) -> Self {
        Self {
            request_id: Some(id),
            ..self
        }
    }

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its words for a person.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Refused(errors) => {
                let reused = errors.iter().any(|it| it.code == RefusalCode::KeyReused);
                let status = if reused {
                    StatusCode::CONFLICT
                } else {
                    StatusCode::UNPROCESSABLE_ENTITY
                };
                Self {
                    errors,
                    ..Self::new(status, "The message was not accepted", detail)
                }
            }
            Error::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "Not found", detail),
            Error::Unauthenticated => Self::new(
                StatusCode::UNAUTHORIZED,
                "Not signed in",
                "send a token: Authorization: Bearer wb_… (waybill token create --name NAME --scope send)",
            ),
            Error::Forbidden(_) => Self::new(StatusCode::FORBIDDEN, "Not allowed", detail),
            Error::Unavailable(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not now", detail),
            Error::Fault(fault) => {
                tracing::error!(error = %fault, "a request failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Internal error",
                    "internal error; it is in the server's log",
                )
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let errors: Vec<_> = self
            .errors
            .iter()
            .map(|it| json!({ "code": async_graphql::resolver_utils::enum_value(it.code).to_string(), "field": it.field, "message": it.message }))
            .collect();
        let mut body = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "errors": errors,
        });
        if let Some(id) = self.request_id {
            body["requestId"] = id.into();
        }
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut answer = (self.status, kind, body.to_string()).into_response();
        let headers = answer.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        // Source: RFC 9110, "401 Unauthorized"; RFC 6750, "The WWW-Authenticate Response Header Field".
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        answer
    }
}
