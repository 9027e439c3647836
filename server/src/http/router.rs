//! The table of contents of the HTTP surface.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _};
use tower_http::compression::{CompressionLayer, CompressionLevel, DefaultPredicate};
use tower_http::cors::CorsLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use super::{Problem, assets, health, media, messages, metrics, pictures, send, session, webhook};
use crate::app::App;
use crate::graphql::http::{late, request_id};
use crate::graphql::{self, Persisted, Rates};

/// Longest body of the API, in bytes. The webhook has a limit of its own.
const BODY_LIMIT: usize = 1_024 * 1_024;
const DEADLINE: Duration = Duration::from_secs(30);
/// For so long a browser need not ask again whether it may call.
const PREFLIGHT: Duration = Duration::from_hours(1);
/// What no page here asks a browser for.
const NO_DEVICES: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";
/// For so long a browser comes by HTTPS only, once it did. Source: RFC 6797.
const A_YEAR: &str = "max-age=31536000";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every route.
pub fn router(app: App) -> Router {
    let rates = Arc::new(Rates::new(app.config.api_rate_per_viewer));
    let persisted = Arc::new(Persisted::new(app.config.persisted_operations.clone()));
    let schema = graphql::schema(&app, rates.clone(), persisted.clone());
    let api = Router::new()
        .merge(webhooks())
        .route("/api/v1/whatsapp/send", post(send::send))
        .route("/api/v1/messages/{id}", get(messages::one))
        .route("/api/v1/messages.csv", get(messages::table))
        .route("/api/v1/messages.ndjson", get(messages::lines))
        .route("/media/{message}/{number}", get(media::show))
        .route("/shop/pictures/{name}", get(pictures::show))
        .route("/sign-in", get(session::page).post(session::knock))
        .route("/sign-in/{link}", get(session::sign_in))
        .route("/sign-out", post(session::sign_out))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::metrics))
        .merge(queries(&app))
        .layer(middleware::from_fn(in_time));
    let is_https = app.public_url.starts_with("https://");
    let all = Router::new()
        .merge(api)
        .route("/graphql/ws", get(graphql::socket::open))
        .route("/graphiql", get(assets::graphiql))
        .fallback(elsewhere)
        .layer(axum::Extension(schema))
        .layer(axum::Extension(persisted))
        .layer(axum::Extension(rates))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::new())
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(fixed(
            HeaderName::from_static("permissions-policy"),
            NO_DEVICES,
        ));
    let all = if is_https {
        all.layer(fixed(header::STRICT_TRANSPORT_SECURITY, A_YEAR))
    } else {
        all
    };
    all.layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .with_state(app)
}

/// Answers a request in time, if only that it took too long. A stream has all the time it wants, once it is open.
async fn in_time(request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let is_graphql = request.uri().path().starts_with("/graphql");
    match tokio::time::timeout(DEADLINE, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) if is_graphql => late(&id),
        Err(_) => {
            let words = "the request took too long and was ended; what it changes may have happened all the same";
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Problem::new(status, "Too late", words)
                .of_request(id)
                .into_response()
        }
    }
}

/// A path that is no route: a page of the dashboard, unless a program asks.
async fn elsewhere(app: State<App>, request: Request) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return session::page(app, request).await;
    }
    let id = request_id(request.headers());
    Problem::new(StatusCode::NOT_FOUND, "Not found", "no such route")
        .of_request(id)
        .into_response()
}

/// GraphQL over HTTP, and its streams. Events are not compressed: a compressor would hold them back.
fn queries(app: &App) -> Router<App> {
    let no_streams = DefaultPredicate::new().and(NotForContentType::new("multipart/mixed"));
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(no_streams);
    let routes = Router::new()
        .route("/graphql", any(graphql::http::serve))
        .route("/graphql/stream", any(graphql::http::serve))
        .layer(compression);
    let origins = &app.config.cors_allowed_origins;
    if origins.is_empty() {
        return routes;
    }
    // No cookies from other sites: their pages bring a token.
    let cors = CorsLayer::new()
        .allow_origin(origins.clone())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([REQUEST_ID, header::RETRY_AFTER])
        .max_age(PREFLIGHT);
    routes.layer(cors)
}

/// What Twilio calls. A slash at the end, which is easily written in its console, changes nothing.
fn webhooks() -> Router<App> {
    let inbound = get(webhook::get).post(webhook::inbound);
    let status = post(webhook::status);
    Router::new()
        .route("/api/v1/whatsapp/webhook", inbound.clone())
        .route("/api/v1/whatsapp/webhook/", inbound)
        .route("/api/v1/whatsapp/status", status.clone())
        .route("/api/v1/whatsapp/status/", status)
}

/// The routes of a process that only works the queue.
pub fn probes(app: App) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::metrics))
        .layer(CatchPanicLayer::new())
        .with_state(app)
}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
