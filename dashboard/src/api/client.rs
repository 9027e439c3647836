//! GraphQL over HTTP: one POST, one answer. The session cookie travels by itself.

use std::pin::Pin;

use cynic::{GraphQlResponse, Operation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Headers, Request, RequestInit, Response};

use super::{error::ApiError, expiry};
use crate::core::{decode::decode, say::say};

const GRAPHQL_PATH: &str = "/graphql";
const SIGN_IN_PATH: &str = "/sign-in";
const SIGN_OUT_PATH: &str = "/sign-out";

/// The part of a GraphQL error that Waybill adds.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Extensions {
    #[serde(default)]
    code: Option<String>,
    #[serde(default, rename = "requestId")]
    request_id: Option<String>,
}

/// An answer to come. Boxed: what waits for it holds a pointer, and the exchange is in the program once.
pub(crate) type Coming<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// Runs one operation. Where the session has ended meanwhile, it waits until somebody has signed in again and is
/// repeated once: the server did nothing the first time.
///
/// # Errors
/// Every face of [`ApiError`]; `Aborted` only when `abort` fired.
pub(crate) fn run<Q, V>(operation: Operation<Q, V>, abort: Option<AbortSignal>) -> Coming<Q>
where
    Q: DeserializeOwned + 'static,
    V: Serialize,
{
    decoded(exchange(serde_json::to_string(&operation), abort))
}

/// Runs one operation, and does not wait where nobody is signed in.
///
/// # Errors
/// Every face of [`ApiError`] but `Aborted`.
pub(crate) fn run_now<Q, V>(operation: Operation<Q, V>) -> Coming<Q>
where
    Q: DeserializeOwned + 'static,
    V: Serialize,
{
    decoded(exchange_now(serde_json::to_string(&operation)))
}

fn decoded<Q: DeserializeOwned + 'static>(data: Coming<Value>) -> Coming<Q> {
    Box::pin(async move { decode(&data.await?).map_err(|it| fault(&it.to_string(), None)) })
}

/// One exchange, the second where the first was refused for want of a session.
fn exchange(body: Result<String, serde_json::Error>, abort: Option<AbortSignal>) -> Coming<Value> {
    Box::pin(async move {
        let body = body.map_err(|it| fault(&it.to_string(), None))?;
        let answer = post(GRAPHQL_PATH, Some(&body), abort.clone()).await?.read();
        if answer != Err(ApiError::Unauthenticated) || !expiry::signed_in_again().await {
            return answer;
        }
        if abort.as_ref().is_some_and(AbortSignal::aborted) {
            return Err(ApiError::Aborted);
        }
        post(GRAPHQL_PATH, Some(&body), abort).await?.read()
    })
}

fn exchange_now(body: Result<String, serde_json::Error>) -> Coming<Value> {
    Box::pin(async move {
        let body = body.map_err(|it| fault(&it.to_string(), None))?;
        post(GRAPHQL_PATH, Some(&body), None).await?.read()
    })
}

/// Signs in; inside: the server's words on why not.
///
/// # Errors
/// `Unreachable` when the server does not answer.
pub(crate) async fn sign_in(name: &str, password: &str) -> Result<Result<(), String>, ApiError> {
    let body = serde_json::json!({ "name": name, "password": password }).to_string();
    let answer = post(SIGN_IN_PATH, Some(&body), None).await?;
    if (200..300).contains(&answer.status) {
        return Ok(Ok(()));
    }
    match serde_json::from_str::<Problem>(&answer.text) {
        Ok(problem) => Ok(Err(problem.sentence())),
        Err(_) => Err(fault(&format!("HTTP {}", answer.status), answer.request_id)),
    }
}

/// Why a request without GraphQL was refused.
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

impl Problem {
    /// As a sentence of its own.
    fn sentence(&self) -> String {
        let mut letters = self.detail.chars();
        let first = letters.next().map(|it| it.to_uppercase().to_string());
        format!(
            "{}{}.",
            first.unwrap_or_default(),
            letters.as_str().trim_end_matches('.')
        )
    }
}

/// Ends the session.
///
/// # Errors
/// `Unreachable` when the server does not answer.
pub(crate) async fn sign_out() -> Result<(), ApiError> {
    post(SIGN_OUT_PATH, None, None).await.map(|_| ())
}

struct Answer {
    status: u16,
    text: String,
    request_id: Option<String>,
}

impl Answer {
    /// The data, or why there is none.
    fn read(self) -> Result<Value, ApiError> {
        match serde_json::from_str::<GraphQlResponse<Value, Extensions>>(&self.text) {
            Ok(response) => self.judge(response),
            Err(_) if self.status == 401 => Err(ApiError::Unauthenticated),
            Err(_) => Err(fault(&format!("HTTP {}", self.status), self.request_id)),
        }
    }

    fn judge(self, response: GraphQlResponse<Value, Extensions>) -> Result<Value, ApiError> {
        let Some(error) = response.errors.unwrap_or_default().into_iter().next() else {
            return response
                .data
                .ok_or_else(|| fault(say!("an empty answer"), self.request_id));
        };
        let extensions = error.extensions.unwrap_or_default();
        Err(match extensions.code.as_deref() {
            Some("UNAUTHENTICATED") => ApiError::Unauthenticated,
            Some("FORBIDDEN") => ApiError::Forbidden(error.message),
            _ => fault(&error.message, extensions.request_id.or(self.request_id)),
        })
    }
}

async fn post(
    path: &str,
    body: Option<&str>,
    abort: Option<AbortSignal>,
) -> Result<Answer, ApiError> {
    let request = request(path, body, abort.as_ref()).map_err(|_| ApiError::Unreachable)?;
    let window = web_sys::window().ok_or(ApiError::Unreachable)?;
    let lost = |_| match &abort {
        Some(signal) if signal.aborted() => ApiError::Aborted,
        _ => ApiError::Unreachable,
    };
    let response = JsFuture::from(window.fetch_with_request(&request))
        .await
        .map_err(lost)?;
    let response: Response = response.dyn_into().map_err(|_| ApiError::Unreachable)?;
    let text = JsFuture::from(response.text().map_err(lost)?)
        .await
        .map_err(lost)?;
    Ok(Answer {
        status: response.status(),
        text: text.as_string().unwrap_or_default(),
        request_id: response.headers().get("x-request-id").ok().flatten(),
    })
}

fn request(
    path: &str,
    body: Option<&str>,
    abort: Option<&AbortSignal>,
) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    headers.set(
        "accept",
        "application/graphql-response+json, application/json",
    )?;
    let options = RequestInit::new();
    options.set_method("POST");
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        options.set_body(&JsValue::from_str(body));
    }
    options.set_headers(headers.as_ref());
    options.set_signal(abort);
    Request::new_with_str_and_init(path, &options)
}

fn fault(message: &str, request_id: Option<String>) -> ApiError {
    let message = message.trim_end_matches('.').to_owned();
    ApiError::Fault {
        message,
        request_id,
    }
}

/// Stops the request before the last: only the newest answer of one place counts.
#[derive(Debug, Default)]
pub(crate) struct Latest(Option<AbortController>);

impl Latest {
    /// Stops the running request and gives the next one its signal.
    pub(crate) fn renew(&mut self) -> Option<AbortSignal> {
        self.stop();
        self.0 = AbortController::new().ok();
        self.0.as_ref().map(AbortController::signal)
    }

    /// Stops the running request.
    pub(crate) fn stop(&mut self) {
        if let Some(running) = self.0.take() {
            running.abort();
        }
    }
}
