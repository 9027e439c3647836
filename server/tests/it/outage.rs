//! The database does not answer, or nothing does: what came in is kept, what must go out goes, and all of it is in the log
//! afterwards.

use std::os::unix::fs::symlink;

use chrono::TimeDelta;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use waybill::flows::recover::{When, find_missed};

use crate::support::{Backend, Socket, Stub, TestApp, has_postgres, on_both};

const ROUTE: &str = "/api/v1/whatsapp/webhook";
const HI: [(&str, &str); 4] = [
    ("MessageSid", "SM00000000000000000000000000000077"),
    ("From", "whatsapp:+9779800000077"),
    ("To", "whatsapp:+14155238886"),
    ("Body", "नमस्ते"),
];

on_both!(
    a_message_that_comes_while_the_database_hangs_is_answered_and_appears_afterwards,
    what_a_killed_process_left_on_disk_is_taken_up_by_the_next,
    a_message_that_nobody_could_keep_is_fetched_from_twilios_list,
    a_reply_goes_out_without_the_database_and_is_in_the_log_afterwards,
    a_held_reply_stays_here_also_without_the_database,
);

fn count(metrics: &str, line: &str) -> u64 {
    let found = metrics.lines().find_map(|it| it.strip_prefix(line));
    found.map_or(0, |it| it.trim().parse().unwrap())
}

async fn metrics(app: &TestApp) -> String {
    app.get("/metrics")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap()
}

fn kinds(message: &Value) -> Vec<&str> {
    let timeline = message["timeline"].as_array().unwrap();
    timeline
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect()
}

async fn a_message_that_comes_while_the_database_hangs_is_answered_and_appears_afterwards(
    backend: Backend,
) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let lock = app.lock_database().await;
    assert_eq!(app.signed(ROUTE, &HI).await, StatusCode::OK);
    // Twilio repeats itself.
    assert_eq!(app.signed(ROUTE, &HI).await, StatusCode::OK);
    let spooled = "waybill_webhook_requests_total{kind=\"inbound\",result=\"spooled\"}";
    assert_eq!(count(&metrics(&app).await, spooled), 2);
    lock.open().await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    assert_eq!(
        app.rows().await,
        (1, 2),
        "one event, one message, one reply"
    );
    assert_eq!(stub.taken(), 1);
    app.running.stop().await;
}

async fn what_a_killed_process_left_on_disk_is_taken_up_by_the_next(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let id = "0193a1b2-0000-7000-8000-000000000001";
    let event = json!({ "kind": "event", "note": {
        "id": id, "is_status": false, "is_recovered": false, "token": null, "query": "",
        "body": "MessageSid=SM1&From=whatsapp%3A%2B9779800000077&To=whatsapp%3A%2B14155238886&Body=hi",
        "received_at": app.running.app.now(),
    } });
    let broken = "{\"kind\":\"event\",\"note\":{}}";
    let app = app
        .restart_after(|data| {
            let lines = format!("{broken}\n{event}\n{event}\n{{\"kind\":\"eve");
            std::fs::write(data.join("spool-1.jsonl"), lines).unwrap();
        })
        .await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    assert_eq!(app.rows().await, (1, 2));
    let data = &app.running.app.config.data_dir;
    let bad = std::fs::read_to_string(data.join("spool-1.bad")).unwrap();
    assert_eq!(bad.trim(), broken, "for a person to look at");
    app.running.stop().await;
}

async fn a_message_that_nobody_could_keep_is_fetched_from_twilios_list(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let app = app
        .restart_after(|data| {
            std::fs::remove_file(data.join("spool-1.jsonl")).unwrap();
            symlink("/dev/full", data.join("spool-1.jsonl")).unwrap();
        })
        .await;
    let lock = app.lock_database().await;
    assert_eq!(app.signed(ROUTE, &HI).await, StatusCode::OK);
    assert_eq!(
        count(&metrics(&app).await, "waybill_webhook_events_lost_total"),
        1
    );
    lock.open().await;

    let parts = &app.running.app;
    stub.customer_wrote(HI[0].1, HI[3].1, parts.now() - TimeDelta::minutes(1));
    let mut socket = Socket::follow(&app, Some("e0")).await;
    assert_eq!(find_missed(parts, When::Now).await.unwrap(), 1);
    let events = socket.until(|it| it["status"] == "ACCEPTED").await;
    assert_eq!(events[0]["kind"], "RECOVERED");
    assert_eq!(
        find_missed(parts, When::Now).await.unwrap(),
        0,
        "it is known now"
    );
    assert_eq!(
        find_missed(parts, When::Due).await.unwrap(),
        0,
        "it is not time"
    );
    // The webhook comes after all.
    assert_eq!(app.signed(ROUTE, &HI).await, StatusCode::OK);
    assert_eq!(app.rows().await, (1, 2));
    assert_eq!(
        count(&metrics(&app).await, "waybill_messages_recovered_total"),
        1
    );
    app.running.stop().await;
}

async fn a_reply_goes_out_without_the_database_and_is_in_the_log_afterwards(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    // Who was never here can't come in while the database is away.
    app.rows().await;
    let lock = app.lock_database().await;
    let reply = json!({ "to": "+9779800000000", "body": "on our way", "lane": "IMMEDIATE" });
    let sent = app.send(reply.clone()).await;
    assert_eq!(sent["message"]["status"], "ACCEPTED", "{sent}");
    assert_eq!(stub.texts(), ["on our way"]);

    let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code } } }";
    let mut keyed = reply.clone();
    keyed["idempotencyKey"] = "k".into();
    let mut normal = reply;
    normal["lane"] = "NORMAL".into();
    for refused in [keyed, normal] {
        let answer = app.query_raw(query, json!({ "input": refused })).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
            "{answer}"
        );
    }
    lock.open().await;

    let id = sent["message"]["id"].as_str().unwrap();
    let mut socket = Socket::follow(&app, Some("e0")).await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    let message = app.message(id).await;
    assert_eq!(kinds(&message), ["CREATED", "ATTEMPTED", "ACCEPTED"]);
    assert_eq!(message["attempts"][0]["outcome"], "ACCEPTED");
    assert_eq!((stub.requests(), app.messages().await.len()), (1, 1));
    app.running.stop().await;
}

async fn a_held_reply_stays_here_also_without_the_database(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let hold =
        "mutation { pauseQueue(lane: IMMEDIATE, reason: \"wrong texts\") { userErrors { code } } }";
    app.query(hold, json!({})).await;
    let lock = app.lock_database().await;
    let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code } } }";
    let reply = json!({ "to": "+9779800000000", "body": "x", "lane": "IMMEDIATE" });
    let answer = app.query_raw(query, json!({ "input": reply })).await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
        "{answer}"
    );
    lock.open().await;
    assert_eq!((stub.requests(), app.messages().await.len()), (0, 0));
    app.running.stop().await;
}

/// Told that nothing was sent, a program sent it again, and the customer had it twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_be_stored_is_never_told_to_be_nowhere() {
    if !has_postgres() {
        return;
    }
    let app = TestApp::new(Backend::Postgres).await;
    // The commit takes longer than anybody waits for it.
    let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN PERFORM pg_sleep(3); RETURN NULL; END $$; \
         CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON message DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION slow()";
    let db = &app.running.app.db;
    db.write().execute_unprepared(slow).await.unwrap();
    let query = "mutation($input: SendMessagesInput!) { sendMessages(input: $input) { acceptedCount
        results { userErrors { code message } } } }";
    let messages = json!([{ "to": "+9779800000000", "body": "once" }]);
    let answer = app
        .query(query, json!({ "input": { "messages": messages } }))
        .await;
    let told = &answer["sendMessages"]["results"][0]["userErrors"][0];
    assert_eq!(told["code"], "UNAVAILABLE", "{answer}");
    let words = told["message"].as_str().unwrap();
    assert!(words.contains("may be stored"), "{words}");
    while !db.is_well() || app.messages().await.is_empty() {
        tokio::task::yield_now().await;
    }
    app.running.stop().await;
}
