//! Errors of the REST routes as problem+json. Source: RFC 9457.

use axum::http::{StatusCode, header};
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
}

impl Problem {
    /// A problem without broken fields.
    pub fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title,
            detail: detail.into(),
            errors: Vec::new(),
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
                    status,
                    title: "The message was not accepted",
                    detail,
                    errors,
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
        let body = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "errors": errors,
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, kind, body.to_string()).into_response()
    }
}
