//! The table of contents of the HTTP surface.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use super::{assets, health, media, messages, metrics, send, session, webhook};
use crate::app::App;
use crate::graphql;

/// Longest body of the API, in bytes. The webhook has a limit of its own.
const BODY_LIMIT: usize = 1_024 * 1_024;
const DEADLINE: Duration = Duration::from_secs(30);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every route.
pub fn router(app: App) -> Router {
    let schema = graphql::schema(app.clone());
    let api = Router::new()
        .merge(webhooks())
        .route("/api/v1/whatsapp/send", post(send::send))
        .route("/api/v1/messages/{id}", get(messages::one))
        .route("/api/v1/messages.csv", get(messages::table))
        .route("/api/v1/messages.ndjson", get(messages::lines))
        .route(
            "/graphql",
            get(graphql::http::get).post(graphql::http::post),
        )
        .route("/media/{message}/{number}", get(media::show))
        .route("/sign-in/{link}", get(session::sign_in))
        .route("/sign-out", post(session::sign_out))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::metrics))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            DEADLINE,
        ));
    Router::new()
        .merge(api)
        .route("/graphql/ws", get(graphql::socket::open))
        .route("/graphiql", get(assets::graphiql))
        .fallback(assets::dashboard)
        .layer(axum::Extension(schema))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::new())
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .with_state(app)
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
