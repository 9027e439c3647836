//! What an operator looks at: counts over time, webhook events and their replay, the metrics of a scraper.

use chrono::{TimeDelta, Utc};
use entity::types::Kind;
use entity::webhook_event::{self, WebhookKind, WebhookSource, WebhookState};
use reqwest::StatusCode;
use serde_json::{Value, json};
use waybill::store;

use crate::support::{Answer, Backend, Socket, Stub, TestApp, on_both};

const STATS: &str = "query($from: DateTime!, $to: DateTime!, $bucket: StatsBucket!) {
    deliveryStats(from: $from, to: $to, bucket: $bucket) {
        buckets { startAt counts { received created accepted sent delivered read undelivered failed canceled retried unconfirmed recovered } }
        totals { received created accepted sent delivered read undelivered failed canceled retried unconfirmed recovered }
        reasons { code count error { code meaning } } } }";

on_both!(
    the_counts_of_a_chart_are_what_happened,
    a_dead_event_is_processed_once_it_is_replayed,
    dead_events_of_a_filter_are_replayed_together,
    webhook_events_have_pages_and_filters,
    a_scraper_is_told_what_waits,
);

async fn the_counts_of_a_chart_are_what_happened(backend: Backend) {
    let stub = Stub::new(&[Answer::Take, Answer::Refuse(21211), Answer::Take]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let send = || app.send(json!({ "to": "+9779800000000", "body": "x", "lane": "IMMEDIATE" }));
    let taken = send().await["message"].take();
    let (id, sid) = (
        taken["id"].as_str().unwrap(),
        taken["twilioSid"].as_str().unwrap(),
    );
    let refused = send().await["message"].take();
    assert_eq!(refused["status"], "FAILED");
    let again = "mutation($id: ID!) { retryMessage(id: $id) { userErrors { code } } }";
    app.query(again, json!({ "id": refused["id"] })).await;
    let route = format!("/api/v1/whatsapp/status?message={id}&attempt=1");
    for (status, code) in [
        ("delivered", ""),
        ("delivered", ""),
        ("delivered", "1"),
        ("sent", ""),
    ] {
        let form = [
            ("MessageSid", sid),
            ("MessageStatus", status),
            ("ErrorCode", code),
        ];
        assert_eq!(app.signed(&route, &form).await, StatusCode::OK);
    }
    socket
        .until(|it| it["kind"] == "CALLBACK" && it["status"] == "SENT")
        .await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let mut accepted = 0;
    while accepted < 2 {
        let event = socket.next().await["messageEvents"].take();
        accepted += usize::from(event["kind"] == "ACCEPTED");
    }
    let now = app.running.app.now();
    let (from, to) = (now - TimeDelta::minutes(10), now + TimeDelta::minutes(1));
    for bucket in ["MINUTE", "HOUR", "DAY"] {
        let variables = json!({ "from": from, "to": to, "bucket": bucket });
        let stats = app.query(STATS, variables).await["deliveryStats"].take();
        let expected = json!({ "received": 0, "created": 2, "accepted": 2, "sent": 0, "delivered": 1, "read": 0, "undelivered": 0,
            "failed": 1, "canceled": 0, "retried": 1, "unconfirmed": 0, "recovered": 0 });
        assert_eq!(stats["totals"], expected, "{bucket}");
        let buckets = stats["buckets"].as_array().unwrap();
        let sum = |name: &str| -> i64 {
            buckets
                .iter()
                .map(|it| it["counts"][name].as_i64().unwrap())
                .sum()
        };
        assert_eq!(
            (sum("created"), sum("accepted"), sum("delivered")),
            (2, 2, 1),
            "{bucket}"
        );
        assert_eq!(
            (
                stats["reasons"][0]["code"].as_i64(),
                &stats["reasons"][0]["count"]
            ),
            (Some(21211), &json!(1))
        );
        assert_eq!(stats["reasons"][0]["error"]["code"], 21211);
    }
    let far = json!({ "from": now - TimeDelta::days(2), "to": now, "bucket": "MINUTE" });
    for (variables, words) in [
        (far, "at most 1500"),
        (json!({ "from": now, "to": now, "bucket": "DAY" }), "before"),
    ] {
        let answer = app.query_raw(STATS, variables).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        assert!(
            error["message"].as_str().unwrap().contains(words),
            "{answer}"
        );
    }
    app.running.stop().await;
}

/// An event as the database holds it.
fn event(app: &TestApp, state: WebhookState, sid: &str) -> webhook_event::Model {
    let now = app.running.app.now();
    webhook_event::Model {
        id: app.running.app.new_id(),
        kind: WebhookKind::Inbound,
        source: WebhookSource::Webhook,
        dedupe_key: format!("in:{sid}"),
        idempotency_token: None,
        query: String::new(),
        body: format!(
            "MessageSid={sid}&From=whatsapp%3A%2B9779800000001&To=whatsapp%3A%2B14155238886&Body=hi"
        ),
        state,
        failures: 8,
        error: Some("the database was away".into()),
        next_try_at: now + TimeDelta::hours(1),
        received_at: now,
        processed_at: None,
    }
}

async fn keep(app: &TestApp, events: Vec<webhook_event::Model>) {
    store::webhook_events::insert_new(app.running.app.db.write(), events)
        .await
        .unwrap();
}

const REPLAY: &str = "mutation($id: ID!) { replayWebhookEvent(id: $id) { webhookEvent { state failures } userErrors { code message } } }";

async fn a_dead_event_is_processed_once_it_is_replayed(backend: Backend) {
    let app = TestApp::new(backend).await;
    let dead = event(
        &app,
        WebhookState::Dead,
        "SM00000000000000000000000000000007",
    );
    let waiting = event(
        &app,
        WebhookState::Pending,
        "SM00000000000000000000000000000008",
    );
    let [id, other] = [dead.id, waiting.id].map(|it| Kind::WebhookEvent.encode(it));
    keep(&app, vec![dead, waiting]).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let replayed = app.query(REPLAY, json!({ "id": id })).await["replayWebhookEvent"].take();
    assert_eq!(
        replayed["webhookEvent"],
        json!({ "state": "PENDING", "failures": 0 })
    );
    socket.until(|it| it["status"] == "READ").await;
    let query = "query($id: ID!) { node(id: $id) { id ... on WebhookEvent { state messageSid nextTryAt processedAt } } }";
    let node = app.query(query, json!({ "id": id })).await["node"].take();
    assert_eq!(node["state"], "PROCESSED", "{node}");
    assert_eq!(node["messageSid"], "SM00000000000000000000000000000007");
    assert!(
        node["processedAt"].is_string() && node["nextTryAt"].is_null(),
        "{node}"
    );
    let unknown = Kind::WebhookEvent.encode(app.running.app.new_id());
    for (id, code, words) in [
        (&id, "NOT_REPLAYABLE", "it was processed already"),
        (
            &other,
            "NOT_REPLAYABLE",
            "it is waiting for its next try already",
        ),
        (&unknown, "NOT_FOUND", "no webhook event has this id"),
    ] {
        let refused = app.query(REPLAY, json!({ "id": id })).await["replayWebhookEvent"].take();
        assert_eq!(
            refused["userErrors"],
            json!([{ "code": code, "message": words }])
        );
    }
    app.running.stop().await;
}

async fn dead_events_of_a_filter_are_replayed_together(backend: Backend) {
    let app = TestApp::new(backend).await;
    let dead = |n: usize| event(&app, WebhookState::Dead, &format!("SM{n:032}"));
    let mut events: Vec<_> = (0..210).map(dead).collect();
    events[0].source = WebhookSource::Recovered;
    events.push(event(&app, WebhookState::Processed, "SMx"));
    keep(&app, events).await;
    let query = "mutation($f: WebhookEventFilter!, $dry: Boolean) { replayWebhookEvents(filter: $f, dryRun: $dry) {
        matchingCount replayedCount userErrors { code } } }";
    for (filter, dry, matching, replayed) in [
        (json!({}), true, 210, 0),
        (json!({ "source": "RECOVERED" }), false, 1, 1),
        (json!({ "state": "PROCESSED" }), false, 0, 0),
        (json!({ "state": "DEAD" }), false, 209, 209),
        (json!({}), false, 0, 0),
    ] {
        let variables = json!({ "f": filter, "dry": dry });
        let done = app.query(query, variables).await["replayWebhookEvents"].take();
        let expected =
            json!({ "matchingCount": matching, "replayedCount": replayed, "userErrors": [] });
        assert_eq!(done, expected, "{filter}");
    }
    app.running.stop().await;
}

async fn webhook_events_have_pages_and_filters(backend: Backend) {
    let app = TestApp::new(backend).await;
    let of = |n: usize| {
        let state = if n.is_multiple_of(2) {
            WebhookState::Dead
        } else {
            WebhookState::Processed
        };
        event(&app, state, &format!("SM{n}"))
    };
    keep(&app, (0..7).map(of).collect()).await;
    let query = "query($first: Int, $after: String, $last: Int, $before: String, $filter: WebhookEventFilter) {
        webhookEvents(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
            edges { cursor node { messageSid } } nodes { messageSid } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    let sids = |page: &Value| -> Vec<String> {
        let nodes = page["nodes"].as_array().unwrap().iter();
        nodes
            .map(|it| it["messageSid"].as_str().unwrap().to_owned())
            .collect()
    };
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "first": 3, "after": after });
        let page = app.query(query, variables).await["webhookEvents"].take();
        seen.extend(sids(&page));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, ["SM6", "SM5", "SM4", "SM3", "SM2", "SM1", "SM0"]);
    let back = json!({ "last": 2, "before": after });
    let page = app.query(query, back).await["webhookEvents"].take();
    assert_eq!(
        (sids(&page), &page["pageInfo"]["hasPreviousPage"]),
        (vec!["SM2".into(), "SM1".into()], &json!(true))
    );
    let dead = json!({ "filter": { "state": "DEAD", "kind": "INBOUND", "source": "WEBHOOK" } });
    let page = app.query(query, dead).await["webhookEvents"].take();
    assert_eq!(sids(&page), ["SM6", "SM4", "SM2", "SM0"]);
    for (bad, code) in [
        (json!({ "first": 101 }), "PAGE_TOO_LARGE"),
        (json!({ "after": "msg_x" }), "BAD_USER_INPUT"),
    ] {
        let answer = app.query_raw(query, bad).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code);
    }
    let raw = app
        .query_raw(
            "{ webhookEvents(first: 1) { nodes { id body } } }",
            json!({}),
        )
        .await;
    assert_eq!(raw["errors"][0]["extensions"]["code"], "FORBIDDEN", "{raw}");
    assert!(
        raw["data"]["webhookEvents"]["nodes"][0]["id"].is_string(),
        "{raw}"
    );
    app.running.stop().await;
}

async fn a_scraper_is_told_what_waits(backend: Backend) {
    let app = TestApp::new(backend).await;
    keep(
        &app,
        vec![
            event(&app, WebhookState::Dead, "SM1"),
            event(&app, WebhookState::Pending, "SM2"),
        ],
    )
    .await;
    let later = Utc::now() + TimeDelta::hours(1);
    app.send(json!({ "to": "+9779800000000", "body": "x", "sendAt": later, "lane": "BULK" }))
        .await;
    let answer = app
        .get("/metrics")
        .bearer_auth(&app.token)
        .send()
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    for line in [
        "waybill_queue_messages{lane=\"bulk\",status=\"scheduled\"} 1",
        "waybill_queue_oldest_due_seconds 0.0",
        "waybill_webhook_events{state=\"dead\"} 1",
        "waybill_webhook_events{state=\"pending\"} 1",
        "waybill_bulk_jobs_running 0",
        "waybill_circuit_state{state=\"closed\"} 1",
        "waybill_circuit_state{state=\"open\"} 0",
        "waybill_database_up 1",
        "waybill_spool_bytes 0",
        "waybill_webhook_events_lost_total 0",
        "waybill_messages_recovered_total 0",
        "waybill_queue_wait_seconds_count 0",
    ] {
        assert!(
            text.lines().any(|it| it == line),
            "{line} is not in:\n{text}"
        );
    }
    let has_build = format!(
        "waybill_build_info{{version=\"{}\"}} 1",
        env!("CARGO_PKG_VERSION")
    );
    assert!(
        text.contains(&has_build) && text.ends_with("# EOF\n"),
        "{text}"
    );
    assert!(!text.contains("redis_up"), "none is configured");
    app.running.stop().await;
}
