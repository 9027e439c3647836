//! Probes for machines: alive, ready, metrics.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::types::Lane;
use serde_json::json;

use super::Problem;
use crate::app::App;
use crate::cluster::ComponentState;
use crate::gateway::breaker::CircuitState;
use crate::store;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

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

/// Counters since the start and the queue's depth now, as `OpenMetrics` text (Prometheus reads it).
pub(super) async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let mut text = app.metrics.encode();
    let depths = store::queue::depths(app.db.read())
        .await
        .map_err(crate::error::Error::from)?;
    let oldest = store::queue::oldest_due(app.db.read(), &Lane::ALL, app.now())
        .await
        .map_err(crate::error::Error::from)?;
    let waits = oldest.map_or(0.0, |due| (app.now() - due).as_seconds_f64().max(0.0));
    let circuit = app.breaker.state(app.now());
    text.push_str("# HELP waybill_queue_messages Messages on their way, by lane and status.\n");
    text.push_str("# TYPE waybill_queue_messages gauge\n");
    for depth in depths {
        let (lane, status) = (depth.lane.as_str(), depth.status.as_str().to_lowercase());
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "waybill_queue_messages{{lane=\"{lane}\",status=\"{status}\"}} {}",
            depth.total
        );
    }
    gauge(
        &mut text,
        "queue_oldest_due_seconds",
        "How long the oldest due message waits",
        waits,
    );
    let open = if circuit == CircuitState::Closed {
        0.0
    } else {
        1.0
    };
    gauge(
        &mut text,
        "circuit_open",
        "1 while requests to Twilio are held back",
        open,
    );
    let redis = if app.cluster.redis_state() == ComponentState::Ok {
        1.0
    } else {
        0.0
    };
    gauge(&mut text, "redis_up", "1 while Redis answers", redis);
    let _ = writeln!(
        text,
        "# HELP waybill_build_info The running version.\n# TYPE waybill_build_info gauge\nwaybill_build_info{{version=\"{}\"}} 1\n# EOF",
        env!("CARGO_PKG_VERSION")
    );
    Ok(([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response())
}

fn gauge(text: &mut String, name: &str, help: &str, value: f64) {
    let _ = writeln!(
        text,
        "# HELP waybill_{name} {help}.\n# TYPE waybill_{name} gauge\nwaybill_{name} {value}"
    );
}
