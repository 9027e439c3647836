//! Questions to Twilio: how their answers are read, and why there may be none.

use reqwest::{RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;

use super::Twilio;
use crate::domain::catalogue;
use crate::gateway::wire::{ErrorJson, REQUEST_ID_HEADER};

/// Longest answer that is read, in bytes: more than a page of 1,000 messages with the longest texts.
pub(super) const LONGEST: usize = 16 * 1_024 * 1_024;
/// Longest answer about one thing.
pub(super) const LONGEST_OF_ONE: usize = 256 * 1_024;

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No connection, or it broke.
    #[error("Twilio could not be reached")]
    Unreachable(#[source] reqwest::Error),
    /// An answer, but not the one asked for.
    #[error("Twilio answered with HTTP {status}{}", told(*.code, .request_id.as_deref()))]
    Answer {
        /// HTTP status.
        status: u16,
        /// The provider's error code, e.g. 30409: too late to cancel.
        code: Option<i32>,
        /// The provider's id of the request, `RQ…`.
        request_id: Option<String>,
    },
    /// An answer that is longer than any real one, or is not what was asked for.
    #[error("Twilio's answer could not be read")]
    Unreadable,
    /// An answer that leads to another host.
    #[error("Twilio's answer leads to another host")]
    Foreign,
}

/// What an operator or Twilio's support needs besides the status.
fn told(code: Option<i32>, request_id: Option<&str>) -> String {
    let known = code.and_then(catalogue::find);
    let code = code.map(|code| match known {
        Some(it) => format!("code {code}: {}", it.meaning),
        None => format!("code {code}"),
    });
    let request = request_id.map(|it| format!("request {it}"));
    let all: Vec<String> = code.into_iter().chain(request).collect();
    if all.is_empty() {
        return String::new();
    }
    format!(" ({})", all.join("; "))
}

impl AskError {
    /// Whether another question may be answered: what is refused is what this one asks for.
    pub fn is_about_the_question(&self) -> bool {
        matches!(
            self,
            Self::Answer {
                status: 400 | 404 | 410 | 422,
                ..
            }
        )
    }

    /// The provider's error code, where it told one.
    pub fn code(&self) -> Option<i32> {
        match self {
            Self::Answer { code, .. } => *code,
            Self::Unreachable(_) | Self::Unreadable | Self::Foreign => None,
        }
    }

    /// What a refusal says of itself.
    pub(super) async fn of(answer: Response) -> Self {
        let status = answer.status().as_u16();
        let request_id = request_id(&answer);
        let body = body(answer, LONGEST_OF_ONE).await.unwrap_or_default();
        let error = serde_json::from_slice::<ErrorJson>(&body).unwrap_or_default();
        Self::Answer {
            status,
            code: error.code,
            request_id,
        }
    }
}

impl Twilio {
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        url: &str,
        query: &[(&str, &str)],
    ) -> Result<T, AskError> {
        let request = self.http.get(url).query(query);
        let answer = self.answer(request, StatusCode::OK).await?;
        read(answer, LONGEST).await
    }

    /// An answer to a request of ours with the status that is expected.
    pub(super) async fn answer(
        &self,
        request: RequestBuilder,
        expected: StatusCode,
    ) -> Result<Response, AskError> {
        let answer = self.signed_in(request).send().await;
        let answer = answer.map_err(AskError::Unreachable)?;
        if answer.status() == expected {
            return Ok(answer);
        }
        Err(AskError::of(answer).await)
    }
}

/// An answer's JSON.
pub(super) async fn read<T: DeserializeOwned>(
    answer: Response,
    longest: usize,
) -> Result<T, AskError> {
    let body = body(answer, longest).await?;
    serde_json::from_slice(&body).map_err(|_| AskError::Unreadable)
}

/// An answer's bytes, if there are not too many.
pub(super) async fn body(mut answer: Response, longest: usize) -> Result<Vec<u8>, AskError> {
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(AskError::Unreachable)? {
        if bytes.len() + part.len() > longest {
            return Err(AskError::Unreadable);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// The provider's id of the request.
pub(super) fn request_id(answer: &Response) -> Option<String> {
    let id = answer.headers().get(REQUEST_ID_HEADER)?;
    id.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::Router;
    use axum::body::{Body, Bytes};
    use axum::http::Response as Answer;
    use axum::routing::any;
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::config::{Secret, TwilioAccount};
    use crate::gateway::http_client;
    use crate::gateway::twilio::{Create, Verdict};

    /// A Twilio that gives everybody one answer.
    async fn answering(
        answer: impl Fn() -> Answer<Body> + Clone + Send + Sync + 'static,
    ) -> Twilio {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(any(async move || answer()));
        TaskTracker::new().spawn(axum::serve(listener, router).into_future());
        let account = TwilioAccount {
            account_sid: format!("AC{}", "0".repeat(32)),
            auth_token: Secret::new("secret"),
            auth_token_secondary: None,
            messaging_service_sid: None,
        };
        Twilio::new(http_client(), &url, &account)
    }

    fn refusal(status: u16, body: &'static str) -> Answer<Body> {
        let answer = Answer::builder()
            .status(status)
            .header(REQUEST_ID_HEADER, "RQ1");
        answer.body(body.into()).unwrap()
    }

    /// An answer that never ends.
    fn flood(status: u16) -> Answer<Body> {
        let part = Ok::<_, Infallible>(Bytes::from(vec![b' '; 64 * 1_024]));
        let parts = futures_util::stream::repeat_with(move || part.clone());
        let answer = Answer::builder().status(status);
        answer.body(Body::from_stream(parts)).unwrap()
    }

    #[tokio::test]
    async fn refusals_are_told_apart_by_twilios_code_and_request() {
        for (status, body, code, words) in [
            (
                409,
                r#"{"code":30409,"status":409}"#,
                Some(30409),
                "HTTP 409 (code 30409: Too late to cancel: the message has left; request RQ1)",
            ),
            (
                409,
                r#"{"code":20009}"#,
                Some(20009),
                "code 20009: The message is still on its way",
            ),
            (
                401,
                r#"{"code":20003}"#,
                Some(20003),
                "code 20003: Twilio refused the credentials",
            ),
            (
                502,
                "<html>",
                None,
                "Twilio answered with HTTP 502 (request RQ1)",
            ),
        ] {
            let twilio = answering(move || refusal(status, body)).await;
            let error = twilio.cancel("SM1").await.unwrap_err();
            assert_eq!(error.code(), code);
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[tokio::test]
    async fn no_answer_is_read_without_end() {
        let well = answering(|| flood(200)).await;
        assert!(matches!(well.fetch("SM1").await, Err(AskError::Unreadable)));
        assert!(matches!(
            well.redact("SM1").await,
            Err(AskError::Unreadable)
        ));
        let ill = answering(|| flood(500)).await;
        let error = ill.fetch("SM1").await.unwrap_err();
        assert!(
            matches!(
                error,
                AskError::Answer {
                    status: 500,
                    code: None,
                    ..
                }
            ),
            "{error:?}"
        );

        let create = Create {
            from: "whatsapp:+14155238886",
            to: "whatsapp:+9779800000000",
            body: Some("x"),
            media_urls: Vec::new(),
            content_sid: None,
            content_variables: None,
            status_callback: "http://waybill.test".to_owned(),
            validity_seconds: None,
        };
        let taken = answering(|| flood(201)).await.create(&create).await;
        assert_eq!(
            (taken.verdict, taken.http_status),
            (Verdict::Unclear, Some(201))
        );
        let refused = answering(|| flood(400)).await.create(&create).await;
        assert_eq!(
            (refused.verdict, refused.error_code),
            (Verdict::Refused, None)
        );
    }
}
