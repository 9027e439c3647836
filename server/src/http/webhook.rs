//! Twilio's door: verified before it is read, durable before it is answered, processed after.

use std::net::{IpAddr, SocketAddr};

use axum::body::Bytes;
use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use entity::webhook_event::{WebhookKind, WebhookSource};
use ipnet::IpNet;
use tokio::time::Instant;

use super::Problem;
use crate::app::App;
use crate::gateway::signature;
use crate::gateway::wire::{EMPTY_TWIML, Form, IDEMPOTENCY_HEADER, SIGNATURE_HEADER};
use crate::intake::door::{Arrived, Kept};
use crate::metrics::WebhookLabels;

/// Longest body, in bytes. A real one has a few thousand.
const BODY_LIMIT: usize = 256 * 1_024;

/// Answers the check of Twilio's console, and of people.
pub(super) async fn greet() -> &'static str {
    "Waybill's webhook is here. Twilio posts to it; set this address in Twilio's console.\n"
}

/// An inbound message; a status that arrives here is taken too.
pub(super) async fn inbound(state: State<App>, uri: OriginalUri, request: Request) -> Response {
    take(&state, &uri, request, WebhookKind::Inbound).await
}

/// A status of one of our messages.
pub(super) async fn status(state: State<App>, uri: OriginalUri, request: Request) -> Response {
    take(&state, &uri, request, WebhookKind::Status).await
}

async fn take(app: &App, uri: &Uri, request: Request, route: WebhookKind) -> Response {
    let started = Instant::now();
    let (kind, answer) = match check(app, uri, request, route).await {
        // Whatever becomes of it, the provider is answered 200: it would not ask again later.
        Ok(arrived) => (arrived.kind, Ok(app.intake.keep(arrived).await)),
        Err(problem) => (route, Err(problem)),
    };
    let result = match &answer {
        Ok(Kept::New) => "new",
        Ok(Kept::Duplicate) => "duplicate",
        Ok(Kept::Spooled) => "spooled",
        Ok(Kept::Lost) => "lost",
        Err(_) => "refused",
    };
    let kind = match kind {
        WebhookKind::Inbound => "inbound",
        WebhookKind::Status => "status",
    };
    app.metrics
        .webhooks
        .get_or_create(&WebhookLabels { kind, result })
        .inc();
    app.metrics
        .webhook_seconds
        .observe(started.elapsed().as_secs_f64());
    match answer {
        Ok(_) => (
            [(header::CONTENT_TYPE, "text/xml; charset=utf-8")],
            EMPTY_TWIML,
        )
            .into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// The event of a request whose sender is proven. What the form says of its kind counts more than the route.
async fn check(
    app: &App,
    uri: &Uri,
    request: Request,
    route: WebhookKind,
) -> Result<Arrived, Problem> {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|it| it.0.ip());
    let headers = request.headers().clone();
    refuse_strangers(app, peer, &headers)?;
    let body = read(request).await?;
    let form = Form::decode(&body);
    refuse_forgeries(app, uri, &headers, &form)?;
    let is_status =
        form.get("MessageStatus").is_some() && form.get("SmsStatus") != Some("received");
    let kind = if is_status {
        WebhookKind::Status
    } else {
        route
    };
    let token = headers
        .get(IDEMPOTENCY_HEADER)
        .and_then(|it| it.to_str().ok());
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Arrived {
        idempotency_token: token.map(str::to_owned),
        query: uri.query().unwrap_or_default().to_owned(),
        ..Arrived::new(kind, WebhookSource::Webhook, body, &form)
    })
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    axum::body::to_bytes(request.into_body(), BODY_LIMIT)
        .await
        .map_err(|_| {
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "Body too large",
                "the limit is 256 KiB",
            )
        })
}

fn refuse_strangers(app: &App, peer: Option<IpAddr>, headers: &HeaderMap) -> Result<(), Problem> {
    let allowed = &app.config.webhook_ip_allowlist;
    if allowed.is_empty() {
        return Ok(());
    }
    let client = peer.map(|peer| client_address(peer, headers, &app.config.trusted_proxies));
    if client.is_some_and(|client| allowed.iter().any(|network| network.contains(&client))) {
        return Ok(());
    }
    tracing::warn!(client = ?client, "a webhook request from outside of WEBHOOK_IP_ALLOWLIST was refused");
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "Refused",
        "this address is not in WEBHOOK_IP_ALLOWLIST",
    ))
}

fn refuse_forgeries(app: &App, uri: &Uri, headers: &HeaderMap, form: &Form) -> Result<(), Problem> {
    let refused = |detail| Err(Problem::new(StatusCode::FORBIDDEN, "Refused", detail));
    let Some(signature) = headers
        .get(SIGNATURE_HEADER)
        .and_then(|it| it.to_str().ok())
    else {
        return refused("the request has no X-Twilio-Signature");
    };
    let path = uri
        .path_and_query()
        .map_or(uri.path(), axum::http::uri::PathAndQuery::as_str);
    let url = format!("{}{path}", app.public_url);
    let account = &app.account;
    let tokens: Vec<&str> = [
        Some(&account.auth_token),
        account.auth_token_secondary.as_ref(),
    ]
    .into_iter()
    .flatten()
    .map(crate::config::Secret::expose)
    .collect();
    if signature::is_valid(signature, &tokens, &url, form.pairs()) {
        return Ok(());
    }
    tracing::warn!(
        url = app.public_url,
        "a webhook request with a wrong signature was refused: is PUBLIC_URL what Twilio calls?"
    );
    refused("X-Twilio-Signature is wrong for this URL, body and account")
}

/// The client behind trusted proxies: the last address in `X-Forwarded-For` that is none of them.
fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|it| it.to_str().ok());
    let mut hops: Vec<&str> = forwarded
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    let mut client = peer;
    while let Some(hop) = hops.pop() {
        let Ok(address) = hop.parse() else {
            return client;
        };
        client = address;
        if !is_trusted(&client) {
            return client;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_may_name_the_client() {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let forwarded = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", value.parse().unwrap());
            headers
        };
        let client = |peer: &str, value| {
            client_address(peer.parse().unwrap(), &forwarded(value), &proxies).to_string()
        };
        assert_eq!(
            client("203.0.113.9", "198.51.100.1"),
            "203.0.113.9",
            "a stranger's word"
        );
        assert_eq!(client("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(client("10.0.0.1", "198.51.100.1, 10.0.0.2"), "198.51.100.1");
        assert_eq!(
            client("10.0.0.1", "1.2.3.4, 198.51.100.1"),
            "198.51.100.1",
            "the forged first hop"
        );
        assert_eq!(client("10.0.0.1", "nonsense"), "10.0.0.1");
    }
}
