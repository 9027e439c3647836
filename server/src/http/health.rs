//! Probes for machines: alive, ready.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;
use crate::cluster::ComponentState;
use crate::store;

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// 200 while requests can be taken, also with the database away: webhook events then go to disk and replies still leave, so
/// nobody should turn Twilio away from here. What is degraded is named. 503 once the server is stopping.
pub(super) async fn readyz(State(app): State<App>) -> Response {
    let has_database = app.db.is_well() && store::ping(&app.db).await.is_ok();
    let redis = app.cluster.redis_state();
    let spool_bytes = app.metrics.spool_bytes.get();
    let is_well = has_database && redis != ComponentState::Degraded && spool_bytes == 0;
    let (code, state) = if app.closing.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    } else if is_well {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::OK, "degraded")
    };
    let redis = match redis {
        ComponentState::Ok => "ok",
        ComponentState::Degraded => "degraded",
        ComponentState::Off => "off",
    };
    let answer = json!({
        "status": state,
        "database": if has_database { "ok" } else { "down" },
        "redis": redis,
        "spoolBytes": spool_bytes,
        "eventsLost": app.metrics.lost.get(),
    });
    (code, Json(answer)).into_response()
}
