//! Live events: who may listen, what a filter lets through, what a slow or late listener gets.

use serde_json::{Value, json};

use crate::support::{Backend, Socket, TestApp, on_both};

on_both!(
    a_socket_without_a_right_token_is_refused,
    a_filter_lets_only_its_messages_through
);

async fn a_socket_without_a_right_token_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    for payload in [
        json!({}),
        json!({ "authorization": "Bearer wb_wrong" }),
        json!({ "authorization": 7 }),
    ] {
        let (_, answer) = Socket::open(&app, payload.clone()).await;
        assert_ne!(
            answer.map(|it| it["type"].clone()),
            Some(json!("connection_ack")),
            "{payload}"
        );
    }
    let answer = app
        .query_raw("subscription { messageEvents { cursor } }", json!({}))
        .await;
    assert!(
        answer["errors"][0]["message"].is_string(),
        "a subscription needs a socket: {answer}"
    );
    app.running.stop().await;
}

async fn a_filter_lets_only_its_messages_through(backend: Backend) {
    let app = TestApp::new(backend).await;
    let filter = json!({ "address": "+9779800000002", "direction": "OUTBOUND" });
    let query = crate::support::EVENTS;
    let mut socket =
        Socket::subscribe(&app, query, json!({ "after": "e0", "filter": filter })).await;
    app.write_as("+9779800000001", "hi").await;
    app.write_as("+9779800000002", "help").await;
    let events = socket.until(|it| it["status"] == "READ").await;
    let is_right = |it: &Value| {
        it["message"]["body"]
            .as_str()
            .is_some_and(|body| body.starts_with("*Help*"))
    };
    assert!(events.iter().all(is_right), "{events:?}");

    let bad = app
        .query_raw(
            "{ messages(filter: { address: \"98\" }) { nodes { id } } }",
            json!({}),
        )
        .await;
    assert_eq!(bad["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    app.running.stop().await;
}
