//! What a message's own text makes of it, and what people's words make of their consent, where that is the rule.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::stage::{ASHA, SENDER, SERVICE, Stage};

const TEXT: [(&str, &str); 3] = [("To", ASHA), ("From", SENDER), ("Body", "x")];

#[tokio::test]
async fn words_in_a_text_decide_what_becomes_of_it() {
    let stage = Stage::new().await;
    stage.open_window().await;
    for (body, told) in [
        ("#sim:63016", &["failed"][..]),
        ("Hello #sim:63003 again", &["failed"]),
        ("#sim:undelivered #sim:63018", &["sent", "undelivered"]),
        ("#sim:no-delivered", &["sent", "read"]),
        ("#sim:reversed", &["read", "delivered", "sent"]),
        (
            "#sim:twice",
            &["sent", "sent", "delivered", "delivered", "read", "read"],
        ),
        ("63016", &["sent", "delivered", "read"]),
    ] {
        let message = stage.text(ASHA, body).await;
        let sid = message["sid"].as_str().unwrap();
        assert_eq!(stage.statuses(sid, told.len()).await, told, "{body}");
        let kept = stage
            .json(&stage.path(&format!("/Messages/{sid}.json")))
            .await;
        let code = body
            .split("#sim:")
            .find_map(|it| it.get(..5)?.parse::<i32>().ok());
        let code = code.filter(|_| body.contains('#'));
        assert_eq!(kept["error_code"], json!(code), "{body}");
    }
    let late = stage.text(ASHA, "#sim:late-read").await;
    let sid = late["sid"].as_str().unwrap();
    stage.statuses(sid, 2).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(stage.statuses(sid, 2).await, ["sent", "delivered"]);
    // The words are stronger than the world's control, and use none of it up.
    stage
        .change(json!({ "outcome": { "status": "sent" } }))
        .await;
    let own = stage.text(ASHA, "#sim:63018").await;
    assert_eq!(
        stage.statuses(own["sid"].as_str().unwrap(), 1).await,
        ["failed"]
    );
}

#[tokio::test]
async fn who_wrote_stop_is_refused_at_once_where_twilio_keeps_opt_outs() {
    let stage = Stage::new().await;
    let told = stage.asha(json!({ "body": "STOP" })).await;
    assert_eq!(
        told.get("OptOutType"),
        "(absent)",
        "off, as it is for WhatsApp"
    );
    assert_eq!(stage.create(&TEXT).await.status(), StatusCode::CREATED);

    stage.change(json!({ "rules": { "optOut": true } })).await;
    for (body, word, code) in [
        ("hi", "(absent)", None),
        ("help", "HELP", None),
        (" Stop ", "STOP", Some(21610)),
        ("hi", "(absent)", Some(21610)),
        ("yes", "START", None),
        ("QUIT", "STOP", Some(21610)),
    ] {
        let told = stage.asha(json!({ "body": body })).await;
        assert_eq!(told.get("OptOutType"), word, "{body}");
        match code {
            Some(code) => assert_eq!(stage.code(&TEXT).await, code, "{body}"),
            None => assert_eq!(
                stage.create(&TEXT).await.status(),
                StatusCode::CREATED,
                "{body}"
            ),
        }
    }
    // It holds for this sender, by whichever way it is chosen, and for nobody else.
    let service = [
        ("To", ASHA),
        ("MessagingServiceSid", SERVICE),
        ("Body", "x"),
    ];
    assert_eq!(stage.code(&service).await, 21610);
    let sms = [
        ("To", "+9779800000001"),
        ("From", "+14155238886"),
        ("Body", "x"),
    ];
    assert_eq!(stage.create(&sms).await.status(), StatusCode::CREATED);
    stage.change(json!({ "rules": null })).await;
    assert_eq!(stage.create(&TEXT).await.status(), StatusCode::CREATED);
}
