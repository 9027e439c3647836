//! What a server sees outside of itself, as tests want it: a Twilio that shows an account, and whoever answers at the public
//! URL.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use waybill::clock::Clock;
use waybill::gateway::signature;
use waybill::gateway::wire::{SIGNATURE_HEADER, rfc2822};

/// Twilio and the public URL, at one address.
#[derive(Clone)]
pub(crate) struct Outside(Arc<Told>);

struct Told {
    address: SocketAddr,
    account: String,
    token: String,
    /// How far Twilio's clock is ahead.
    ahead: TimeDelta,
    /// Where the sender's messages go; the right place without it.
    callback_url: Option<String>,
}

impl Outside {
    /// An account with one sender, all in order.
    pub(crate) async fn new(account: &str, token: &str) -> Self {
        Self::with(account, token, TimeDelta::zero(), None).await
    }

    /// A Twilio whose clock is off.
    pub(crate) async fn ahead(account: &str, token: &str, by: TimeDelta) -> Self {
        Self::with(account, token, by, None).await
    }

    /// A sender whose messages go elsewhere.
    pub(crate) async fn calling(account: &str, token: &str, url: &str) -> Self {
        Self::with(account, token, TimeDelta::zero(), Some(url.to_owned())).await
    }

    async fn with(
        account: &str,
        token: &str,
        ahead: TimeDelta,
        callback_url: Option<String>,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outside = Self(Arc::new(Told {
            address: listener.local_addr().unwrap(),
            account: account.to_owned(),
            token: token.to_owned(),
            ahead,
            callback_url,
        }));
        let router = Router::new()
            .route("/2010-04-01/Accounts/{account}", get(show_account))
            .route("/v2/Channels/Senders", get(show_senders))
            .route("/api/v1/whatsapp/webhook", get(probe))
            .with_state(outside.clone());
        tokio::task::spawn(axum::serve(listener, router).into_future());
        outside
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    fn opens(&self, headers: &HeaderMap) -> bool {
        let pair = format!("{}:{}", self.0.account, self.0.token);
        let expected = format!("Basic {}", STANDARD.encode(pair));
        headers.get(header::AUTHORIZATION).unwrap().as_bytes() == expected.as_bytes()
    }

    fn answer(&self, status: StatusCode, body: Value) -> Response {
        let date = rfc2822(Clock::system().now() + self.0.ahead);
        (status, [(header::DATE, date)], Json(body)).into_response()
    }

    fn refusal(&self) -> Response {
        let body = json!({ "code": 20003, "message": "Authenticate", "status": 401 });
        self.answer(StatusCode::UNAUTHORIZED, body)
    }
}

async fn show_account(
    State(outside): State<Outside>,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !outside.opens(&headers) {
        return outside.refusal();
    }
    assert_eq!(account, format!("{}.json", outside.0.account));
    let body = json!({ "sid": outside.0.account, "friendly_name": "Shop", "status": "active", "type": "Full",
        "auth_token": outside.0.token });
    outside.answer(StatusCode::OK, body)
}

async fn show_senders(State(outside): State<Outside>, headers: HeaderMap) -> Response {
    if !outside.opens(&headers) {
        return outside.refusal();
    }
    let right = || format!("{}/api/v1/whatsapp/webhook", outside.url());
    let url = outside.0.callback_url.clone().unwrap_or_else(right);
    let sender = json!({ "sid": "XE00112233445566778899aabbccddeeff", "status": "ONLINE",
        "sender_id": "whatsapp:+14155238886", "properties": { "quality_rating": "HIGH", "messaging_limit": null },
        "webhook": { "callback_url": url, "callback_method": "POST", "status_callback_url": null },
        "offline_reasons": null });
    let body = json!({ "senders": [sender], "meta": { "key": "senders", "next_page_url": null } });
    outside.answer(StatusCode::OK, body)
}

async fn probe(
    State(outside): State<Outside>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Json<Value> {
    let url = format!("{}{uri}", outside.url());
    let given = headers.get(SIGNATURE_HEADER).unwrap().to_str().unwrap();
    let is_valid = given == signature::sign(&outside.0.token, &url, &[]);
    let word = if is_valid { "valid" } else { "invalid" };
    Json(json!({ "signature": word, "expectedUrl": url }))
}
