//! Subscriptions over `graphql-transport-ws`. A token comes in `connection_init`, or the page's cookie with the upgrade.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Data;
use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::Extension;
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;
use tokio::sync::SetOnce;

use super::Schema;
use super::guard::published;
use crate::app::App;
use crate::auth::guests::{self, Guest};
use crate::auth::{self, Credential, Viewer};
use crate::error::Error;
use crate::http::{Client, caller_of_socket};

/// Longest message of a client, in bytes.
const MESSAGE_LIMIT: usize = 128 * 1_024;
/// A socket that has not shown a credential by then is closed.
const SIGN_IN_WITHIN: Duration = Duration::from_secs(10);

/// Opens a socket. Who it is for is settled by its first message.
pub async fn open(
    State(app): State<App>,
    schema: Extension<Schema>,
    protocol: GraphQLProtocol,
    headers: HeaderMap,
    client: Client,
    upgrade: WebSocketUpgrade,
) -> Response {
    let from_headers = caller_of_socket(&headers);
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .max_message_size(MESSAGE_LIMIT)
        .on_upgrade(move |stream| async move {
            let signed_in = Arc::new(SetOnce::new());
            let hall = Hall {
                app: app.clone(),
                from_headers,
                client,
                signed_in: signed_in.clone(),
            };
            let socket = GraphQLWebSocket::new(stream, schema.0, protocol)
                .keepalive_timeout(None)
                .on_connection_init(move |payload| hall.sign_in(payload));
            tokio::select! {
                () = socket.serve() => {}
                () = app.closing.cancelled() => {}
                () = until_unwelcome(&signed_in) => {}
            }
        })
}

/// Waits until a socket's credential has ended, or until it has not shown one in time.
async fn until_unwelcome(signed_in: &SetOnce<Guest>) {
    let shown = tokio::time::timeout(SIGN_IN_WITHIN, signed_in.wait()).await;
    if let Ok(guest) = shown {
        guest.until_shown_out().await;
    }
}

/// Where a socket waits for its first message.
struct Hall {
    app: App,
    from_headers: Option<Credential>,
    client: Client,
    signed_in: Arc<SetOnce<Guest>>,
}

impl Hall {
    async fn sign_in(self, payload: Value) -> async_graphql::Result<Data> {
        let given = ["authorization", "Authorization"]
            .iter()
            .find_map(|key| payload.get(*key));
        let token = given.and_then(Value::as_str).map(|it| {
            Credential::Bearer(it.strip_prefix("Bearer ").unwrap_or(it).trim().to_owned())
        });
        let credential = token
            .or(self.from_headers)
            .ok_or_else(|| published(Error::Unauthenticated))?;
        let viewer = auth::viewer(&self.app, &credential).await;
        let viewer = Viewer {
            client: self.client.0,
            ..viewer.map_err(published)?
        };
        // The protocol allows one connection_init, so it is empty.
        let _ = self.signed_in.set(guests::enter(&self.app, &viewer));
        let mut data = Data::default();
        data.insert(viewer);
        Ok(data)
    }
}
