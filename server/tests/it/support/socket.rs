//! A client of `graphql-transport-ws`.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::TestApp;

/// No event takes longer in a test.
const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const EVENTS: &str = "subscription($after: String, $filter: MessageFilter) { messageEvents(after: $after, filter: $filter) {
    cursor kind status changed detail message { id direction status body } } }";

/// An open socket with one subscription.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a socket; what the server said to `connection_init`.
    pub(crate) async fn open(app: &TestApp, payload: Value) -> (Self, Option<Value>) {
        let mut socket = Self::connect(&app.url).await.unwrap();
        socket
            .say(&json!({ "type": "connection_init", "payload": payload }))
            .await;
        let answer = socket.hear().await;
        (socket, answer)
    }

    /// Opens a socket at a server, with a token.
    pub(crate) async fn greeted(url: &str, token: &str) -> Self {
        let mut socket = Self::connect(url).await.unwrap();
        let payload = json!({ "authorization": format!("Bearer {token}") });
        let hello = json!({ "type": "connection_init", "payload": payload });
        socket.say(&hello).await;
        assert_eq!(socket.hear().await.unwrap()["type"], "connection_ack");
        socket
    }

    /// Follows message events at a server that may be down, or go down; `None` where it is.
    pub(crate) async fn dial(url: &str, token: &str, after: Option<&str>) -> Option<Self> {
        let mut socket = Self::connect(url).await?;
        let payload = json!({ "authorization": format!("Bearer {token}") });
        let hello = json!({ "type": "connection_init", "payload": payload });
        socket.0.send(Message::text(hello.to_string())).await.ok()?;
        socket.listen().await?;
        let payload = json!({ "query": EVENTS, "variables": { "after": after } });
        let wish = json!({ "type": "subscribe", "id": "1", "payload": payload });
        socket.0.send(Message::text(wish.to_string())).await.ok()?;
        Some(socket)
    }

    /// The next message, however long it takes; `None` when the server is gone.
    pub(crate) async fn listen(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await? {
                Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Opens a socket as a signed-in browser does.
    pub(crate) async fn with_cookie(app: &TestApp, cookie: &str) -> Self {
        let mut socket = Self::connect_as(&app.url, &[("cookie", cookie)])
            .await
            .unwrap();
        socket.say(&json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await.unwrap()["type"], "connection_ack");
        socket
    }

    /// The code with which the server closes a socket whose upgrade brought these headers and that brings no token; `None`: it
    /// lets it in.
    pub(crate) async fn refusal(app: &TestApp, headers: &[(&'static str, &str)]) -> Option<u16> {
        let mut socket = Self::connect_as(&app.url, headers).await.unwrap();
        socket.say(&json!({ "type": "connection_init" })).await;
        match socket.0.next().await.unwrap().unwrap() {
            Message::Close(frame) => frame.map(|it| it.code.into()),
            _ => None,
        }
    }

    async fn connect(url: &str) -> Option<Self> {
        Self::connect_as(url, &[]).await
    }

    async fn connect_as(url: &str, headers: &[(&'static str, &str)]) -> Option<Self> {
        let mut request = format!("{}/graphql/ws", url.replace("http", "ws"))
            .into_client_request()
            .unwrap();
        request.headers_mut().insert(
            "sec-websocket-protocol",
            "graphql-transport-ws".parse().unwrap(),
        );
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Some(Self(connect_async(request).await.ok()?.0))
    }

    /// Subscribes to message events after a cursor.
    pub(crate) async fn follow(app: &TestApp, after: Option<&str>) -> Self {
        Self::subscribe(app, EVENTS, json!({ "after": after })).await
    }

    /// Subscribes.
    pub(crate) async fn subscribe(app: &TestApp, query: &str, variables: Value) -> Self {
        let token = format!("Bearer {}", app.token);
        let (mut socket, answer) = Self::open(app, json!({ "authorization": token })).await;
        assert_eq!(answer.unwrap()["type"], "connection_ack");
        socket.ask(query, variables).await;
        socket
    }

    /// Begins its one subscription.
    pub(crate) async fn ask(&mut self, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.wish("1", &payload).await;
    }

    /// Begins an operation.
    pub(crate) async fn wish(&mut self, id: &str, payload: &Value) {
        let wish = json!({ "type": "subscribe", "id": id, "payload": payload });
        self.say(&wish).await;
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Value {
        let mut message = self.hear().await.expect("the socket was closed");
        assert_eq!(message["type"], "next", "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        message["payload"]["data"].take()
    }

    /// Whether the subscription has nothing more to tell and ended.
    pub(crate) async fn has_completed(&mut self) -> bool {
        self.hear().await.is_some_and(|it| it["type"] == "complete")
    }

    /// Message events until one is as wanted, that one included.
    pub(crate) async fn until(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut heard = Vec::new();
        loop {
            let event = self.next().await["messageEvents"].take();
            heard.push(event);
            if heard.last().is_some_and(&is_wanted) {
                return heard;
            }
        }
    }

    async fn say(&mut self, message: &Value) {
        self.0
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }

    /// The next message; `None` when the server closed.
    async fn hear(&mut self) -> Option<Value> {
        tokio::time::timeout(PATIENCE, self.listen())
            .await
            .expect("nothing came in time")
    }
}
