//! Subscriptions over `graphql-transport-ws`. A token comes in `connection_init`, or the page's cookie with the upgrade.

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

/// Opens a socket. Who it is for is settled by its first message.
pub async fn open(
    State(app): State<App>,
    schema: Extension<Schema>,
    protocol: GraphQLProtocol,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let from_headers = caller_of_socket(&headers);
    let closing = app.closing.clone();
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .max_message_size(MESSAGE_LIMIT)
        .on_upgrade(move |stream| async move {
            let socket = GraphQLWebSocket::new(stream, schema.0, protocol)
                .keepalive_timeout(None)
                .on_connection_init(|payload| sign_in(app, from_headers, payload));
            closing.run_until_cancelled(socket.serve()).await;
        })
}

async fn sign_in(
    app: App,
    from_headers: Option<Credential>,
    payload: Value,
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
    let mut data = Data::default();
    data.insert(viewer);
    Ok(data)
}
