//! Live events: who may listen, what a filter lets through, what a slow or late listener gets.

use chrono::TimeDelta;
use serde_json::{Value, json};
use waybill::store::{self, message_events};

use crate::support::{Backend, Socket, TestApp, has_postgres, on_both};

on_both!(
    a_socket_without_a_right_token_is_refused,
    a_filter_lets_only_its_messages_through,
    a_cursor_that_the_log_never_gave_out_is_told_rather_than_followed_in_silence
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_goes_on_at_another_node_without_a_gap_and_hears_what_happens_there() {
    if !has_postgres() {
        return;
    }
    let one = TestApp::new(Backend::Postgres).await;
    let other = one.beside().await;
    let mut stays = Socket::follow(&one, Some("e0")).await;
    let mut moves = Socket::follow(&one, Some("e0")).await;
    one.write_as("+9779800000001", "hi").await;
    let before = moves.until(|it| it["status"] == "READ").await;
    drop(moves);
    let cursor = before.last().unwrap()["cursor"].as_str().unwrap();

    other.write_as("+9779800000002", "hi").await;
    let mut moves = Socket::follow(&other, Some(cursor)).await;
    let is_last = |it: &Value| it["status"] == "READ" && it["cursor"] != *cursor;
    let after = moves.until(is_last).await;
    let all = stays.until(is_last).await;
    let cursors =
        |it: &[Value]| -> Vec<Value> { it.iter().map(|it| it["cursor"].clone()).collect() };
    let seen: Vec<Value> = cursors(&before)
        .into_iter()
        .chain(cursors(&after))
        .collect();
    assert_eq!(seen, cursors(&all));
    let log = message_events::after(one.running.app.db.read(), 0, 1_000)
        .await
        .unwrap();
    let log: Vec<Value> = log.iter().map(|it| format!("e{}", it.seq).into()).collect();
    assert_eq!(seen, log.get(..seen.len()).unwrap());
    other.running.stop().await;
    one.running.stop().await;
}

async fn a_cursor_that_the_log_never_gave_out_is_told_rather_than_followed_in_silence(
    backend: Backend,
) {
    let app = TestApp::with(backend, &[("RETENTION_DAYS", "7")]).await;
    let db = &app.running.app.db;
    let events = json!({ "after": "e0" });
    let mut socket = Socket::subscribe(&app, crate::support::EVENTS, events).await;
    app.write_as("+9779800000001", "hi").await;
    let events = socket.until(|it| it["status"] == "READ").await;
    let cursor = &events.last().unwrap()["cursor"];
    let told = async |query: String| {
        let mut socket = Socket::open(&app, json!({ "authorization": app.token }))
            .await
            .0;
        socket.ask(&query, json!({})).await;
        let heard = socket.listen().await.unwrap();
        heard.to_string()
    };
    let messages = |cursor: &str| {
        format!("subscription {{ messageEvents(after: \"{cursor}\") {{ cursor }} }}")
    };
    let refused = told(messages("e999999")).await;
    assert!(refused.contains("CURSOR_UNKNOWN"), "{refused}");
    let conversations = "subscription { conversationEvents(after: \"c999999\") { cursor } }";
    let refused = told(conversations.to_owned()).await;
    assert!(refused.contains("CURSOR_UNKNOWN"), "{refused}");

    // What was given out stays known when its event is gone.
    let later = app.running.app.now() + TimeDelta::days(1);
    let ids = store::messages::ended_before(db.read(), later, 100)
        .await
        .unwrap();
    let tx = store::begin(db).await.unwrap();
    assert_eq!(store::messages::delete(&tx, ids).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let mut socket =
        Socket::subscribe(&app, crate::support::EVENTS, json!({ "after": cursor })).await;
    app.write_as("+9779800000001", "hi again").await;
    let events = socket.until(|it| it["kind"] == "RECEIVED").await;
    assert_eq!(events.len(), 1, "{events:?}");
    app.running.stop().await;
}
