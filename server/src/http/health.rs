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

/// 200 while requests can be served; what is degraded is named.
pub(super) async fn readyz(State(app): State<App>) -> Response {
    let database = store::ping(&app.db).await.is_ok();
    let redis = match app.cluster.redis_state() {
        ComponentState::Ok => "ok",
        ComponentState::Degraded => "degraded",
        ComponentState::Off => "off",
    };
    let is_well = database && redis != "degraded";
    let state = if !database || app.closing.is_cancelled() {
        "down"
    } else if is_well {
        "ok"
    } else {
        "degraded"
    };
    let code = if state == "down" {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    let database = if database { "ok" } else { "down" };
    (
        code,
        Json(json!({ "status": state, "database": database, "redis": redis })),
    )
        .into_response()
}
