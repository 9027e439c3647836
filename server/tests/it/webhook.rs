//! Twilio's door: what is forged or broken is refused and leaves no trace; what is repeated changes nothing.

mod forms;
mod refused;

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Backend, Socket, TestApp, on_both};

pub(crate) const ROUTE: &str = "/api/v1/whatsapp/webhook";
const HI: [(&str, &str); 5] = [
    ("MessageSid", "SM00000000000000000000000000000001"),
    ("From", "whatsapp:+9779800000001"),
    ("To", "whatsapp:+14155238886"),
    ("Body", "hi "),
    ("ProfileName", "आशा 🦊"),
];

on_both!(
    a_forged_or_unsigned_request_is_refused_and_leaves_no_trace,
    a_repeated_request_is_answered_and_changes_nothing,
    callbacks_out_of_order_never_move_a_message_back,
    odd_but_genuine_requests_are_kept,
    a_message_to_an_address_that_is_not_ours_is_kept_and_not_answered,
);

async fn a_forged_or_unsigned_request_is_refused_and_leaves_no_trace(backend: Backend) {
    let app = TestApp::new(backend).await;
    let greeting = app.get(ROUTE).send().await.unwrap();
    assert_eq!(greeting.status(), StatusCode::OK);

    let unsigned = app.post(ROUTE).form(&HI).send().await.unwrap();
    assert_eq!(unsigned.status(), StatusCode::FORBIDDEN);
    let forged = app
        .post(ROUTE)
        .header("X-Twilio-Signature", "nv7lbbc5gKhitwsNAuxfLglO++E=")
        .form(&HI);
    assert_eq!(forged.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let huge = "x".repeat(256 * 1_024 + 1);
    let oversized = app
        .signed(ROUTE, &[("MessageSid", "SM1"), ("Body", &huge)])
        .await;
    assert_eq!(oversized, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(app.rows().await, (0, 0));
    app.running.stop().await;
}

async fn a_repeated_request_is_answered_and_changes_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    for _ in 0..3 {
        assert_eq!(app.signed(ROUTE, &HI).await, StatusCode::OK);
    }
    socket.until(|it| it["status"] == "READ").await;
    // The three callbacks of the one reply are events too.
    assert_eq!(app.rows().await, (1 + 3, 2));
    app.running.stop().await;
}

async fn callbacks_out_of_order_never_move_a_message_back(backend: Backend) {
    let app = TestApp::new(backend).await;
    let sent = app
        .send(json!({ "to": "+9779800000002", "body": "x", "lane": "IMMEDIATE" }))
        .await;
    let id = sent["message"]["id"].as_str().unwrap().to_owned();
    let sid = sent["message"]["twilioSid"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/whatsapp/status?message={id}&attempt=1");
    for status in [
        "read",
        "sent",
        "delivered",
        "read",
        "queued",
        "failed",
        "mystery",
    ] {
        let form = [("MessageSid", sid.as_str()), ("MessageStatus", status)];
        assert_eq!(app.signed(&path, &form).await, StatusCode::OK);
    }
    // The simulator's own callbacks repeat some of these: no event is told twice.
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let events = socket.until(|it| it["status"] == "FAILED").await;
    let moved: Vec<_> = events
        .iter()
        .filter(|it| it["kind"] == "CALLBACK" && it["changed"] == true)
        .collect();
    assert_eq!(moved.len(), 1, "{events:?}");
    let message = app.message(&id).await;
    assert_eq!(message["status"], "READ");
    app.running.stop().await;
}

async fn odd_but_genuine_requests_are_kept(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    // A sender without a number, a NUL, an unknown field, a blank one, a status on the message's route.
    let odd = [
        ("MessageSid", "SM00000000000000000000000000000002"),
        ("From", "whatsapp:PT.1a2b3c"),
        ("To", "whatsapp:+14155238886"),
        ("Body", "a\0b"),
        ("Unheard", "of"),
        ("ButtonText", ""),
    ];
    assert_eq!(app.signed(ROUTE, &odd).await, StatusCode::OK);
    let events = socket.until(|it| it["status"] == "READ").await;
    assert_eq!(events[0]["message"]["body"], "ab");
    let empty: [(&str, &str); 0] = [];
    assert_eq!(app.signed(ROUTE, &empty).await, StatusCode::OK);
    app.running.stop().await;
}

async fn a_message_to_an_address_that_is_not_ours_is_kept_and_not_answered(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let other = [
        ("MessageSid", "SM00000000000000000000000000000003"),
        ("From", "whatsapp:+9779800000003"),
        ("To", "whatsapp:+14155230000"),
        ("Body", "hi"),
    ];
    assert_eq!(app.signed(ROUTE, &other).await, StatusCode::OK);
    // Who wrote to ours afterwards has an answer by the time this is looked at.
    assert_eq!(app.signed(ROUTE, &HI).await, StatusCode::OK);
    socket.until(|it| it["status"] == "READ").await;
    let messages = app.messages().await;
    let with = |address: &str| {
        let is_with = |it: &&serde_json::Value| it["from"] == address || it["to"] == address;
        messages.iter().filter(is_with).count()
    };
    assert_eq!(
        (
            with("whatsapp:+9779800000003"),
            with("whatsapp:+9779800000001")
        ),
        (1, 2)
    );
    let query = "query($id: ID!) { message(id: $id) { body timeline { kind detail } } }";
    let data = app.query(query, json!({ "id": other[0].1 })).await;
    let event = &data["message"]["timeline"][0];
    assert_eq!(
        (&data["message"]["body"], &event["kind"]),
        (&json!("hi"), &json!("RECEIVED"))
    );
    let hint = "it is to whatsapp:+14155230000, which is not in TWILIO_WHATSAPP_FROM: the bot does not answer";
    assert_eq!(event["detail"], hint);
    app.running.stop().await;
}
