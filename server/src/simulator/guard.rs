//! Around every request: the simulator's clock in the answer, and controls for this machine only.

use std::net::IpAddr;
use std::sync::atomic::Ordering;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::connection::Caller;
use super::control::Wrong;
use super::world::new_sid;
use super::{Shared, Simulator};
use crate::gateway::wire::REQUEST_ID_HEADER;

/// Longest request, in bytes: a film of 16 MB in base64.
pub(super) const BODY_LIMIT: usize = 24 * 1_024 * 1_024;

/// Puts the provider's id of the request and the time of the simulator's clock into every answer.
pub(super) async fn stamp(
    State(simulator): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let started = tokio::time::Instant::now();
    let is_control = request.uri().path().starts_with("/simulator/");
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    headers.insert(header::DATE, text(&date(&simulator)));
    if !is_control {
        let took = format!("{:.3}", started.elapsed().as_secs_f64());
        headers.insert(
            HeaderName::from_static(REQUEST_ID_HEADER),
            text(&new_sid("RQ")),
        );
        let others = simulator.creating.load(Ordering::Relaxed);
        headers.insert(
            HeaderName::from_static("twilio-concurrent-requests"),
            (others + 1).into(),
        );
        headers.insert(
            HeaderName::from_static("twilio-request-duration"),
            text(&took),
        );
    }
    answer
}

/// Controls obey programs on this machine; not the network, and no web page that is open in a browser here.
pub(super) async fn only_from_here(
    ConnectInfo(caller): ConnectInfo<Caller>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let is_page =
        headers.contains_key(header::ORIGIN) || !headers.get(header::HOST).is_some_and(is_own);
    if caller.peer.ip().to_canonical().is_loopback() && !is_page {
        next.run(request).await
    } else {
        Wrong::forbidden("the simulator's controls obey programs on this machine only")
            .into_response()
    }
}

/// Whether a host is this machine by its number, or by the name that is nobody else's. A page that had its own name lead
/// here would still send that name.
fn is_own(host: &HeaderValue) -> bool {
    let host = host.to_str().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|it| it.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || bare.parse().is_ok_and(|it: IpAddr| it.is_loopback())
}

/// The form of a `Date` header.
fn date(simulator: &Simulator) -> String {
    let now = simulator.now();
    now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("letters, digits and punctuation")
}
