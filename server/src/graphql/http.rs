//! GraphQL over HTTP: one answer, a batch of them, or a stream. Source: the GraphQL-over-HTTP specification.

mod accept;
mod answer;
mod live;
pub(super) mod params;
mod stream;

use std::sync::Arc;

use async_graphql::{Request, ServerError};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request as HttpRequest, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response as HttpResponse};
use futures_util::future::join_all;

use self::accept::{Accepted, Media};
use self::answer::Answer;
use self::live::Live;
use self::params::Wanted;
use super::Schema;
use super::guardrail::Door;
use super::limits::{self, named};
use super::persisted::Persisted;
use crate::app::App;
use crate::auth::Viewer;
use crate::http::{Caller, Problem};

const METHODS: &str = "GET, HEAD, POST, OPTIONS";

/// Everything at `/graphql`.
pub async fn serve(
    State(app): State<App>,
    Extension(schema): Extension<Schema>,
    Extension(persisted): Extension<Arc<Persisted>>,
    caller: Result<Caller, Problem>,
    request: HttpRequest,
) -> HttpResponse {
    let (parts, body) = request.into_parts();
    match parts.method {
        Method::GET | Method::HEAD | Method::POST => {}
        Method::OPTIONS => {
            return (StatusCode::NO_CONTENT, [(header::ALLOW, METHODS)]).into_response();
        }
        _ => return wrong_method(&request_id(&parts.headers)),
    }
    let id = request_id(&parts.headers);
    let Some(accepted) = Accepted::of(&parts.headers) else {
        let message = "Nothing that Accept names can be answered: name application/graphql-response+json, application/json, \
                       text/event-stream or multipart/mixed;subscriptionSpec=1.0.";
        let error = named("NOT_ACCEPTABLE", message.to_owned());
        return answer::refusal(Media::Json, StatusCode::NOT_ACCEPTABLE, error, &id);
    };
    let refuse =
        |status, error| answer::refusal(accepted.single.unwrap_or(Media::Json), status, error, &id);
    let viewer = match caller {
        Ok(Caller(viewer)) => viewer,
        Err(problem) => return refuse(problem.status(), unwelcome(&problem)),
    };
    let request = HttpRequest::from_parts(parts.clone(), body);
    match read(&parts, request).await {
        Ok(wanted) => {
            let guest = Guest {
                app,
                schema,
                persisted,
                viewer,
                parts,
                id,
            };
            run(&guest, wanted, &accepted).await
        }
        Err((status, error)) => refuse(status, error),
    }
}

/// Who asks, through which request.
struct Guest {
    app: App,
    schema: Schema,
    persisted: Arc<Persisted>,
    viewer: Viewer,
    parts: Parts,
    id: String,
}

impl Guest {
    /// A door for one operation.
    fn door(&self) -> Arc<Door> {
        let is_for_reading = self.parts.method != Method::POST;
        Arc::new(Door::new(self.id.clone(), is_for_reading))
    }

    async fn execute(&self, request: Request) -> Answer {
        let door = self.door();
        let request = request.data(self.viewer.clone()).data(door.clone());
        let response = self.schema.execute(request).await;
        Answer {
            has_begun: door.has_begun(),
            response,
        }
    }
}

async fn run(guest: &Guest, wanted: Wanted, accepted: &Accepted) -> HttpResponse {
    match wanted {
        Wanted::One(mut request) => {
            let live = Live::of(&guest.persisted, &request);
            let is_stream = accepted.single.is_none() || live.is_some();
            match (accepted.stream, accepted.single) {
                (Some(kind), _) if is_stream => {
                    if let Some(live) = live {
                        live.go_on(&mut request, &guest.parts.headers);
                    }
                    stream::open(guest, *request, kind)
                }
                (_, Some(_)) if is_stream => {
                    let message = "A subscription needs a stream: name text/event-stream in Accept, or use the socket at /graphql/ws.";
                    let error = named("SUBSCRIPTION_NEEDS_STREAM", message.to_owned());
                    let media = accepted.single.unwrap_or(Media::Json);
                    answer::refusal(media, media.status_of_refusal(), error, &guest.id)
                }
                (_, media) => {
                    let media = media.unwrap_or(Media::Json);
                    answer::one(media, &guest.execute(*request).await)
                }
            }
        }
        Wanted::Batch(requests) => {
            let Some(media) = accepted.single else {
                let message = "A batch has no stream: send one operation.".to_owned();
                let error = named("BAD_REQUEST", message);
                return answer::refusal(Media::Json, StatusCode::BAD_REQUEST, error, &guest.id);
            };
            let answers = join_all(requests.into_iter().map(|it| guest.execute(it))).await;
            answer::batch(media, &answers)
        }
    }
}

async fn read(parts: &Parts, request: HttpRequest) -> Result<Wanted, (StatusCode, ServerError)> {
    let bad = |message| (StatusCode::BAD_REQUEST, named("BAD_REQUEST", message));
    if parts.method != Method::POST {
        return params::of_url(parts.uri.query().unwrap_or_default()).map_err(bad);
    }
    if !is_json(&parts.headers) {
        let message = "Send Content-Type: application/json, in UTF-8.".to_owned();
        let error = named("UNSUPPORTED_MEDIA_TYPE", message);
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    let body = Bytes::from_request(request, &()).await.map_err(|error| {
        let code = if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            "BODY_TOO_LARGE"
        } else {
            "BAD_REQUEST"
        };
        (error.status(), named(code, error.body_text()))
    })?;
    match params::of_body(&body).map_err(bad)? {
        Wanted::Batch(requests) if requests.len() > limits::BATCH => {
            let (most, actual) = (limits::BATCH, requests.len());
            let message =
                format!("The batch has {actual} operations; at most {most} are taken at once.");
            let error = limits::exceeded("BATCH_TOO_LARGE", (most, actual), &message);
            Err((StatusCode::BAD_REQUEST, error))
        }
        wanted => Ok(wanted),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let mut parts = kind.split(';').map(|it| it.trim().to_ascii_lowercase());
    parts.next().as_deref() == Some("application/json")
        && parts.all(|it| {
            let charset = it
                .strip_prefix("charset=")
                .map(|it| it.trim_matches('"').to_owned());
            charset.is_none_or(|it| matches!(it.as_str(), "utf-8" | "utf8"))
        })
}

/// As the router numbered the request.
pub fn request_id(headers: &HeaderMap) -> String {
    let id = headers.get("x-request-id").and_then(|it| it.to_str().ok());
    id.unwrap_or_default().to_owned()
}

fn unwelcome(problem: &Problem) -> ServerError {
    let code = match problem.status() {
        StatusCode::UNAUTHORIZED => "UNAUTHENTICATED",
        StatusCode::FORBIDDEN => "FORBIDDEN",
        StatusCode::SERVICE_UNAVAILABLE => "UNAVAILABLE",
        _ => "INTERNAL",
    };
    named(code, problem.detail().to_owned())
}

/// What a request is told that took longer than a request may.
pub fn late(id: &str) -> HttpResponse {
    let message = "The request took too long and was ended. What it changes may have happened all the same: look before you send \
                   it again, or send it with the same idempotencyKey.";
    let error = named("UNAVAILABLE", message.to_owned());
    answer::refusal(Media::Json, StatusCode::SERVICE_UNAVAILABLE, error, id)
}

fn wrong_method(id: &str) -> HttpResponse {
    let error = named(
        "METHOD_NOT_ALLOWED",
        "Use POST, or GET for queries.".to_owned(),
    );
    let mut answer = answer::refusal(Media::Json, StatusCode::METHOD_NOT_ALLOWED, error, id);
    answer
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(METHODS));
    answer
}
