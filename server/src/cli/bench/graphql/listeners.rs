//! Many subscribers, and the time until one event has come to each of them.

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::cli::bench::http1::{Wire, post};
use crate::cli::bench::load::Latencies;
use crate::cli::bench::stage::{Stage, told};

/// Sockets that are opened at one time.
const AT_ONCE: usize = 50;
/// Nobody waits longer for an event.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two events.
const APART: Duration = Duration::from_millis(400);
const SUBSCRIPTION: &str =
    "subscription { messageEvents { cursor kind message { id status body } } }";

/// What came of it.
pub(super) struct Heard {
    /// From the request that made an event to its arrival, one for each socket and event.
    pub(super) latencies: Latencies,
    /// Resident memory that the server took on, in megabytes.
    pub(super) memory_mb: f64,
}

/// Opens so many sockets with a subscription each, and makes so many events, each by one message.
pub(super) async fn hear(stage: &Stage, sockets: usize, events: usize) -> Result<Heard, String> {
    let before = stage.server.child.usage()?.resident_mb();
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let mut listening = JoinSet::new();
    let mut left = sockets;
    while left > 0 {
        let some = left.min(AT_ONCE);
        let mut opening = JoinSet::new();
        for _ in 0..some {
            opening.spawn(open(stage.server.address.to_string(), stage.token.clone()));
        }
        while let Some(socket) = opening.join_next().await {
            let socket = socket.map_err(|error| error.to_string())??;
            listening.spawn(listen(socket, arrived.clone()));
        }
        left -= some;
    }
    // A subscription that was asked for is at work once the server has answered what was asked after it.
    let mut all = Vec::with_capacity(sockets * events);
    for number in 0..events {
        tokio::time::sleep(APART).await;
        let sent = Instant::now();
        send(stage, number).await?;
        for _ in 0..sockets {
            let heard = tokio::time::timeout(PATIENCE, arrivals.recv()).await;
            let heard = heard.map_err(|_| format!("event {number} did not come to everybody"))?;
            let at: Instant = heard.ok_or("nobody listens any more")?;
            all.push(at.saturating_duration_since(sent));
        }
    }
    let memory_mb = stage.server.child.usage()?.resident_mb() - before;
    listening.shutdown().await;
    Ok(Heard {
        latencies: Latencies::of(all),
        memory_mb,
    })
}

type Socket = WebSocketStream<TcpStream>;

async fn open(address: String, token: String) -> Result<Socket, String> {
    let stream = told(TcpStream::connect(&address).await)?;
    told(stream.set_nodelay(true))?;
    let url = format!("ws://{address}/graphql/ws");
    let mut request = told(url.into_client_request())?;
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = told(tokio_tungstenite::client_async(request, stream).await)?;
    let payload = json!({ "authorization": format!("Bearer {token}") });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": SUBSCRIPTION } });
    for message in [
        json!({ "type": "connection_init", "payload": payload }),
        subscribe,
        json!({ "type": "ping" }),
    ] {
        told(say(&mut socket, &message).await)?;
        if message["type"] == "connection_init" {
            expect(&mut socket, "connection_ack").await?;
        }
    }
    expect(&mut socket, "pong").await?;
    Ok(socket)
}

async fn say(socket: &mut Socket, message: &serde_json::Value) -> Result<(), Error> {
    socket.send(Message::text(message.to_string())).await
}

async fn expect(socket: &mut Socket, word: &str) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, socket.next()).await {
        Ok(Some(Ok(Message::Text(text)))) if text.contains(word) => Ok(()),
        other => Err(format!("no {word} but {other:?}")),
    }
}

/// Tells of every message that comes to be.
async fn listen(mut socket: Socket, arrived: mpsc::UnboundedSender<Instant>) {
    while let Some(Ok(message)) = socket.next().await {
        let at = Instant::now();
        if let Message::Text(text) = message
            && text.contains("\"CREATED\"")
            && arrived.send(at).is_err()
        {
            return;
        }
    }
}

/// One message, which waits for an hour: it makes one event and no more.
async fn send(stage: &Stage, number: usize) -> Result<(), String> {
    let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code message } } }";
    let at = crate::clock::Clock::system().now() + chrono::TimeDelta::hours(1);
    let input =
        json!({ "to": format!("+97798{number:08}"), "body": "We close in an hour.", "sendAt": at });
    let body = json!({ "query": query, "variables": { "input": input } });
    let authorization = format!("Bearer {}", stage.token);
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/json"),
    ];
    let request = post("/graphql", &headers, &body.to_string());
    let mut wire = told(Wire::connect(stage.server.address).await)?;
    let answer = told(wire.ask(&request).await)?;
    let text = String::from_utf8_lossy(answer.body);
    if text.contains("\"userErrors\":[]") {
        return Ok(());
    }
    Err(format!("sendMessage: {text:.400}"))
}
