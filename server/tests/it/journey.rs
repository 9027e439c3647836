//! The main job, without a browser: a customer writes, the answer arrives, every hop is told live, in order, without a gap.

use serde_json::{Value, json};

use crate::support::{Backend, Socket, TestApp, on_both};

/// By tomorrow the reply window is closed.
const TEMPLATE: &str = "HX00112233445566778899aabbccddeeff";

on_both!(
    a_customers_hi_is_answered_and_followed_live,
    what_was_on_its_way_goes_on_after_a_restart
);

async fn a_customers_hi_is_answered_and_followed_live(backend: Backend) {
    let app = TestApp::new(backend).await;
    let head = app.query("{ messages { eventCursor } }", json!({})).await;
    let head = head["messages"]["eventCursor"].as_str().unwrap().to_owned();
    let mut socket = Socket::follow(&app, Some(&head)).await;

    app.write_as("+9779800000000", "hi").await;
    let is_read = |it: &Value| it["status"] == "READ" && it["message"]["direction"] == "OUTBOUND";
    let events = socket.until(is_read).await;

    assert_eq!(events[0]["kind"], "RECEIVED");
    let reply = events.last().unwrap()["message"].clone();
    assert!(
        reply["body"]
            .as_str()
            .unwrap()
            .starts_with("*Welcome, Asha!*"),
        "{reply}"
    );
    let told: Vec<&str> = events[1..]
        .iter()
        .map(|it| it["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        told,
        ["QUEUED", "SENDING", "ACCEPTED", "SENT", "DELIVERED", "READ"]
    );
    assert!(events.iter().all(|it| it["changed"] == true), "{events:?}");
    let places: Vec<i64> = events.iter().map(place).collect();
    assert!(
        places.windows(2).all(|pair| pair[0] < pair[1]),
        "{places:?}"
    );

    // Whoever lost the connection in the middle gets exactly the rest.
    let mut late = Socket::follow(&app, events[2]["cursor"].as_str()).await;
    let rest = late.until(is_read).await;
    assert_eq!(rest.iter().map(place).collect::<Vec<_>>(), places[3..]);

    // The customer's phone has the answer, and the log has both messages.
    let phones = app
        .query(
            "{ simulator { phones { name messages { fromPhone body status } } } }",
            json!({}),
        )
        .await;
    let phone = &phones["simulator"]["phones"][0];
    assert_eq!(phone["name"], "Asha");
    assert_eq!(phone["messages"][1]["status"], "read");
    assert_eq!(app.messages().await.len(), 2);
    let detail = app.message(reply["id"].as_str().unwrap()).await;
    assert_eq!(
        detail["attempts"],
        json!([{ "number": 1, "outcome": "ACCEPTED", "httpStatus": 201, "errorCode": null }])
    );
    app.running.stop().await;
}

async fn what_was_on_its_way_goes_on_after_a_restart(backend: Backend) {
    let app = TestApp::new(backend).await;
    let tomorrow = app.running.app.now() + chrono::TimeDelta::days(1);
    let sent = app
        .send(json!({ "to": "+9779800000000", "contentSid": TEMPLATE, "contentVariables": { "1": "later" }, "sendAt": tomorrow }))
        .await;
    let id = sent["message"]["id"].as_str().unwrap().to_owned();
    let app = app.restart().await;
    let message = app.message(&id).await;
    assert_eq!(&message["status"], "SCHEDULED");
    app.running.stop().await;
}

fn place(event: &Value) -> i64 {
    event["cursor"]
        .as_str()
        .unwrap()
        .trim_start_matches('e')
        .parse()
        .unwrap()
}
