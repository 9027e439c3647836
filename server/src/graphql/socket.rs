//! Subscriptions over `graphql-transport-ws`. A token comes in `connection_init`, or the page's cookie with the upgrade.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_graphql::Data;
use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::Extension;
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;

use super::Schema;
use super::guard::published;
use crate::app::App;
use crate::auth::{self, Credential};
use crate::error::Error;
use crate::http::caller_of_socket;

/// Longest message of a client, in bytes.
const MESSAGE_LIMIT: usize = 128 * 1_024;
/// A socket that has not shown a credential by then is closed.
const SIGN_IN_WITHIN: Duration = Duration::from_secs(10);
/// How often an open socket's credential is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// Opens a socket. Who it is for is settled by its first message.
pub async fn open(
    State(app): State<App>,
    schema: Extension<Schema>,
    protocol: GraphQLProtocol,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let from_headers = caller_of_socket(&headers);
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .max_message_size(MESSAGE_LIMIT)
        .on_upgrade(move |stream| async move {
            let signed_in = Arc::new(OnceLock::new());
            let (app2, signed_in2) = (app.clone(), signed_in.clone());
            let socket = GraphQLWebSocket::new(stream, schema.0, protocol)
                .keepalive_timeout(None)
                .on_connection_init(move |payload| {
                    sign_in(app2, from_headers, payload, signed_in2)
                });
            tokio::select! {
                () = socket.serve() => {}
                () = app.closing.cancelled() => {}
                () = until_unwelcome(&app, &signed_in) => {}
            }
        })
}

/// Waits until a socket's credential has ended, or until it has not shown one in time.
async fn until_unwelcome(app: &App, signed_in: &OnceLock<Credential>) {
    tokio::time::sleep(SIGN_IN_WITHIN).await;
    while let Some(credential) = signed_in.get() {
        match auth::viewer(app, credential).await {
            Err(Error::Unauthenticated) => return,
            // A database that is away for a moment signs nobody out.
            Ok(_) | Err(_) => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
}

async fn sign_in(
    app: App,
    from_headers: Option<Credential>,
    payload: Value,
    signed_in: Arc<OnceLock<Credential>>,
) -> async_graphql::Result<Data> {
    let given = ["authorization", "Authorization"]
        .iter()
        .find_map(|key| payload.get(*key));
    let token = given
        .and_then(Value::as_str)
        .map(|it| Credential::Bearer(it.strip_prefix("Bearer ").unwrap_or(it).trim().to_owned()));
    let credential = token
        .or(from_headers)
        .ok_or_else(|| published(Error::Unauthenticated))?;
    let viewer = auth::viewer(&app, &credential).await.map_err(published)?;
    // The protocol allows one connection_init, so it is empty.
    let _ = signed_in.set(credential);
    let mut data = Data::default();
    data.insert(viewer);
    Ok(data)
}
