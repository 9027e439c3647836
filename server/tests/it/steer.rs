//! People steer the queue, and the queue keeps its promises: order by recipient, held lanes, messages taken back, many at
//! once.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Answer, Backend, Socket, Stub, TestApp, on_both};

on_both!(
    messages_to_one_recipient_leave_in_order_and_hold_nobody_else_up,
    a_paused_lane_waits_and_the_others_go_on,
    a_pause_ends_by_itself,
    a_message_is_taken_back_before_it_leaves_and_not_after,
    many_messages_go_in_one_request_and_a_bad_one_costs_no_other,
);

const SEND_ALL: &str = "mutation($messages: [SendMessageInput!]!) { sendMessages(input: { messages: $messages }) {
    acceptedCount results { index message { id status } userErrors { code field } } userErrors { code field } } }";

async fn send_all(app: &TestApp, messages: Value) -> Value {
    let variables = json!({ "messages": messages });
    app.query(SEND_ALL, variables).await["sendMessages"].take()
}

async fn messages_to_one_recipient_leave_in_order_and_hold_nobody_else_up(backend: Backend) {
    let stub = Stub::new(&[Answer::Broken]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let to = |to: &str, body: &str| json!({ "to": to, "body": body });
    app.send(to("+9779800000001", "1")).await;
    socket.until(|it| it["status"] == "UNCONFIRMED").await;
    let others = json!([
        to("+9779800000001", "2"),
        to("+9779800000001", "3"),
        to("+9779800000002", "other"),
        // Another lane has an order of its own.
        { "to": "+9779800000001", "body": "urgent", "lane": "IMMEDIATE" },
    ]);
    let sent = send_all(&app, others).await;
    assert_eq!(sent["acceptedCount"], 4, "{sent}");
    assert_eq!(sent["results"][3]["message"]["status"], "ACCEPTED");
    for _ in 0..5 {
        socket.until(|it| it["kind"] == "ACCEPTED").await;
    }
    let mut texts = stub.texts();
    texts[..2].sort();
    assert_eq!(texts, ["other", "urgent", "1", "2", "3"]);
    app.running.stop().await;
}

async fn pause(app: &TestApp, lane: &str, until: Value) -> Value {
    let query = format!(
        "mutation($until: DateTime) {{ pauseQueue(lane: {lane}, reason: \"Meta is down\", until: $until) {{
            queue {{ lanes {{ lane paused pause {{ reason byName until }} }} }} userErrors {{ code field }} }} }}"
    );
    app.query(&query, json!({ "until": until })).await["pauseQueue"].take()
}

async fn a_paused_lane_waits_and_the_others_go_on(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let paused = pause(&app, "NORMAL", Value::Null).await;
    let lanes: Vec<_> = paused["queue"]["lanes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["paused"])
        .collect();
    assert_eq!(lanes, [false, true, false], "{paused}");
    let held = &paused["queue"]["lanes"][1]["pause"];
    assert_eq!(held["reason"], "Meta is down");
    assert_eq!(held["byName"], "test");

    let mut socket = Socket::follow(&app, Some("e0")).await;
    let waits = app
        .send(json!({ "to": "+9779800000000", "body": "waits" }))
        .await;
    app.send(json!({ "to": "+9779800000000", "body": "goes", "lane": "BULK" }))
        .await;
    socket.until(|it| it["kind"] == "ACCEPTED").await;
    assert_eq!(stub.texts(), ["goes"]);
    let id = waits["message"]["id"].as_str().unwrap();
    assert_eq!(app.message(id).await["status"], "QUEUED");

    let all = pause(&app, "null", Value::Null).await;
    assert_eq!(all["queue"]["lanes"][0]["paused"], true);
    let reply = app
        .send(json!({ "to": "+9779800000000", "body": "reply", "lane": "IMMEDIATE" }))
        .await;
    assert_eq!(reply["message"]["status"], "QUEUED", "{reply}");
    app.query(
        "mutation { resumeQueue { queue { at } userErrors { code } } }",
        json!({}),
    )
    .await;
    for _ in 0..2 {
        socket.until(|it| it["kind"] == "ACCEPTED").await;
    }
    assert_eq!(stub.taken(), 3);
    app.running.stop().await;
}

async fn a_pause_ends_by_itself(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let now = app.running.app.now();
    let past = pause(&app, "BULK", json!(now - TimeDelta::seconds(1))).await;
    assert_eq!(
        past["userErrors"],
        json!([{ "code": "IN_THE_PAST", "field": ["until"] }])
    );
    pause(&app, "BULK", json!(now + TimeDelta::milliseconds(700))).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    app.send(json!({ "to": "+9779800000000", "body": "x", "lane": "BULK" }))
        .await;
    let events = socket.until(|it| it["kind"] == "ATTEMPTED").await;
    assert_eq!(events.len(), 2);
    assert!(app.running.app.now() >= now + TimeDelta::milliseconds(700));
    app.running.stop().await;
}

async fn cancel(app: &TestApp, id: &str) -> Value {
    let query = "mutation($id: ID!) { cancelMessage(id: $id) { message { status } userErrors { code message } } }";
    app.query(query, json!({ "id": id })).await["cancelMessage"].take()
}

async fn a_message_is_taken_back_before_it_leaves_and_not_after(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let later = app.running.app.now() + TimeDelta::hours(1);
    let sent = app
        .send(json!({ "to": "+9779800000000", "body": "x", "sendAt": later }))
        .await;
    let id = sent["message"]["id"].as_str().unwrap();
    assert_eq!(cancel(&app, id).await["message"]["status"], "CANCELED");
    let again = cancel(&app, id).await;
    assert_eq!(again["userErrors"][0]["code"], "NOT_CANCELABLE", "{again}");
    assert_eq!(
        again["userErrors"][0]["message"],
        "it was taken back before"
    );

    let sent = app
        .send(json!({ "to": "+9779800000000", "body": "y", "lane": "IMMEDIATE" }))
        .await;
    let gone = cancel(&app, sent["message"]["id"].as_str().unwrap()).await;
    assert_eq!(gone["userErrors"][0]["message"], "Twilio has it already");
    let unknown = cancel(&app, "msg_01jq8vzzzzzzzzzzzzzzzzzzzz").await;
    assert_eq!(unknown["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(stub.texts(), ["y"]);
    app.running.stop().await;
}

async fn many_messages_go_in_one_request_and_a_bad_one_costs_no_other(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let sent = send_all(
        &app,
        json!([
            { "to": "+9779800000001", "body": "a", "idempotencyKey": "k" },
            { "to": "12", "body": "b" },
            { "to": "+9779800000001", "body": "a", "idempotencyKey": "k" },
            { "to": "+9779800000001", "body": "other", "idempotencyKey": "k" },
            { "to": "+9779800000002", "body": "c" },
        ]),
    )
    .await;
    assert_eq!(sent["acceptedCount"], 3, "{sent}");
    let results = sent["results"].as_array().unwrap();
    let codes: Vec<_> = results
        .iter()
        .map(|it| &it["userErrors"][0]["code"])
        .collect();
    assert_eq!(
        codes,
        [
            &Value::Null,
            &json!("INVALID_NUMBER"),
            &Value::Null,
            &json!("KEY_REUSED"),
            &Value::Null
        ]
    );
    assert_eq!(results[0]["message"]["id"], results[2]["message"]["id"]);

    let none = send_all(&app, json!([])).await;
    assert_eq!(none["userErrors"][0]["code"], "REQUIRED");
    let too_many = vec![json!({ "to": "+9779800000001", "body": "x" }); 1_001];
    let refused = send_all(&app, json!(too_many)).await;
    assert_eq!(
        refused["userErrors"],
        json!([{ "code": "TOO_MANY", "field": ["messages"] }])
    );
    assert_eq!(app.messages().await.len(), 2);
    app.running.stop().await;
}
