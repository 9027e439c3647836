//! How long and how often a failure is waited out, and that nobody else waits for it.

use serde_json::json;

use super::{FIRST, report, row, sent, until_sent_again};
use crate::support::{Answer, Backend, Stub, TestApp, on_both};

on_both!(
    what_twilio_refuses_at_once_has_its_codes_patience_and_tries_too,
    a_message_that_came_back_holds_nobody_up,
);

async fn what_twilio_refuses_at_once_has_its_codes_patience_and_tries_too(backend: Backend) {
    let stub = Stub::new(&[63023, 63023, 21611].map(Answer::Refuse)).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let input = json!({ "to": "+9779800000000", "body": "x", "lane": "IMMEDIATE" });
    let id = async || {
        let sent = app.send(input.clone()).await;
        sent["message"]["id"].as_str().unwrap().to_owned()
    };
    let pause = async |id: &str| {
        let waits = row(&app, id).await;
        (waits.due_at.unwrap() - waits.updated_at).num_seconds()
    };
    let channel = id().await;
    assert_eq!(app.message(&channel).await["status"], "QUEUED");
    assert!((10..=11).contains(&pause(&channel).await));
    let ended = until_sent_again(&app, &channel).await;
    assert_eq!(
        (&ended["status"], &ended["attemptCount"]),
        (&json!("FAILED"), &json!(2)),
        "one more try is all that 63023 is worth"
    );
    let full = id().await;
    assert!((300..=301).contains(&pause(&full).await));
    assert_eq!(stub.requests(), 3);
    app.running.stop().await;
}

async fn a_message_that_came_back_holds_nobody_up(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let first = sent(&app, json!({ "lane": "NORMAL" })).await;
    report(&app, &first, (1, FIRST), "failed", 63018).await;
    let reply = sent(&app, json!({ "lane": "IMMEDIATE" })).await;
    let sid = format!("SM{:032x}", 2);
    report(&app, &reply, (1, &sid), "failed", 63018).await;
    // Others to the same person, in both lanes, go before either is due again.
    for lane in ["NORMAL", "IMMEDIATE"] {
        sent(&app, json!({ "lane": lane })).await;
    }
    for id in [&first, &reply] {
        assert_eq!(app.message(id).await["status"], "QUEUED");
    }
    assert_eq!(stub.requests(), 4);
    app.running.stop().await;
}
