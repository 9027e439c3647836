//! `/metrics`: counters since the start, and what waits now, as `OpenMetrics` text, which Prometheus reads.

use std::sync::atomic::AtomicU64;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::cluster::ComponentState;
use crate::flows::depths;
use crate::gateway::breaker::CircuitState;
use crate::metrics::depths::Depths;
use crate::metrics::encode;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Place {
    lane: &'static str,
    status: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Standing {
    state: &'static str,
}

/// Counters and gauges. A database that is away costs only the gauges that are read from it.
pub(super) async fn metrics(State(app): State<App>) -> Response {
    let mut gauges = Registry::with_prefix("waybill");
    let depths = depths::read(&app).await;
    let is_up = Gauge::<i64>::default();
    is_up.set(i64::from(depths.is_ok()));
    gauges.register("database_up", "1 while the database answers", is_up);
    match depths {
        Ok(depths) => waiting(&mut gauges, &depths),
        Err(error) => tracing::error!(%error, "what waits could not be counted"),
    }
    condition(&mut gauges, &app);
    let text = app.metrics.encode() + &encode(&gauges) + "# EOF\n";
    ([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response()
}

/// What waits.
fn waiting(gauges: &mut Registry, depths: &Depths) {
    let messages = Family::<Place, Gauge>::default();
    for depth in &depths.lanes {
        let place = Place {
            lane: depth.lane.as_str(),
            status: depth.status.as_str().to_lowercase(),
        };
        messages.get_or_create(&place).set(depth.total);
    }
    gauges.register(
        "queue_messages",
        "Messages on their way, by lane and status",
        messages,
    );
    let oldest = Gauge::<f64, AtomicU64>::default();
    oldest.set(depths.oldest_due_seconds());
    gauges.register(
        "queue_oldest_due_seconds",
        "How long the oldest due message waits",
        oldest,
    );
    let events = Family::<Standing, Gauge>::default();
    for (state, count) in [
        ("pending", depths.pending_events),
        ("dead", depths.dead_events),
    ] {
        let standing = Standing { state };
        events.get_or_create(&standing).set(int(count));
    }
    gauges.register(
        "webhook_events",
        "Kept events that wait for their processing, or failed too often",
        events,
    );
    let jobs = Gauge::<i64>::default();
    jobs.set(int(depths.running_jobs));
    gauges.register(
        "bulk_jobs_running",
        "Background jobs that have not ended",
        jobs,
    );
}

/// How the parts are.
fn condition(gauges: &mut Registry, app: &App) {
    let now = app.breaker.state(app.now());
    let circuit = Family::<Standing, Gauge>::default();
    for (it, state) in [
        (CircuitState::Closed, "closed"),
        (CircuitState::Open, "open"),
        (CircuitState::HalfOpen, "half_open"),
    ] {
        let standing = Standing { state };
        circuit.get_or_create(&standing).set(i64::from(it == now));
    }
    gauges.register(
        "circuit_state",
        "1 for what the breaker before Twilio does now: closed lets requests through",
        circuit,
    );
    let redis = match app.cluster.redis_state() {
        ComponentState::Ok => Some(1),
        ComponentState::Degraded => Some(0),
        ComponentState::Off => None,
    };
    if let Some(is_up) = redis {
        let gauge = Gauge::<i64>::default();
        gauge.set(is_up);
        let help = "1 while Redis answers; left out where none is configured";
        gauges.register("redis_up", help, gauge);
    }
    let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
    gauges.register("build", "The running version", build);
}

fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
