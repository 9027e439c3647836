//! The other ends: a Twilio that takes every message at once, and a handler that does nothing. Each a process of its own,
//! so that what it costs is not taken for ours; it ends when its standard input does.

use std::collections::HashSet;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::http1::{Message, Wire, post as request};
use crate::cli::common::{Done, block_on, print};
use crate::clock::Clock;
use crate::gateway::wire::{EMPTY_TWIML, Form, MessageJson, MessagePage, rfc2822};

/// Where it tells what it was asked for.
const TOTALS: &str = "/totals";
/// And when, for whom.
const ARRIVALS: &str = "/arrivals";

/// `waybill bench stub`
pub(super) fn run() -> Done {
    block_on(async {
        let listener = listen().await?;
        let world = Arc::new(World::default());
        until_input_ends(accept(listener, world)).await
    })
}

/// `waybill bench empty-handler`
pub(super) fn run_empty_handler() -> Done {
    block_on(async {
        let listener = listen().await?;
        let router = Router::new().fallback_service(post(nothing));
        let serve = async {
            let served = axum::serve(listener, router).await;
            served.map_err(|error| error.to_string())
        };
        until_input_ends(serve).await
    })
}

/// Reads the body and answers as Waybill does: the work that no webhook can do without.
async fn nothing(body: Bytes) -> impl IntoResponse {
    drop(body);
    (
        [(header::CONTENT_TYPE, "text/xml; charset=utf-8")],
        EMPTY_TWIML,
    )
}

async fn listen() -> Result<TcpListener, String> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = TcpListener::bind(any)
        .await
        .map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    print(&format!("Listening {address}"));
    Ok(listener)
}

async fn until_input_ends(serve: impl Future<Output = Done>) -> Done {
    let ended = tokio::task::spawn_blocking(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    });
    tokio::select! {
        served = serve => served,
        _ = ended => Ok(()),
    }
}

/// What was taken.
#[derive(Debug, Default)]
struct World(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    /// In the order of their creation.
    taken: Vec<Arc<MessageJson>>,
    /// Our ids of messages, from their callbacks' URLs.
    messages: HashSet<String>,
    /// When each of them came in.
    arrived_at: Vec<DateTime<Utc>>,
}

async fn accept(listener: TcpListener, world: Arc<World>) -> Done {
    let mut open = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.map_err(|error| error.to_string())?;
        let wire = Wire::new(stream).map_err(|error| error.to_string())?;
        open.spawn(converse(wire, Arc::clone(&world)));
        while open.try_join_next().is_some() {}
    }
}

async fn converse(mut wire: Wire, world: Arc<World>) {
    // A connection that breaks is the other side's affair.
    while let Ok(Some(message)) = wire.read().await {
        let answer = world.answer(message);
        if wire.write(&answer).await.is_err() {
            return;
        }
    }
}

impl World {
    fn answer(&self, message: Message<'_>) -> Vec<u8> {
        let (method, path) = message.start();
        let (status, body) = match (method, path) {
            ("POST", path) if path.ends_with("/Messages.json") => {
                ("201 Created", self.create(message.body))
            }
            ("POST", TOTALS) => ("200 OK", self.totals()),
            ("POST", ARRIVALS) => ("200 OK", self.arrivals()),
            ("GET", path) => ("200 OK", self.list(path)),
            _ => ("404 Not Found", "{}".to_owned()),
        };
        let length = body.len();
        format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nTwilio-Request-Id: RQ{:032x}\r\nContent-Length: {length}\r\n\r\n{body}", 0).into_bytes()
    }

    fn create(&self, body: &[u8]) -> String {
        let now = Clock::system().now();
        let form = Form::decode(body);
        let text = |name: &str| form.get(name).map(str::to_owned);
        let callback = form.get("StatusCallback").unwrap_or_default();
        let message = callback
            .split_once("message=")
            .and_then(|(_, rest)| rest.split('&').next())
            .unwrap_or_default();
        let mut json = MessageJson {
            from: text("From"),
            to: text("To"),
            body: text("Body"),
            status: Some("queued".to_owned()),
            direction: Some("outbound-api".to_owned()),
            api_version: Some("2010-04-01".to_owned()),
            num_segments: Some("1".to_owned()),
            num_media: Some("0".to_owned()),
            price_unit: Some("USD".to_owned()),
            date_created: Some(rfc2822(now)),
            ..MessageJson::default()
        };
        let mut books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        json.sid = Some(format!("SM{:032x}", books.taken.len() + 1));
        let json = Arc::new(json);
        books.messages.insert(message.to_owned());
        books.taken.push(Arc::clone(&json));
        books.arrived_at.push(now);
        drop(books);
        serde_json::to_string(&*json).unwrap_or_default()
    }

    fn totals(&self) -> String {
        let books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        json!([books.taken.len(), books.messages.len()]).to_string()
    }

    fn arrivals(&self) -> String {
        let books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = books.taken.iter().zip(&books.arrived_at);
        let all: Vec<_> = all.map(|(it, at)| (it.to.as_deref(), at)).collect();
        json!(all).to_string()
    }

    /// Newest first, all on one page.
    fn list(&self, path: &str) -> String {
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let query = Form::decode(query.as_bytes());
        let (from, to) = (query.get("From"), query.get("To"));
        let books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = books.taken.iter().rev().map(|it| &**it);
        let found = found.filter(|it| it.from.as_deref() == from && it.to.as_deref() == to);
        let page = MessagePage {
            messages: found.cloned().collect(),
            ..MessagePage::default()
        };
        serde_json::to_string(&page).unwrap_or_default()
    }
}

/// What the stub was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Totals {
    /// Requests to create a message.
    pub(super) creates: usize,
    /// Messages of ours that they were for.
    pub(super) messages: usize,
}

impl Totals {
    /// Asks the stub.
    pub(super) async fn of(stub: SocketAddr) -> Result<Self, String> {
        let answer = asked(stub, TOTALS).await?;
        let [creates, messages] =
            serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        Ok(Self { creates, messages })
    }
}

/// For whom messages came in and when, in that order.
pub(super) async fn arrivals(stub: SocketAddr) -> Result<Vec<(String, DateTime<Utc>)>, String> {
    let answer = asked(stub, ARRIVALS).await?;
    serde_json::from_slice(&answer).map_err(|error| error.to_string())
}

async fn asked(stub: SocketAddr, path: &str) -> Result<Vec<u8>, String> {
    let told = |error: std::io::Error| error.to_string();
    let mut wire = Wire::connect(stub).await.map_err(told)?;
    let question = request(path, &[], "");
    let answer = wire.ask(&question).await.map_err(told)?;
    Ok(answer.body.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_asked_for_twice_is_told_and_listed() {
        let world = World::default();
        let body = "To=whatsapp%3A%2B97798&From=whatsapp%3A%2B1415&Body=hi&StatusCallback=https%3A%2F%2Fa.example%2Fs%3Fmessage%3Dmsg_1%26attempt%3D";
        for attempt in ["1", "2"] {
            let answer = world.create(format!("{body}{attempt}").as_bytes());
            assert!(answer.contains(&format!("\"sid\":\"SM{attempt:0>32}\"")));
        }
        assert_eq!(world.totals(), "[2,1]");
        let listed = world.list("/x.json?From=whatsapp%3A%2B1415&To=whatsapp%3A%2B97798");
        assert_eq!(listed.matches("\"body\":\"hi\"").count(), 2);
        assert!(!world.list("/x.json?From=a&To=b").contains("hi"));
    }
}
