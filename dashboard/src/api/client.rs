//! GraphQL over HTTP: one POST, one answer. The session cookie travels by itself.

use cynic::{GraphQlResponse, Operation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Headers, Request, RequestInit, Response};

use super::{error::ApiError, expiry};

const GRAPHQL_PATH: &str = "/graphql";
const SIGN_IN_PATH: &str = "/sign-in";
const SIGN_OUT_PATH: &str = "/sign-out";
const UNAUTHENTICATED: &str = "UNAUTHENTICATED";

/// The part of a GraphQL error that Waybill adds.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Extensions {
    #[serde(default)]
    code: Option<String>,
    #[serde(default, rename = "requestId")]
    request_id: Option<String>,
}

/// Runs one operation. Where the session has ended meanwhile, it waits until somebody has signed in again and is
/// repeated once: the server did nothing the first time.
///
/// # Errors
/// Every face of [`ApiError`]; `Aborted` only when `abort` fired.
pub(crate) async fn run<Q, V>(
    operation: Operation<Q, V>,
    abort: Option<AbortSignal>,
) -> Result<Q, ApiError>
where
    Q: DeserializeOwned + 'static,
    V: Serialize,
{
    let body = serde_json::to_string(&operation).map_err(|it| fault(&it.to_string(), None))?;
    // Boxed, and by way of a value: the exchange is in the program once, not once an operation.
    decode(Box::pin(exchange(&body, abort)).await?.data()?)
}

/// Runs one operation, and does not wait where nobody is signed in.
///
/// # Errors
/// Every face of [`ApiError`] but `Aborted`.
pub(crate) async fn run_now<Q, V>(operation: Operation<Q, V>) -> Result<Q, ApiError>
where
    Q: DeserializeOwned + 'static,
    V: Serialize,
{
    let body = serde_json::to_string(&operation).map_err(|it| fault(&it.to_string(), None))?;
    let answer = Box::pin(post(GRAPHQL_PATH, Some(&body), None)).await?;
    decode(answer.data()?)
}

fn decode<Q: DeserializeOwned>(data: Value) -> Result<Q, ApiError> {
    serde_json::from_value(data).map_err(|it| fault(&it.to_string(), None))
}

/// One answer, the second where the first was refused for want of a session.
async fn exchange(body: &str, abort: Option<AbortSignal>) -> Result<Answer, ApiError> {
    let answer = post(GRAPHQL_PATH, Some(body), abort.clone()).await?;
    if !answer.is_unauthenticated() || !expiry::signed_in_again().await {
        return Ok(answer);
    }
    if abort.as_ref().is_some_and(AbortSignal::aborted) {
        return Err(ApiError::Aborted);
    }
    post(GRAPHQL_PATH, Some(body), abort).await
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

/// The part of an answer that says whether a session was wanted.
#[derive(Deserialize)]
struct Refused {
    errors: Vec<RefusedFor>,
}

#[derive(Deserialize)]
struct RefusedFor {
    #[serde(default)]
    extensions: Extensions,
}

impl Answer {
    fn is_unauthenticated(&self) -> bool {
        self.status == 401
            || serde_json::from_str::<Refused>(&self.text).is_ok_and(|it| {
                let wants =
                    |it: &RefusedFor| it.extensions.code.as_deref() == Some(UNAUTHENTICATED);
                it.errors.iter().any(wants)
            })
    }

    fn data(self) -> Result<Value, ApiError> {
        match serde_json::from_str::<GraphQlResponse<Value, Extensions>>(&self.text) {
            Ok(response) => self.read(response),
            Err(_) if self.status == 401 => Err(ApiError::Unauthenticated),
            Err(_) => Err(fault(&format!("HTTP {}", self.status), self.request_id)),
        }
    }

    fn read(self, response: GraphQlResponse<Value, Extensions>) -> Result<Value, ApiError> {
        let Some(error) = response.errors.unwrap_or_default().into_iter().next() else {
            return response
                .data
                .ok_or_else(|| fault("an empty answer", self.request_id));
        };
        let extensions = error.extensions.unwrap_or_default();
        Err(match extensions.code.as_deref() {
            Some(UNAUTHENTICATED) => ApiError::Unauthenticated,
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
