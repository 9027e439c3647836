//! Subscriptions over `graphql-transport-ws`. A token comes in `connection_init`, or the page's cookie with the upgrade.
//! What is not read by the client is not read from the log either: a slow client holds one event at a time, no more.
//! Source: graphql-ws's PROTOCOL.md.

mod close;
mod words;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Data, Request, Response as Answer};
use axum::Extension;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::stream::{self, AbortHandle, Abortable, BoxStream, SelectAll, StreamExt as _};
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};

use self::close::Close;
use self::words::{Heard, say};
use super::Schema;
use super::guardrail::Door;
use super::http::request_id;
use super::limits::{exceeded, of_request};
use crate::app::App;
use crate::auth::guests::{self, Guest as Inside};
use crate::auth::{self, Credential, Viewer};
use crate::error::Error;
use crate::http::{Client, caller_of_socket};

const PROTOCOL: &str = "graphql-transport-ws";
/// Longest message of a client, in bytes.
const MESSAGE_LIMIT: usize = 128 * 1_024;
/// Bytes that every socket holds for reading, all its life; longer messages take more while they are read.
const READ_BUFFER: usize = 1_024;
/// A socket that has not shown a credential by then is closed.
const SIGN_IN_WITHIN: Duration = Duration::from_secs(10);
/// Operations that run at one time on one socket.
const OPERATIONS: usize = 100;
/// A client that takes nothing for so long is gone.
const TAKE_WITHIN: Duration = Duration::from_mins(1);
/// How often a client is asked whether it is there; silent for three times that it is gone.
const ASK_EVERY: Duration = Duration::from_secs(30);

/// Opens a socket. Who it is for is settled by its first message.
pub async fn open(
    State(app): State<App>,
    Extension(schema): Extension<Schema>,
    headers: HeaderMap,
    client: Client,
    upgrade: WebSocketUpgrade,
) -> Response {
    let from_headers = caller_of_socket(&headers);
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(MESSAGE_LIMIT)
        .read_buffer_size(READ_BUFFER);
    upgrade.on_upgrade(move |line| async move {
        let speaks = line.protocol().is_some_and(|it| it == PROTOCOL);
        let line = Line {
            socket: line,
            heard_at: Instant::now(),
            app: app.clone(),
        };
        let host = Host {
            app,
            schema,
            request_id: request_id(&headers),
            guest: None,
            from_headers,
            client,
            running: SelectAll::new(),
            operations: HashMap::new(),
            begun: 0,
        };
        if speaks {
            host.serve(line).await;
        } else {
            line.end(close::SUBPROTOCOL).await;
        }
    })
}

/// The wire.
struct Line {
    socket: WebSocket,
    heard_at: Instant,
    app: App,
}

impl Line {
    /// The client's next message; asks in between whether it is there.
    async fn hear(&mut self) -> Result<Heard, Close> {
        loop {
            let wait = sleep(ASK_EVERY);
            let message = tokio::select! {
                message = self.socket.recv() => message,
                () = wait => {
                    if self.heard_at.elapsed() > ASK_EVERY * 3 {
                        return Err(close::GONE);
                    }
                    self.send(Message::Ping(axum::body::Bytes::new())).await?;
                    continue;
                }
            };
            self.heard_at = Instant::now();
            match message {
                Some(Ok(Message::Text(text))) => return Heard::parse(&text),
                Some(Ok(Message::Binary(_))) => return Err(close::BINARY),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(close::GONE),
            }
        }
    }

    async fn say(&mut self, words: String) -> Result<(), Close> {
        self.send(Message::Text(words.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Close> {
        tokio::select! {
            sent = self.socket.send(message) => sent.map_err(|_| close::GONE),
            () = self.app.closing.cancelled() => Err(close::RESTART),
            () = sleep(TAKE_WITHIN) => Err(close::GONE),
        }
    }

    async fn end(mut self, close: Close) {
        if let Some((code, reason)) = close.told() {
            let frame = CloseFrame {
                code,
                reason: reason.to_owned().into(),
            };
            let last = self.socket.send(Message::Close(Some(frame)));
            // Whoever does not even take the reason goes without it.
            let _ = tokio::time::timeout(Duration::from_secs(1), last).await;
        }
    }
}

/// Somebody who has shown who they are.
struct Guest {
    viewer: Viewer,
    inside: Arc<Inside>,
}

/// An operation's next answer; `None`: it has ended.
type News = (String, u64, Option<Box<Answer>>);

/// One running operation.
struct Running {
    /// Tells it from an earlier one of the same name.
    number: u64,
    door: Arc<Door>,
    stop: AbortHandle,
}

struct Host {
    app: App,
    schema: Schema,
    request_id: String,
    guest: Option<Guest>,
    from_headers: Option<Credential>,
    client: Client,
    running: SelectAll<BoxStream<'static, News>>,
    operations: HashMap<String, Running>,
    begun: u64,
}

impl Host {
    async fn serve(mut self, mut line: Line) {
        // What is needed for a moment only lies beside: a socket holds its own future all its life.
        let greeted = Box::pin(self.greet(&mut line)).await;
        let close = match greeted {
            Ok(inside) => self.follow(&mut line, &inside).await,
            Err(close) => close,
        };
        line.end(close).await;
    }

    /// Waits for `connection_init`; pings are answered before it already.
    async fn greet(&mut self, line: &mut Line) -> Result<Arc<Inside>, Close> {
        let deadline = Instant::now() + SIGN_IN_WITHIN;
        while self.guest.is_none() {
            let heard = tokio::select! {
                heard = line.hear() => heard?,
                () = sleep_until(deadline) => return Err(close::INIT_TIMEOUT),
                () = self.app.closing.cancelled() => return Err(close::RESTART),
            };
            self.answer(line, heard).await?;
        }
        self.guest
            .as_ref()
            .map(|it| it.inside.clone())
            .ok_or(close::UNAUTHORIZED)
    }

    async fn follow(&mut self, line: &mut Line, inside: &Inside) -> Close {
        let app = self.app.clone();
        let talk = async {
            loop {
                let done = tokio::select! {
                    heard = line.hear() => match heard {
                        Ok(heard) => Box::pin(self.answer(line, heard)).await,
                        Err(close) => Err(close),
                    },
                    Some(news) = self.running.next() => self.tell(line, news).await,
                };
                if let Err(close) = done {
                    return close;
                }
            }
        };
        tokio::select! {
            close = talk => close,
            () = inside.until_shown_out() => close::FORBIDDEN,
            () = app.closing.cancelled() => close::RESTART,
        }
    }

    async fn answer(&mut self, line: &mut Line, heard: Heard) -> Result<(), Close> {
        match heard {
            Heard::Init(_) if self.guest.is_some() => Err(close::SECOND_INIT),
            Heard::Init(payload) => {
                let from_headers = self.from_headers.clone();
                let signed_in = sign_in(&self.app, from_headers, self.client, &payload).await;
                self.guest = Some(signed_in?);
                line.say(say::ack()).await
            }
            Heard::Ping(payload) => line.say(say::pong(&payload)).await,
            Heard::Pong => Ok(()),
            Heard::Subscribe { .. } if self.guest.is_none() => Err(close::UNAUTHORIZED),
            Heard::Subscribe { id, request } => self.begin(line, id, *request).await,
            Heard::Complete(id) => {
                if let Some(it) = self.operations.remove(&id) {
                    it.stop.abort();
                }
                Ok(())
            }
        }
    }

    async fn begin(&mut self, line: &mut Line, id: String, request: Request) -> Result<(), Close> {
        if self.operations.contains_key(&id) {
            return Err(Close::taken(&id));
        }
        if self.operations.len() >= OPERATIONS {
            let actual = self.operations.len() + 1;
            let message = format!(
                "{OPERATIONS} operations run on this socket already: end one, or open another socket."
            );
            let error = exceeded("TOO_MANY_OPERATIONS", (OPERATIONS, actual), &message);
            let error = of_request(error, &self.request_id);
            return line.say(say::error(&id, &[error])).await;
        }
        let door = Arc::new(Door::new(self.request_id.clone(), false));
        let mut data = Data::default();
        data.insert(door.clone());
        if let Some(guest) = &self.guest {
            data.insert(guest.viewer.clone());
        }
        self.begun += 1;
        let number = self.begun;
        let name = id.clone();
        let answers = self
            .schema
            .execute_stream_with_session_data(request, Arc::new(data));
        let news = answers
            .map(|it| Some(Box::new(it)))
            .chain(stream::once(async { None }));
        let news = news.map(move |it| (name.clone(), number, it));
        let (stop, registration) = AbortHandle::new_pair();
        self.running
            .push(Abortable::new(news, registration).boxed());
        self.operations.insert(id, Running { number, door, stop });
        Ok(())
    }

    async fn tell(&mut self, line: &mut Line, (id, number, answer): News) -> Result<(), Close> {
        let Some(running) = self.operations.get(&id).filter(|it| it.number == number) else {
            return Ok(());
        };
        match answer {
            // Refused before it began: that is this operation's end.
            Some(answer) if !running.door.has_begun() && !answer.errors.is_empty() => {
                running.stop.abort();
                self.operations.remove(&id);
                line.say(say::error(&id, &answer.errors)).await
            }
            Some(answer) => line.say(say::next(&id, &answer)).await,
            None => {
                self.operations.remove(&id);
                line.say(say::complete(&id)).await
            }
        }
    }
}

/// The token of `connection_init`, else what came with the upgrade.
async fn sign_in(
    app: &App,
    from_headers: Option<Credential>,
    client: Client,
    payload: &Value,
) -> Result<Guest, Close> {
    let given = ["authorization", "Authorization"]
        .iter()
        .find_map(|key| payload.get(*key));
    let bearer =
        |it: &str| Credential::Bearer(it.strip_prefix("Bearer ").unwrap_or(it).trim().to_owned());
    let token = given.and_then(Value::as_str).map(bearer);
    let credential = token.or(from_headers).ok_or(close::FORBIDDEN)?;
    match auth::viewer(app, &credential).await {
        Ok(viewer) => Ok(Guest {
            inside: Arc::new(guests::enter(app, &viewer)),
            viewer: Viewer {
                client: client.0,
                ..viewer
            },
        }),
        Err(Error::Unavailable(_) | Error::Fault(_)) => Err(close::TRY_LATER),
        Err(_) => Err(close::FORBIDDEN),
    }
}
