//! Answers over HTTP: forms, methods, compression, other sites, and subscriptions without a socket.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{Backend, EVENTS, Socket, TestApp};

const PATIENCE: Duration = Duration::from_secs(20);

/// Reads a stream up to where it holds `wanted`.
async fn until(answer: &mut Response, wanted: &str) -> String {
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
    app.running.stop().await;
}

fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://x").unwrap();
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap().to_owned()
}
