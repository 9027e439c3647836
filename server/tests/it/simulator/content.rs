//! Templates: what phones show of them, when they may be sent, how they are made.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::stage::{ASHA, SENDER, Stage};

/// A template of the stock.
fn stock(number: u128) -> String {
    format!("HX{number:032x}")
}

async fn send(stage: &Stage, content: &str, variables: &str) -> Value {
    let callback = stage.status_url();
    let fields = [
        ("To", ASHA),
        ("From", SENDER),
        ("ContentSid", content),
        ("ContentVariables", variables),
        ("StatusCallback", &callback),
    ];
    stage.create(&fields).await.json().await.unwrap()
}

#[tokio::test]
async fn an_approved_template_reaches_a_stranger_with_its_buttons() {
    let stage = Stage::new().await;
    let message = send(&stage, &stock(2), r#"{"1":"Zoë","2":"Monday"}"#).await;
    let text = "Hello Zoë, we expect you on Monday at 14:00. Will you come?";
    assert_eq!(message["body"], text, "a missing variable is the sample");
    let sid = message["sid"].as_str().unwrap();
    assert_eq!(stage.statuses(sid, 3).await, ["sent", "delivered", "read"]);
    assert_eq!(stage.calls("/status")[0].get("StructuredMessage"), "true");
    let phone = stage.phone(ASHA).await;
    assert_eq!(phone["messages"][0]["body"], text);
    assert_eq!(
        phone["messages"][0]["buttons"],
        json!([{ "id": "yes", "title": "Yes" }, { "id": "no", "title": "No" }])
    );
    let tap = stage.asha(json!({ "button": { "title": "Yes" } })).await;
    assert_eq!(
        [
            tap.get("MessageType"),
            tap.get("ButtonText"),
            tap.get("ButtonPayload"),
            tap.get("Body")
        ],
        ["button", "Yes", "yes", "Yes"]
    );
    assert_eq!(
        [
            tap.get("OriginalRepliedMessageSid"),
            tap.get("OriginalRepliedMessageSender")
        ],
        [sid, SENDER]
    );
}

#[tokio::test]
async fn a_list_needs_an_open_window_and_a_choice_from_it_is_told() {
    let stage = Stage::new().await;
    let early = send(&stage, &stock(6), "{}").await;
    let early = early["sid"].as_str().unwrap();
    assert_eq!(stage.statuses(early, 1).await, ["failed"]);
    assert_eq!(stage.calls("/status")[0].get("ErrorCode"), "63016");
    stage.open_window().await;
    let sid = send(&stage, &stock(6), "{}").await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.statuses(&sid, 3).await;
    let phone = stage.phone(ASHA).await;
    assert_eq!(
        phone["messages"][2]["items"][1]["title"],
        "Send something back"
    );
    let choice = stage.asha(json!({ "item": { "id": "return" } })).await;
    assert_eq!(
        [
            choice.get("MessageType"),
            choice.get("ListId"),
            choice.get("ListTitle"),
            choice.get("ListDescription"),
            choice.get("Body")
        ],
        [
            "interactive",
            "return",
            "Send something back",
            "Within 14 days",
            "Send something back"
        ]
    );
    let (status, refused) = stage
        .write(json!({ "from": ASHA, "item": { "title": "Nothing" } }))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        refused["error"].as_str().unwrap().contains("\"My order\""),
        "{refused}"
    );
}

#[tokio::test]
async fn what_is_not_approved_fails_with_its_own_code() {
    let stage = Stage::new().await;
    for (number, code) in [(4, "63016"), (5, "63040")] {
        let sid = send(&stage, &stock(number), "{}").await["sid"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(stage.statuses(&sid, 1).await, ["failed"]);
        assert_eq!(
            stage.calls("/status").last().unwrap().get("ErrorCode"),
            code
        );
    }
    let spaced = send(&stage, &stock(1), r#"{"1":"a     b"}"#).await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.statuses(&spaced, 1).await;
    assert_eq!(
        stage.calls("/status").last().unwrap().get("ErrorCode"),
        "63013"
    );
    assert_eq!(send(&stage, "HX1", "{}").await["code"], 21655);
    assert_eq!(send(&stage, &stock(1), "[]").await["code"], 21656);
}

#[tokio::test]
async fn a_template_is_made_handed_in_approved_and_deleted() {
    let stage = Stage::new().await;
    let wish = json!({ "friendly_name": "thanks", "language": "pt", "variables": { "1": "Ana" },
        "types": { "twilio/text": { "body": "Obrigado, {{1}}!" } } });
    let made = stage.post("/v1/Content").json(&wish).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().await.unwrap();
    let sid = made["sid"].as_str().unwrap();
    assert!(
        made["date_created"].as_str().unwrap().ends_with('Z'),
        "ISO 8601"
    );
    let path = format!("/v1/Content/{sid}/ApprovalRequests");
    assert_eq!(stage.json(&path).await["whatsapp"]["status"], "unsubmitted");
    let hand_in = async |name: &str| {
        let request = json!({ "name": name, "category": "UTILITY" });
        stage
            .post(&format!("{path}/whatsapp"))
            .json(&request)
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(hand_in("Thank You").await, StatusCode::BAD_REQUEST);
    assert_eq!(hand_in("thank_you").await, StatusCode::CREATED);
    assert_eq!(stage.json(&path).await["whatsapp"]["status"], "received");
    // Its clock moves on, and the review is over.
    stage.change(json!({ "clockOffsetSeconds": 60 })).await;
    assert_eq!(stage.json(&path).await["whatsapp"]["status"], "approved");
    let deleted = stage
        .delete(&format!("/v1/Content/{sid}"))
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    let gone = stage
        .get(&format!("/v1/Content/{sid}"))
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    for wrong in [
        json!({}),
        json!({ "language": "en", "types": {} }),
        json!({ "language": "en", "types": { "twilio/text": {} }, "variables": { "1": 2 } }),
    ] {
        let refused = stage.post("/v1/Content").json(&wrong).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn templates_are_paged_by_absolute_urls() {
    let stage = Stage::new().await;
    let mut next = Some(format!("{}/v1/ContentAndApprovals?PageSize=4", stage.url));
    let mut found = Vec::new();
    while let Some(url) = next {
        let page = stage.json(url.strip_prefix(&stage.url).unwrap()).await;
        assert_eq!(page["meta"]["key"], "contents");
        found.extend(page["contents"].as_array().unwrap().clone());
        next = page["meta"]["next_page_url"].as_str().map(str::to_owned);
    }
    let told: Vec<(&str, &str)> = found
        .iter()
        .map(|it| {
            (
                it["friendly_name"].as_str().unwrap(),
                it["approval_requests"]["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("order_update", "approved"),
            ("appointment_reminder", "approved"),
            ("sale", "approved"),
            ("delivery_survey", "pending"),
            ("win_back", "rejected"),
            ("topics", "unsubmitted"),
        ]
    );
}
