//! Sending: bad input is a named error and nothing is stored; a key sends once; REST says the same as GraphQL.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Answer, Backend, Socket, Stub, TOKEN, TestApp, on_both};

on_both!(
    bad_input_is_a_named_error_and_nothing_is_stored,
    the_same_key_sends_once_and_other_content_is_refused,
    rest_takes_what_graphql_takes,
    a_refused_message_says_why_and_can_be_sent_again,
    twilio_is_told_the_service_and_how_long_it_may_try,
);

async fn bad_input_is_a_named_error_and_nothing_is_stored(backend: Backend) {
    let app = TestApp::new(backend).await;
    let long = "ठ".repeat(1_601);
    for (input, code, field) in [
        (json!({ "to": "12", "body": "x" }), "INVALID_NUMBER", "to"),
        (json!({ "to": "", "body": "x" }), "INVALID_NUMBER", "to"),
        (
            json!({ "to": "+9779800000000", "body": "  " }),
            "EMPTY",
            "body",
        ),
        (json!({ "to": "+9779800000000" }), "EMPTY", "body"),
        (
            json!({ "to": "+9779800000000", "body": long }),
            "TOO_LONG",
            "body",
        ),
        (
            json!({ "to": "+9779800000000", "mediaUrls": ["ftp://x/y"] }),
            "INVALID_URL",
            "mediaUrls",
        ),
        (
            json!({ "to": "+9779800000000", "body": "x", "sendAt": "2020-01-01T00:00:00Z" }),
            "IN_THE_PAST",
            "sendAt",
        ),
        (
            json!({ "to": "+9779800000000", "body": "x", "from": "+15550001111" }),
            "UNKNOWN_SENDER",
            "from",
        ),
    ] {
        let payload = app.send(input.clone()).await;
        assert_eq!(
            payload["userErrors"],
            json!([{ "code": code, "field": [field] }]),
            "{input}"
        );
        assert_eq!(payload["message"], Value::Null);
    }
    let lane = app.query_raw("mutation { sendMessage(input: { to: \"+9779800000000\", body: \"x\", lane: FAST }) { message { id } } }", json!({})).await;
    assert!(
        lane["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("FAST"),
        "{lane}"
    );
    assert_eq!(app.rows().await, (0, 0));
    app.running.stop().await;
}

async fn the_same_key_sends_once_and_other_content_is_refused(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let input = json!({ "to": "+9779800000000", "body": "x", "idempotencyKey": "order-1042" });
    let (one, two) = tokio::join!(app.send(input.clone()), app.send(input.clone()));
    assert_eq!(one["message"]["id"], two["message"]["id"], "{one} {two}");
    socket.until(|it| it["status"] == "ACCEPTED").await;
    let again = app.send(input).await;
    assert_eq!(again["message"]["id"], one["message"]["id"]);
    let other = app
        .send(json!({ "to": "+9779800000000", "body": "y", "idempotencyKey": "order-1042" }))
        .await;
    assert_eq!(
        other["userErrors"],
        json!([{ "code": "KEY_REUSED", "field": ["idempotencyKey"] }])
    );
    assert_eq!((app.messages().await.len(), stub.taken()), (1, 1));
    app.running.stop().await;
}

async fn rest_takes_what_graphql_takes(backend: Backend) {
    let app = TestApp::new(backend).await;
    let send = |body: Value| {
        app.post("/api/v1/whatsapp/send")
            .bearer_auth(&app.token)
            .json(&body)
            .send()
    };

    let stranger = app
        .post("/api/v1/whatsapp/send")
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    let queued = send(json!({ "to": "+9779800000000", "message": "hello" }))
        .await
        .unwrap();
    assert_eq!(queued.status(), StatusCode::ACCEPTED);
    let queued: Value = queued.json().await.unwrap();
    assert!(
        queued["id"].as_str().unwrap().starts_with("msg_"),
        "{queued}"
    );
    let now = send(json!({ "to": "+9779800000000", "message": "hello", "lane": "IMMEDIATE" }))
        .await
        .unwrap();
    assert_eq!(now.status(), StatusCode::OK);
    let now: Value = now.json().await.unwrap();
    assert!(
        now["twilioSid"].as_str().unwrap().starts_with("SM"),
        "{now}"
    );

    let bad = send(json!({ "to": "98000", "message": "" })).await.unwrap();
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bad.headers()["content-type"], "application/problem+json");
    let bad: Value = bad.json().await.unwrap();
    assert_eq!(
        (&bad["errors"][0]["code"], &bad["errors"][1]["code"]),
        (&json!("EMPTY"), &json!("INVALID_NUMBER"))
    );
    let unknown = send(json!({ "to": "+9779800000000", "text": "hello" }))
        .await
        .unwrap();
    assert_eq!(unknown.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        unknown.text().await.unwrap().contains("text"),
        "names the unknown field"
    );
    assert_eq!(app.messages().await.len(), 2);
    app.running.stop().await;
}

async fn a_refused_message_says_why_and_can_be_sent_again(backend: Backend) {
    let stub = Stub::new(&[Answer::Refuse(21211)]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let sent = app
        .send(json!({ "to": "+9779800000000", "body": "x" }))
        .await;
    let id = sent["message"]["id"].as_str().unwrap().to_owned();
    socket.until(|it| it["status"] == "FAILED").await;
    let failed = app.message(&id).await;
    assert_eq!(
        (&failed["errorCode"], &failed["isRetryable"]),
        (&json!(21211), &json!(true))
    );

    let retry =
        "mutation($id: ID!) { retryMessage(id: $id) { message { status } userErrors { code } } }";
    let retried = app.query(retry, json!({ "id": id })).await;
    assert_eq!(retried["retryMessage"]["userErrors"], json!([]));
    socket.until(|it| it["status"] == "ACCEPTED").await;
    let message = app.message(&id).await;
    let outcomes: Vec<_> = message["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["outcome"])
        .collect();
    assert_eq!(outcomes, ["REFUSED", "ACCEPTED"], "its history stays");
    let again = app.query(retry, json!({ "id": id })).await;
    assert_eq!(
        again["retryMessage"]["userErrors"],
        json!([{ "code": "NOT_RETRYABLE" }])
    );
    let unknown = app
        .query(retry, json!({ "id": "con_01h455vb4pex5vsknk084sn02q" }))
        .await;
    assert_eq!(
        unknown["retryMessage"]["userErrors"],
        json!([{ "code": "NOT_FOUND" }])
    );
    app.running.stop().await;
}

async fn twilio_is_told_the_service_and_how_long_it_may_try(backend: Backend) {
    let stub = Stub::new(&[Answer::Refuse(21211)]).await;
    let service = "MG00112233445566778899aabbccddeeff";
    let settings = [
        ("TWILIO_API_BASE_URL", stub.url()),
        ("TWILIO_ACCOUNT_SID", ACCOUNT.to_owned()),
        ("TWILIO_AUTH_TOKEN", TOKEN.to_owned()),
        ("TWILIO_MESSAGING_SERVICE_SID", service.to_owned()),
        ("WHATSAPP_PHONE_NUMBER", "+14155238886".to_owned()),
        ("PUBLIC_URL", "http://waybill.test".to_owned()),
    ];
    let settings = settings.each_ref().map(|it| (it.0, it.1.as_str()));
    let app = TestApp::with(backend, &settings).await;
    let mut ids = Vec::new();
    for hours in [None, Some(1), Some(5), Some(100)] {
        let end = hours.map(|it| app.running.app.now() + TimeDelta::hours(it));
        let input =
            json!({ "to": "+9779800000000", "body": "x", "lane": "IMMEDIATE", "notAfter": end });
        let sent = app.send(input).await;
        ids.push(sent["message"]["id"].as_str().unwrap().to_owned());
    }
    let forms = stub.forms();
    let validity = |n: usize| forms[n].get("ValidityPeriod").map(|it| it.parse().unwrap());
    assert_eq!(validity(0), None);
    assert!(validity(1).is_some_and(|it: u32| (3_590..=3_600).contains(&it)));
    // Longer than Twilio keeps it is as long as Twilio keeps it.
    assert_eq!([validity(2), validity(3)], [Some(14_400); 2]);
    assert!(
        forms
            .iter()
            .all(|it| it.get("MessagingServiceSid") == Some(service))
    );
    assert!(
        forms
            .iter()
            .all(|it| it.get("From") == Some("whatsapp:+14155238886"))
    );

    let query = "query($id: ID!) { message(id: $id) { attempts { twilioRequestId twilioSid } } }";
    for (n, id) in ids.iter().enumerate() {
        let data = app.query(query, json!({ "id": id })).await;
        let attempt = &data["message"]["attempts"][0];
        let request = format!("RQ{:032x}", n + 1);
        assert_eq!(attempt["twilioRequestId"], request, "refused or taken");
    }
    app.running.stop().await;
}
