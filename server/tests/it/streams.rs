//! Answers over HTTP: forms, methods, compression, other sites, and subscriptions without a socket.

use std::time::Duration;

use entity::message_event::EventKind;
use entity::types::{Kind, MessageStatus};
use reqwest::{Method, Response};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use waybill::store::message_events::{self, NewEvent};

use crate::support::{Backend, EVENTS, Socket, TestApp, on_both};

on_both!(
    a_client_that_reads_nothing_for_a_while_then_gets_all_of_it_in_order,
    a_cursor_whose_followers_were_deleted_is_refused_with_the_way_on,
);

const PATIENCE: Duration = Duration::from_secs(20);

/// Reads a stream up to where it holds `wanted`.
pub(crate) async fn until(answer: &mut Response, wanted: &str) -> String {
    let mut text = String::new();
    let read = async {
        while !text.contains(wanted) {
            let Some(more) = answer.chunk().await.unwrap() else {
                break;
            };
            text.push_str(&String::from_utf8_lossy(&more));
        }
    };
    let is_late = tokio::time::timeout(PATIENCE, read).await.is_err();
    assert!(
        !is_late && text.contains(wanted),
        "no {wanted:?} in: {text}"
    );
    text
}

async fn stream(app: &TestApp, accept: &str, after: &str) -> Response {
    let body = json!({ "query": EVENTS, "variables": { "after": after } });
    let request = app.post("/graphql").bearer_auth(&app.token).json(&body);
    request.header("accept", accept).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_over_http_and_a_browser_goes_on_where_it_was() {
    let app = TestApp::new(Backend::Sqlite).await;
    app.write_as("+9779800000001", "hi").await;
    let mut answer = stream(&app, "text/event-stream", "e0").await;
    assert_eq!(
        answer.headers()["content-type"],
        "text/event-stream; charset=utf-8"
    );
    let text = until(&mut answer, "id: e3\n").await;
    assert!(
        text.starts_with(":\n\nevent: next\nid: e1\ndata: {\"data\":{\"messageEvents\":"),
        "{text}"
    );
    assert!(text.contains("id: e1\n"), "{text}");
    let url = format!("/graphql/stream?{}", form_urlencoded(&[("query", EVENTS)]));
    let again = app
        .get(&url)
        .bearer_auth(&app.token)
        .header("accept", "text/event-stream");
    let mut again = again.header("last-event-id", "e2").send().await.unwrap();
    let text = until(&mut again, "id: e3\n").await;
    assert!(
        !text.contains("id: e2\n") && !text.contains("id: e1\n"),
        "{text}"
    );
    app.running.stop().await;
    assert!(
        matches!(again.chunk().await, Ok(Some(_) | None) | Err(_)),
        "the stream ends with the server"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_one_answer_or_of_a_refusal_ends() {
    let app = TestApp::new(Backend::Sqlite).await;
    for (query, wanted) in [
        ("{ viewer { name } }", "\"name\":\"test\""),
        ("{ nosuch }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { ...F } fragment F on Subscription { messageEvents { cursor } }",
            "FRAGMENT_IN_SUBSCRIPTION",
        ),
        (
            "subscription { messageEvents { cursor } healthChanged { status } }",
            "FIELDS_IN_SUBSCRIPTION",
        ),
        (
            "subscription { messageEvents(after: \"e99999\") { cursor } }",
            "CURSOR_UNKNOWN",
        ),
        (
            "subscription { messageEvents(after: \"x\") { cursor } }",
            "BAD_USER_INPUT",
        ),
    ] {
        let body = json!({ "query": query });
        for (accept, end) in [
            ("text/event-stream", "event: complete\ndata:"),
            (
                "multipart/mixed;boundary=graphql;subscriptionSpec=1.0",
                "--graphql--\r\n",
            ),
        ] {
            let request = app
                .post("/graphql")
                .bearer_auth(&app.token)
                .json(&body)
                .header("accept", accept);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let text = answer.text().await.unwrap();
            assert!(
                text.contains(wanted) && text.contains(end),
                "{query}: {text}"
            );
        }
    }
    let plain = app
        .query_raw("subscription { messageEvents { cursor } }", json!({}))
        .await;
    assert!(
        plain["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("ubscription"),
        "{plain}"
    );
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_in_parts_that_are_whole_at_once() {
    let app = TestApp::new(Backend::Sqlite).await;
    app.write_as("+9779800000001", "hi").await;
    let accept = "multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\",application/json";
    let mut answer = stream(&app, accept, "e0").await;
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("multipart/mixed; boundary=\"graphql\"")
    );
    let text = until(&mut answer, "\"cursor\":\"e3\"").await;
    let parts: Vec<Value> = text
        .split("--graphql")
        .filter_map(|part| part.split_once("\r\n\r\n"))
        .map(|(_, json)| serde_json::from_str(json.trim()).unwrap())
        .collect();
    assert_eq!(
        parts[0]["payload"]["data"]["messageEvents"]["cursor"], "e1",
        "{text}"
    );
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_forms_and_other_sites_are_answered_as_the_specifications_say() {
    let site = "https://crm.example.com";
    let app = TestApp::with(Backend::Sqlite, &[("CORS_ALLOWED_ORIGINS", site)]).await;
    let put = app.get("/graphql").build().unwrap();
    let client = waybill::gateway::http_client();
    let asked = |method: Method| client.request(method, put.url().clone());
    let refused = asked(Method::PUT).send().await.unwrap();
    assert_eq!(refused.status(), 405);
    assert_eq!(refused.headers()["allow"], "GET, HEAD, POST, OPTIONS");
    let stranger = asked(Method::POST)
        .json(&json!({ "query": "{ viewer { name } }" }))
        .send()
        .await
        .unwrap();
    assert_eq!(stranger.status(), 401);
    assert_eq!(stranger.headers()["www-authenticate"], "Bearer");
    let html = app
        .get("/graphql?query=%7Bviewer%7Bname%7D%7D")
        .bearer_auth(&app.token);
    assert_eq!(
        html.header("accept", "image/png")
            .send()
            .await
            .unwrap()
            .status(),
        406
    );
    let latin = app
        .post("/graphql")
        .bearer_auth(&app.token)
        .header("content-type", "application/json; charset=latin1");
    assert_eq!(latin.body("{}").send().await.unwrap().status(), 415);
    let packed = app
        .post("/graphql")
        .bearer_auth(&app.token)
        .header("accept-encoding", "br");
    let packed = packed
        .json(&json!({ "query": "{ __schema { types { name description } } }" }))
        .send()
        .await
        .unwrap();
    assert_eq!(packed.headers()["content-encoding"], "br");
    for (origin, is_welcome) in [(site, true), ("https://evil.example", false)] {
        let ask = asked(Method::OPTIONS)
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        let answer = ask.send().await.unwrap();
        assert_eq!(
            answer.headers().contains_key("access-control-allow-origin"),
            is_welcome,
            "{origin}"
        );
        assert!(
            !answer
                .headers()
                .contains_key("access-control-allow-credentials")
        );
    }
    app.running.stop().await;
    let closed = TestApp::new(Backend::Sqlite).await;
    let answer = closed
        .get("/healthz")
        .header("origin", site)
        .send()
        .await
        .unwrap();
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    closed.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_the_health_is_told_at_once_how_it_is() {
    let app = TestApp::new(Backend::Sqlite).await;
    let query = "subscription { healthChanged { status checks { name status } } }";
    let mut socket = Socket::subscribe(&app, query, json!({})).await;
    let report = socket.next().await["healthChanged"].take();
    assert!(report["checks"].as_array().unwrap().len() > 5, "{report}");
    let queue = |it: &Value| {
        let checks = it["checks"].as_array().unwrap().iter();
        let mut of_queue = checks.filter(|it| it["name"] == "queue");
        of_queue.next().unwrap()["status"].clone()
    };
    assert_eq!(queue(&report), "OK", "{report}");
    // Something really changes: a message waits in a lane that somebody holds.
    let pause = "mutation { pauseQueue(lane: BULK) { userErrors { code } } }";
    app.query(pause, json!({})).await;
    let waits = json!({ "to": "+9779800000001", "body": "x", "lane": "BULK" });
    app.send(waits).await;
    let changed = socket.next().await["healthChanged"].take();
    assert_eq!(queue(&changed), "WARN", "{changed}");
    app.running.stop().await;
}

/// Appends events to a message's log, and says that it grew.
async fn append(app: &TestApp, message: uuid::Uuid, count: usize) {
    let app = &app.running.app;
    let event = NewEvent::moved(message, EventKind::Callback, MessageStatus::Read);
    let tx = waybill::store::begin(&app.db).await.unwrap();
    message_events::append(&tx, app.now(), vec![event; count])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.cluster.log_grew();
}

async fn first_message(app: &TestApp) -> uuid::Uuid {
    let payload = app
        .send(json!({ "to": "+9779800000001", "body": "hi" }))
        .await;
    let id = payload["message"]["id"].as_str().unwrap();
    Kind::Message.parse(id).unwrap()
}

/// Far more than the buffers of both ends, and than the follower keeps for those who are behind.
const FLOOD: usize = 300;
const WAVE: usize = 100;

async fn a_client_that_reads_nothing_for_a_while_then_gets_all_of_it_in_order(backend: Backend) {
    let app = TestApp::new(backend).await;
    let message = first_message(&app).await;
    let mut slow = Socket::follow(&app, Some("e0")).await;
    let mut quick = Socket::follow(&app, None).await;
    for _ in 0..FLOOD {
        append(&app, message, WAVE).await;
    }
    let last = message_events::head(app.running.app.db.read())
        .await
        .unwrap();
    assert!(usize::try_from(last).unwrap() >= FLOOD * WAVE);
    let is_last = |it: &Value| it["cursor"] == format!("e{last}");
    quick.until(is_last).await;
    let events = slow.until(is_last).await;
    let seen: Vec<i64> = events
        .iter()
        .map(|it| it["cursor"].as_str().unwrap()[1..].parse().unwrap())
        .collect();
    assert!(seen.is_sorted_by(|a, b| a < b), "none twice");
    assert!(seen.len() >= FLOOD * WAVE, "none left out: {}", seen.len());
    app.running.stop().await;
}

async fn a_cursor_whose_followers_were_deleted_is_refused_with_the_way_on(backend: Backend) {
    let app = TestApp::with(backend, &[("RETENTION_DAYS", "1")]).await;
    let message = first_message(&app).await;
    append(&app, message, 5).await;
    let db = app.running.app.db.write();
    let age = "UPDATE message_event SET at = '2020-01-01 00:00:00+00:00' WHERE seq <= 3";
    db.execute_unprepared(age).await.unwrap();
    let query = "subscription($after: String) { messageEvents(after: $after) { cursor } }";
    let ask = async |after: &str| {
        let body = json!({ "query": query, "variables": { "after": after } });
        let request = app.post("/graphql").bearer_auth(&app.token).json(&body);
        let mut answer = request
            .header("accept", "text/event-stream")
            .send()
            .await
            .unwrap();
        until(&mut answer, "}\n").await
    };
    let expired = ask("e1").await;
    assert!(
        expired.contains("CURSOR_EXPIRED") && expired.contains("eventCursor"),
        "{expired}"
    );
    assert!(
        ask("e3").await.contains("\"cursor\":\"e4\""),
        "nothing after it is missing"
    );
    assert!(
        ask("e0").await.contains("\"cursor\":\"e1\""),
        "the beginning is wherever the log begins"
    );
    db.execute_unprepared("DELETE FROM message_event WHERE seq = 3")
        .await
        .unwrap();
    assert!(
        ask("e2").await.contains("CURSOR_EXPIRED"),
        "one after it is missing"
    );
    db.execute_unprepared("DELETE FROM message_event WHERE seq > 1")
        .await
        .unwrap();
    assert!(
        ask("e2").await.contains("CURSOR_EXPIRED"),
        "all after it are missing"
    );
    app.running.stop().await;
}

fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://x").unwrap();
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap().to_owned()
}
