//! Who may be written to: the 24-hour window and the word STOP hold on every way out.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use waybill::store;

use crate::support::{Answer, Backend, Socket, Stub, TestApp, on_both};

const ROUTE: &str = "/api/v1/whatsapp/webhook";
const TEMPLATE: &str = "HX00112233445566778899aabbccddeeff";
/// Nobody the tests know.
const STRANGER: &str = "+97796000000";

on_both!(
    a_stranger_gets_templates_only_and_leaves_no_trace_when_refused,
    who_wrote_to_what_was_here_before_us_may_be_answered,
    a_window_that_closes_while_a_message_waits_ends_it,
    stop_ends_everything_that_waits_and_start_opens_again,
    who_blocked_us_is_left_alone_until_they_write,
    an_operator_notes_a_wish_and_never_ends_what_a_person_said_themselves,
    a_dry_run_tells_every_broken_rule_and_stores_nothing,
);

async fn a_stranger_gets_templates_only_and_leaves_no_trace_when_refused(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    for lane in ["NORMAL", "IMMEDIATE"] {
        let input = json!({ "to": STRANGER, "body": "hi", "lane": lane });
        let refused = app.send(input).await;
        let expected = json!([{ "code": "WINDOW_CLOSED", "field": ["to"] }]);
        assert_eq!(refused["userErrors"], expected);
    }
    let rest = json!({ "to": STRANGER, "message": "hi" });
    let rest = app
        .post("/api/v1/whatsapp/send")
        .bearer_auth(&app.token)
        .json(&rest);
    let rest = rest.send().await.unwrap();
    assert_eq!(rest.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = rest.json().await.unwrap();
    assert!(
        problem["detail"].as_str().unwrap().contains("template"),
        "{problem}"
    );
    assert_eq!((app.rows().await, stub.requests()), ((0, 0), 0));
    let address = format!("whatsapp:{STRANGER}");
    let contact = store::contacts::by_address(app.running.app.db.read(), &address).await;
    assert!(
        contact.unwrap().is_none(),
        "who was not written to is nobody we know"
    );

    let taken = app
        .send(json!({ "to": STRANGER, "contentSid": TEMPLATE, "lane": "IMMEDIATE" }))
        .await;
    assert_eq!(taken["message"]["status"], "ACCEPTED", "{taken}");
    app.running.stop().await;
}

async fn who_wrote_to_what_was_here_before_us_may_be_answered(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let now = waybill::clock::Clock::system().now();
    stub.customer_wrote(
        "SM00000000000000000000000000000011",
        "hello?",
        now - TimeDelta::hours(3),
    );
    let app = TestApp::with_stub(backend, &stub).await;
    // The first look at Twilio's list is made right after the start.
    let began = std::time::Instant::now();
    loop {
        let sent = app
            .send(json!({ "to": "+9779800000077", "body": "yes?" }))
            .await;
        if sent["message"]["id"].is_string() {
            break;
        }
        assert!(began.elapsed().as_secs() < 20, "{sent}");
        tokio::task::yield_now().await;
    }
    assert_eq!(
        app.messages().await.len(),
        1,
        "what came before us is not ours to show"
    );
    app.running.stop().await;
}

async fn a_window_that_closes_while_a_message_waits_ends_it(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let pause = "mutation { pauseQueue(lane: NORMAL) { userErrors { code } } }";
    app.query(pause, json!({})).await;
    let late = app
        .send(json!({ "to": "+9779800000001", "body": "too late" }))
        .await;
    let other = app
        .send(json!({ "to": "+9779800000002", "body": "in time" }))
        .await;
    age_window(&app, "whatsapp:+9779800000001").await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let resume = "mutation { resumeQueue(lane: NORMAL) { userErrors { code } } }";
    app.query(resume, json!({})).await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    let late = ended(&app, &late).await;
    assert_eq!(
        (&late["status"], &late["errorCode"], &late["attemptCount"]),
        (&json!("FAILED"), &json!(63016), &json!(0))
    );
    assert_eq!(
        app.message(other["message"]["id"].as_str().unwrap()).await["status"],
        "ACCEPTED"
    );
    let again = "mutation($id: ID!) { retryMessage(id: $id) { userErrors { code } } }";
    let again = app.query(again, json!({ "id": late["id"] })).await;
    assert_eq!(
        again["retryMessage"]["userErrors"][0]["code"],
        "WINDOW_CLOSED"
    );
    assert_eq!(stub.texts(), ["in time"]);
    app.running.stop().await;
}

async fn stop_ends_everything_that_waits_and_start_opens_again(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let pause = "mutation { pauseQueue(lane: BULK) { userErrors { code } } }";
    app.query(pause, json!({})).await;
    let waits = app
        .send(json!({ "to": "+9779800000001", "body": "sale!", "lane": "BULK" }))
        .await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    write(&app, 1, " Stop! ").await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    assert!(
        stub.texts()[0].contains("START"),
        "the last thing they hear: {:?}",
        stub.texts()
    );

    for input in [
        json!({ "to": "+9779800000001", "body": "still there?" }),
        json!({ "to": "+9779800000001", "contentSid": TEMPLATE, "lane": "IMMEDIATE" }),
    ] {
        let refused = app.send(input).await;
        assert_eq!(
            refused["userErrors"],
            json!([{ "code": "OPTED_OUT", "field": ["to"] }])
        );
    }
    let resume = "mutation { resumeQueue(lane: BULK) { userErrors { code } } }";
    app.query(resume, json!({})).await;
    let waited = ended(&app, &waits).await;
    assert_eq!(
        (&waited["status"], &waited["errorCode"]),
        (&json!("FAILED"), &json!(21610))
    );

    // They go on writing, and stop once more: nothing is answered.
    write(&app, 2, "hello?").await;
    write(&app, 3, "STOP").await;
    write(&app, 4, "start").await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    assert_eq!(stub.texts().len(), 2, "{:?}", stub.texts());
    let sent = app
        .send(json!({ "to": "+9779800000001", "body": "welcome", "lane": "IMMEDIATE" }))
        .await;
    assert_eq!(sent["message"]["status"], "ACCEPTED", "{sent}");
    app.running.stop().await;
}

async fn who_blocked_us_is_left_alone_until_they_write(backend: Backend) {
    let stub = Stub::new(&[Answer::Refuse(21610)]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let input = json!({ "to": "+9779800000001", "body": "hi", "lane": "IMMEDIATE" });
    assert_eq!(app.send(input.clone()).await["message"]["status"], "FAILED");
    let refused = app.send(input.clone()).await;
    assert_eq!(refused["userErrors"][0]["code"], "OPTED_OUT");
    assert_eq!(stub.requests(), 1, "Twilio is not asked again");
    let mut socket = Socket::follow(&app, Some("e0")).await;
    write(&app, 1, "hello").await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    assert_eq!(app.send(input).await["message"]["status"], "ACCEPTED");
    app.running.stop().await;
}

async fn an_operator_notes_a_wish_and_never_ends_what_a_person_said_themselves(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let contact = |n: u8| {
        let query = "query($s: String) { contacts(filter: { search: $s }) { nodes { id } } }";
        let app = &app;
        async move {
            let number = json!({ "s": format!("+977980000000{n}") });
            app.query(query, number).await["contacts"]["nodes"][0]["id"].take()
        }
    };
    let note = async |field: &str, id: &Value| {
        let query = format!(
            "mutation($id: ID!) {{ {field}(id: $id) {{ contact {{ optedOutAt optOutCause }} userErrors {{ code field }} }} }}"
        );
        app.query(&query, json!({ "id": id })).await[field].take()
    };
    let (asha, bina) = (contact(1).await, contact(2).await);
    let out = note("optOutContact", &asha).await;
    assert_eq!(out["contact"]["optOutCause"], "OPERATOR", "{out}");
    assert_eq!(out, note("optOutContact", &asha).await, "it stays so");
    let refused = app
        .send(json!({ "to": "+9779800000001", "body": "x" }))
        .await;
    assert_eq!(refused["userErrors"][0]["code"], "OPTED_OUT");
    let back = note("optInContact", &asha).await;
    assert_eq!(back["contact"]["optOutCause"], Value::Null, "{back}");
    let sent = app
        .send(json!({ "to": "+9779800000001", "body": "x" }))
        .await;
    assert_eq!(sent["userErrors"], json!([]));

    // Whose STOP comes after an operator's note is held to it.
    note("optOutContact", &bina).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let stop = [
        ("MessageSid", "SM00000000000000000000000000000021"),
        ("From", "whatsapp:+9779800000002"),
        ("To", "whatsapp:+14155238886"),
        ("Body", "STOP"),
    ];
    assert_eq!(app.signed(ROUTE, &stop).await, StatusCode::OK);
    socket.until(|it| it["status"] == "RECEIVED").await;
    let refused = note("optInContact", &bina).await;
    let expected = json!([{ "code": "OPTED_OUT", "field": ["id"] }]);
    assert_eq!(refused["userErrors"], expected);
    let kept = note("optOutContact", &bina).await;
    assert_eq!(kept["contact"]["optOutCause"], "WORD");
    let nobody = json!("con_01h455vb4pex5vsknk084sn02q");
    for field in ["optInContact", "optOutContact"] {
        let unknown = note(field, &nobody).await;
        assert_eq!(unknown["userErrors"][0]["code"], "NOT_FOUND");
    }
    app.running.stop().await;
}

async fn a_dry_run_tells_every_broken_rule_and_stores_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let query = "mutation($input: SendMessageInput!) { previewMessage(input: $input) { text length segments windowClosesAt notes userErrors { code field } } }";
    let preview = async |input: Value| {
        app.query(query, json!({ "input": input })).await["previewMessage"].take()
    };
    let good = preview(json!({ "to": "+9779800000001", "body": "नमस्ते 🙂" })).await;
    assert_eq!(good["userErrors"], json!([]));
    assert_eq!((&good["length"], &good["segments"]), (&json!(9), &json!(1)));
    assert!(good["windowClosesAt"].is_string());
    let bad =
        preview(json!({ "to": STRANGER, "body": "x".repeat(1_601), "mediaUrls": ["a"] })).await;
    let codes: Vec<&str> = bad["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["TOO_LONG", "INVALID_URL", "WINDOW_CLOSED"]);
    assert_eq!(app.rows().await, (0, 0));
    app.running.stop().await;
}

/// A message that ended; it may take a moment.
async fn ended(app: &TestApp, sent: &Value) -> Value {
    let id = sent["message"]["id"].as_str().unwrap();
    let began = std::time::Instant::now();
    loop {
        let message = app.message(id).await;
        if message["status"] == "FAILED" {
            return message;
        }
        assert!(began.elapsed().as_secs() < 20, "{message}");
        tokio::task::yield_now().await;
    }
}

async fn write(app: &TestApp, number: usize, body: &str) {
    let sid = format!("SM{number:032}");
    let form = [
        ("MessageSid", sid.as_str()),
        ("From", "whatsapp:+9779800000001"),
        ("To", "whatsapp:+14155238886"),
        ("Body", body),
    ];
    assert_eq!(app.signed(ROUTE, &form).await, StatusCode::OK);
}

/// As if they had written a day earlier.
async fn age_window(app: &TestApp, address: &str) {
    let earlier = app.running.app.now() - TimeDelta::hours(25);
    let (db, people) = (&app.running.app.db, [address].into_iter().collect());
    store::bench::have_written(db, &people, "whatsapp:+14155238886", earlier)
        .await
        .unwrap();
}
