//! Clients that send and customers that write, and go on with the same key or id until they have an answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use waybill::gateway::signature;
use waybill::gateway::wire::{IDEMPOTENCY_HEADER, SIGNATURE_HEADER};

use super::site::{Letter, SENDER, Send, Site};
use crate::support::TOKEN;

/// Nothing that is broken here stays broken longer.
const PATIENCE: Duration = Duration::from_mins(1);
const AGAIN_AFTER: Duration = Duration::from_millis(50);
const RECIPIENTS: usize = 70;
const AT_ONCE: usize = 16;
const CLIENTS: usize = 8;
const LANES: [&str; 4] = ["NORMAL", "BULK", "IMMEDIATE", "NORMAL"];
/// Begin the numbers of those who write to us, and of no one else.
pub(super) const CUSTOMERS: &str = "+97797";

/// What an attempt of a client came to.
enum Told {
    Accepted(String),
    /// No answer.
    Nothing,
    /// An answer that says to try again.
    Broken,
}

/// What a client wants, with its number: the same request however often it is made.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Send(usize),
    Write(usize),
}

impl Site {
    /// Sends one message, and asks again with the same key until it is accepted.
    pub(super) async fn send(&self) {
        let n = self.numbers.fetch_add(1, Ordering::SeqCst);
        let id = self.until_accepted(Wish::Send(n)).await;
        let body = format!("message {n}");
        self.ledger.lock().unwrap().sends.push(Send { id, body });
    }

    /// Sends many, some at a time.
    pub(super) async fn send_many(self: &Arc<Self>, count: usize) {
        for start in (0..count).step_by(AT_ONCE) {
            let mut clients = JoinSet::new();
            for _ in start..count.min(start + AT_ONCE) {
                let site = Arc::clone(self);
                clients.spawn(async move { site.send().await });
            }
            all(&mut clients).await;
        }
    }

    /// Writes one message as a customer of its own, and repeats the webhook request until it is answered.
    pub(super) async fn write(&self) {
        let n = self.numbers.fetch_add(1, Ordering::SeqCst);
        self.until_accepted(Wish::Write(n)).await;
        let (from, body) = letter(n);
        let letter = Letter { from, body };
        self.ledger.lock().unwrap().letters.push(letter);
    }

    async fn until_accepted(&self, wish: Wish) -> String {
        let began = Instant::now();
        loop {
            let told = match wish {
                Wish::Send(n) => self.try_send(n).await,
                Wish::Write(n) => self.try_write(n).await,
            };
            match told {
                Told::Accepted(id) => return id,
                Told::Nothing => self.ledger.lock().unwrap().broken += 1,
                Told::Broken => self.ledger.lock().unwrap().refused += 1,
            }
            assert!(
                began.elapsed() < PATIENCE,
                "{wish:?} is not accepted after {PATIENCE:?}; {}",
                self.log()
            );
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }

    async fn try_send(&self, n: usize) -> Told {
        let (to, lane) = (
            format!("+97798{:08}", n % RECIPIENTS),
            LANES[n / RECIPIENTS % LANES.len()],
        );
        let (body, key) = (format!("message {n}"), format!("key {n}"));
        if n.is_multiple_of(2) {
            let input = json!({ "to": to, "message": body, "lane": lane, "idempotencyKey": key });
            return self.send_by_rest(input).await;
        }
        let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code } } }";
        let input = json!({ "to": to, "body": body, "lane": lane, "idempotencyKey": key });
        match self.query(query, json!({ "input": input })).await {
            Some(data) => match data["sendMessage"]["message"]["id"].as_str() {
                Some(id) => Told::Accepted(id.to_owned()),
                None => panic!("{body} was refused: {data}"),
            },
            None => Told::Nothing,
        }
    }

    async fn send_by_rest(&self, input: Value) -> Told {
        let request = self
            .http
            .post(format!("{}/api/v1/whatsapp/send", self.url))
            .bearer_auth(&self.token)
            .json(&input);
        let Ok(answer) = request.send().await else {
            return Told::Nothing;
        };
        if answer.status().is_server_error() {
            return Told::Broken;
        }
        let is_taken = matches!(answer.status(), StatusCode::OK | StatusCode::ACCEPTED);
        let text = answer.text().await.unwrap_or_default();
        assert!(is_taken, "{input} was refused: {text}");
        let told = serde_json::from_str::<Value>(&text).ok();
        let id = told.and_then(|it| Some(it["id"].as_str()?.to_owned()));
        id.map_or(Told::Nothing, Told::Accepted)
    }

    async fn try_write(&self, n: usize) -> Told {
        let (from, body) = letter(n);
        let form = [
            ("MessageSid", format!("SMf{n:031x}")),
            ("From", format!("whatsapp:{from}")),
            ("To", format!("whatsapp:{SENDER}")),
            ("Body", body),
            ("ProfileName", "Asha".to_owned()),
        ]
        .map(|(key, value)| (key.to_owned(), value));
        let url = format!("{}/api/v1/whatsapp/webhook", self.url);
        let request = self
            .http
            .post(&url)
            .header(SIGNATURE_HEADER, signature::sign(TOKEN, &url, &form))
            .header(IDEMPOTENCY_HEADER, format!("token-{n}"))
            .form(&form);
        match request.send().await.map(|it| it.status()) {
            Ok(StatusCode::OK) => Told::Accepted(String::new()),
            Ok(status) if status.is_server_error() => Told::Broken,
            Ok(status) => panic!("letter {n} was refused with {status}"),
            Err(_) => Told::Nothing,
        }
    }
}

/// Who writes, and what.
fn letter(n: usize) -> (String, String) {
    (format!("{CUSTOMERS}{n:08}"), format!("letter {n}"))
}

/// Waits until each task has ended well.
pub(super) async fn all(tasks: &mut JoinSet<()>) {
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
}

/// Clients at work until they are stopped.
pub(super) struct Load {
    stop: CancellationToken,
    clients: JoinSet<()>,
}

impl Load {
    /// Starts some clients and one crowd of customers.
    pub(super) fn start(site: &Arc<Site>) -> Self {
        let stop = CancellationToken::new();
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            let (site, stop) = (Arc::clone(site), stop.clone());
            clients.spawn(async move {
                while !stop.is_cancelled() {
                    site.send().await;
                    tokio::time::sleep(Duration::from_millis(40)).await;
                }
            });
        }
        let (site, stop2) = (Arc::clone(site), stop.clone());
        clients.spawn(async move {
            while !stop2.is_cancelled() {
                site.write().await;
                tokio::time::sleep(Duration::from_millis(80)).await;
            }
        });
        Self { stop, clients }
    }

    /// Waits until every client has the answer that it waits for.
    pub(super) async fn stop(mut self) {
        self.stop.cancel();
        all(&mut self.clients).await;
    }
}
