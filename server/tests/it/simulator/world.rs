//! How the world is made to misbehave.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::stage::{ASHA, SENDER, Stage};

const TEXT: [(&str, &str); 3] = [("To", ASHA), ("From", SENDER), ("Body", "x")];

async fn kept(stage: &Stage) -> usize {
    let page = stage.json(&stage.path("/Messages.json")).await;
    page["messages"].as_array().unwrap().len()
}

async fn sid_of(stage: &Stage, to: &str) -> String {
    stage.text(to, "x").await["sid"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn free_text_reaches_a_phone_for_24_hours_after_its_message() {
    let stage = Stage::new().await;
    let stranger = sid_of(&stage, ASHA).await;
    assert_eq!(stage.statuses(&stranger, 1).await, ["failed"]);
    let told = stage.calls("/status").pop().unwrap();
    assert_eq!(
        [told.get("ErrorCode"), told.get("MessageStatus")],
        ["63016", "failed"]
    );
    let fetched = stage
        .json(&stage.path(&format!("/Messages/{stranger}.json")))
        .await;
    assert_eq!(
        (&fetched["status"], &fetched["error_code"]),
        (&json!("failed"), &json!(63016))
    );
    stage.open_window().await;
    stage
        .change_phone(ASHA, json!({ "travelSeconds": 23 * 3_600 }))
        .await;
    let open = sid_of(&stage, ASHA).await;
    assert_eq!(
        stage.statuses(&open, 3).await,
        ["sent", "delivered", "read"]
    );
    stage
        .change_phone(ASHA, json!({ "travelSeconds": 3_600 }))
        .await;
    let late = sid_of(&stage, ASHA).await;
    assert_eq!(stage.statuses(&late, 1).await, ["failed"]);
    stage.change(json!({ "rules": { "window": false } })).await;
    let lawless = sid_of(&stage, ASHA).await;
    assert_eq!(
        stage.statuses(&lawless, 3).await,
        ["sent", "delivered", "read"]
    );
}

#[tokio::test]
async fn phones_may_be_offline_secretive_blocking_or_outside_of_the_sandbox() {
    let stage = Stage::new().await;
    stage.open_window().await;
    stage
        .change_phone(ASHA, json!({ "online": false, "readReceipts": false }))
        .await;
    let (status, refused) = stage.write(json!({ "from": ASHA, "body": "x" })).await;
    assert_eq!(
        (status, &refused["error"]),
        (
            StatusCode::BAD_REQUEST,
            &json!("the phone is offline: nothing leaves it")
        )
    );
    let sid = sid_of(&stage, ASHA).await;
    assert_eq!(stage.statuses(&sid, 1).await, ["sent"]);
    stage.change_phone(ASHA, json!({ "online": true })).await;
    assert_eq!(stage.statuses(&sid, 2).await, ["sent", "delivered"]);
    stage.change_phone(ASHA, json!({ "blocked": true })).await;
    let blocked = sid_of(&stage, ASHA).await;
    stage.statuses(&blocked, 1).await;
    assert_eq!(
        stage.calls("/status").pop().unwrap().get("ErrorCode"),
        "63014"
    );
    stage.change_phone(ASHA, json!({ "blocked": false })).await;
    stage.change(json!({ "rules": { "join": true } })).await;
    let outside = sid_of(&stage, ASHA).await;
    stage.statuses(&outside, 1).await;
    assert_eq!(
        stage.calls("/status").pop().unwrap().get("ErrorCode"),
        "63015"
    );
    stage.asha(json!({ "body": "join happy-tiger" })).await;
    assert_eq!(stage.phone(ASHA).await["joined"], true);
    let inside = sid_of(&stage, ASHA).await;
    assert_eq!(stage.statuses(&inside, 2).await, ["sent", "delivered"]);
    let read = stage.statuses(&sid, 2).await;
    assert!(
        !read.contains(&"read".to_owned()),
        "nobody is told what was read"
    );
}

#[tokio::test]
async fn the_next_creates_are_refused_dropped_or_taken_and_dropped() {
    let stage = Stage::new().await;
    let answer = |kind: Value| json!({ "answer": kind });
    stage
        .change(answer(
            json!({ "kind": "busy", "retryAfterSeconds": 7, "next": 1 }),
        ))
        .await;
    let busy = stage.create(&TEXT).await;
    assert_eq!(
        (
            busy.status(),
            busy.headers()["retry-after"].to_str().unwrap()
        ),
        (StatusCode::TOO_MANY_REQUESTS, "7")
    );
    assert_eq!(busy.json::<Value>().await.unwrap()["code"], 20429);
    stage
        .change(answer(
            json!({ "kind": "refuse", "code": 21408, "next": 1 }),
        ))
        .await;
    assert_eq!(stage.code(&TEXT).await, 21408);
    stage
        .change(answer(json!({ "kind": "error", "status": 503, "next": 1 })))
        .await;
    assert_eq!(
        stage.create(&TEXT).await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    let dropped = async || {
        let request = stage.post(&stage.path("/Messages.json")).form(&TEXT);
        let error = request.send().await.unwrap_err();
        assert!(
            !error.is_connect() && !error.is_timeout(),
            "the connection was made, then broke: {error:?}"
        );
    };
    stage
        .change(answer(json!({ "kind": "drop", "next": 1 })))
        .await;
    dropped().await;
    assert_eq!(kept(&stage).await, 0, "nothing of this was taken");
    stage
        .change(answer(json!({ "kind": "takeThenDrop", "next": 1 })))
        .await;
    dropped().await;
    assert_eq!(kept(&stage).await, 1);
    stage
        .change(answer(json!({ "kind": "takeThenError", "next": 1 })))
        .await;
    assert_eq!(
        stage.create(&TEXT).await.status(),
        StatusCode::INTERNAL_SERVER_ERROR
    );
    assert_eq!(kept(&stage).await, 2);
    stage
        .change(answer(json!({ "kind": "timeout", "next": 1 })))
        .await;
    let request = stage.post(&stage.path("/Messages.json")).form(&TEXT);
    let error = request
        .timeout(Duration::from_millis(200))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(
        stage.create(&TEXT).await.status(),
        StatusCode::CREATED,
        "then all is well"
    );
    assert_eq!(kept(&stage).await, 3);
}

#[tokio::test]
async fn messages_end_as_the_world_wants() {
    let stage = Stage::new().await;
    let outcome = json!({ "outcome": { "status": "undelivered", "errorCode": 63024, "next": 1 } });
    stage.change(outcome).await;
    let sid = sid_of(&stage, ASHA).await;
    assert_eq!(stage.statuses(&sid, 2).await, ["sent", "undelivered"]);
    let told = stage.calls("/status").pop().unwrap();
    assert_eq!(
        [told.get("ErrorCode"), told.get("EventType")],
        ["63024", "UNDELIVERED"]
    );
    stage
        .change(json!({ "outcome": { "status": "delivered" } }))
        .await;
    let sid = sid_of(&stage, ASHA).await;
    assert_eq!(stage.statuses(&sid, 2).await, ["sent", "delivered"]);
    stage.change(json!({ "outcome": null })).await;
    let usual = sid_of(&stage, ASHA).await;
    assert_eq!(
        stage.statuses(&usual, 1).await,
        ["failed"],
        "a stranger again"
    );
}

#[tokio::test]
async fn callbacks_come_reversed_twice_with_gaps_or_forged() {
    let stage = Stage::new().await;
    stage.open_window().await;
    stage
        .change(json!({ "callbacks": { "order": "reversed", "copies": 2 } }))
        .await;
    let sid = sid_of(&stage, ASHA).await;
    assert_eq!(
        stage.statuses(&sid, 6).await,
        ["read", "read", "delivered", "delivered", "sent", "sent"]
    );
    stage
        .change(json!({ "callbacks": { "order": null, "copies": null, "skip": ["delivered"] } }))
        .await;
    let sid = sid_of(&stage, ASHA).await;
    assert_eq!(stage.statuses(&sid, 2).await, ["sent", "read"]);
    stage
        .change(json!({ "callbacks": { "skip": null, "badSignature": true } }))
        .await;
    let sid = sid_of(&stage, ASHA).await;
    stage.statuses(&sid, 1).await;
    assert!(!stage.calls("/status").pop().unwrap().is_signed_well);
}

#[tokio::test]
async fn too_fast_a_sender_and_too_many_creates_at_one_time_are_told() {
    let stage = Stage::new().await;
    stage.open_window().await;
    stage
        .change(json!({ "rules": { "rate": true, "ratePerSecond": 1 } }))
        .await;
    let (first, second) = (sid_of(&stage, ASHA).await, sid_of(&stage, ASHA).await);
    assert_eq!(stage.statuses(&second, 1).await, ["failed"]);
    assert_eq!(
        stage.statuses(&first, 3).await,
        ["sent", "delivered", "read"]
    );
    stage.change(json!({ "rules": { "rate": null, "concurrency": true, "concurrentCreates": 1 }, "createDelayMs": 200 })).await;
    let (one, two) = tokio::join!(stage.create(&TEXT), stage.create(&TEXT));
    let mut statuses = [one.status().as_u16(), two.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 429]);
}

#[tokio::test]
async fn the_date_of_answers_follows_the_simulators_clock() {
    let stage = Stage::new().await;
    let off = async || {
        let answer = stage.get("/v1/Content").send().await.unwrap();
        let date = answer.headers()["date"].to_str().unwrap().to_owned();
        let date = chrono::DateTime::parse_from_rfc2822(&date)
            .unwrap()
            .to_utc();
        (date - waybill::clock::Clock::system().now()).num_seconds()
    };
    assert!(off().await.abs() <= 2);
    stage.change(json!({ "clockOffsetSeconds": -3_600 })).await;
    assert!((off().await + 3_600).abs() <= 2);
}

#[tokio::test]
async fn a_wrong_control_is_refused_with_its_name_and_changes_nothing() {
    let stage = Stage::new().await;
    let before = stage.json("/simulator/world").await;
    for (change, fault) in [
        (json!({ "clock": 1 }), "unknown field `clock`"),
        (
            json!({ "callbacks": { "delay": 1 } }),
            "unknown field `delay`",
        ),
        (
            json!({ "answer": { "kind": "explode" } }),
            "unknown variant `explode`",
        ),
        (json!({ "createDelayMs": -1 }), "invalid value"),
        (json!("x"), "a JSON object"),
    ] {
        let (status, refused) = stage.patch("/simulator/world", change.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{change}");
        assert!(
            refused["error"].as_str().unwrap().contains(fault),
            "{change}: {refused}"
        );
    }
    assert_eq!(stage.json("/simulator/world").await, before);
    let page = stage
        .stranger("/simulator/world")
        .header("origin", "https://evil.test");
    assert_eq!(
        page.send().await.unwrap().status(),
        StatusCode::FORBIDDEN,
        "no web page may turn the world"
    );
    let rebound = stage
        .stranger("/simulator/phones")
        .header("host", "evil.test");
    assert_eq!(
        rebound.send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    for change in [
        json!({ "travelSeconds": -1 }),
        json!({ "onlin": true }),
        json!({ "online": "yes" }),
    ] {
        let (status, refused) = stage
            .patch("/simulator/phones/+9779800000001", change)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(refused["error"].is_string());
    }
}
