//! Messages after they were made: listed, taken back, blanked, deleted.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::stage::{ASHA, SENDER, SERVICE, Stage};

#[tokio::test]
async fn pages_stay_while_new_messages_come() {
    let stage = Stage::new().await;
    for number in 0..7 {
        stage.text(ASHA, &format!("message {number}")).await;
    }
    stage
        .text("whatsapp:+9779800000002", "to somebody else")
        .await;
    let bodies = |page: &Value| {
        let all = page["messages"].as_array().unwrap().iter();
        all.map(|it| it["body"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let path = stage.path("/Messages.json?PageSize=3&To=whatsapp%3A%2B9779800000001");
    let first = stage.json(&path).await;
    assert_eq!(bodies(&first), ["message 6", "message 5", "message 4"]);
    assert_eq!(
        (&first["start"], &first["end"], &first["page_size"]),
        (&json!(0), &json!(2), &json!(3))
    );
    stage.text(ASHA, "newer").await;
    let second = stage.json(first["next_page_uri"].as_str().unwrap()).await;
    assert_eq!(bodies(&second), ["message 3", "message 2", "message 1"]);
    let third = stage.json(second["next_page_uri"].as_str().unwrap()).await;
    assert_eq!(bodies(&third), ["message 0"]);
    assert_eq!(third["next_page_uri"], Value::Null);
    let back = stage
        .json(third["previous_page_uri"].as_str().unwrap())
        .await;
    assert_eq!(bodies(&back), bodies(&second));
    for (query, code) in [
        ("PageSize=1001", 20007),
        ("PageSize=0", 20007),
        ("PageToken=x", 20006),
        ("DateSent=x", 20001),
    ] {
        let answer = stage
            .get(&stage.path(&format!("/Messages.json?{query}")))
            .send()
            .await
            .unwrap();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], code, "{query}");
    }
}

#[tokio::test]
async fn the_list_is_filtered_by_the_day_of_sending() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let sid = stage.text(ASHA, "x").await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.statuses(&sid, 3).await;
    let count = async |query: &str| {
        let page = stage
            .json(&stage.path(&format!("/Messages.json?{query}")))
            .await;
        page["messages"].as_array().unwrap().len()
    };
    let day = waybill::clock::Clock::system().now();
    let (today, tomorrow) = (day.date_naive(), day.date_naive().succ_opt().unwrap());
    assert_eq!(count(&format!("DateSent={today}")).await, 2);
    assert_eq!(count(&format!("DateSent={tomorrow}")).await, 0);
    assert_eq!(
        count(&format!("DateSent%3E={today}&From=whatsapp:%2B14155238886")).await,
        1
    );
    assert_eq!(count(&format!("DateSent>={tomorrow}")).await, 0);
    assert_eq!(count(&format!("DateSent%3C={today}")).await, 2);
}

#[tokio::test]
async fn a_scheduled_message_is_taken_back_once_and_a_sent_one_is_not() {
    let stage = Stage::new().await;
    let at = waybill::clock::Clock::system().now() + chrono::TimeDelta::hours(1);
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let callback = stage.status_url();
    let fields = [
        ("To", ASHA),
        ("MessagingServiceSid", SERVICE),
        ("Body", "later"),
        ("ScheduleType", "fixed"),
        ("SendAt", &at),
        ("StatusCallback", &callback),
    ];
    let message: Value = stage.create(&fields).await.json().await.unwrap();
    assert_eq!(
        (&message["status"], &message["from"]),
        (&json!("scheduled"), &Value::Null)
    );
    let sid = message["sid"].as_str().unwrap();
    let path = stage.path(&format!("/Messages/{sid}.json"));
    let update = async |fields: &[(&str, &str)]| {
        let answer = stage.post(&path).form(fields).send().await.unwrap();
        let status = answer.status();
        (status, answer.json::<Value>().await.unwrap())
    };
    assert_eq!(
        update(&[("Status", "canceled"), ("Body", "")]).await.1["code"],
        30400
    );
    assert_eq!(update(&[("Body", "other")]).await.1["code"], 30400);
    let not_yet = stage.delete(&path).send().await.unwrap();
    assert_eq!(not_yet.json::<Value>().await.unwrap()["code"], 20009);
    assert_eq!(
        update(&[("Status", "canceled")]).await.1["status"],
        "canceled"
    );
    assert_eq!(stage.statuses(sid, 1).await, ["canceled"]);
    let (status, again) = update(&[("Status", "canceled")]).await;
    assert_eq!(
        (status, &again["code"]),
        (StatusCode::CONFLICT, &json!(30409))
    );
}

#[tokio::test]
async fn a_service_chooses_the_sender_and_tells_that_it_queued() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let callback = stage.status_url();
    let fields = [
        ("To", ASHA),
        ("MessagingServiceSid", SERVICE),
        ("Body", "x"),
        ("StatusCallback", &callback),
    ];
    let message: Value = stage.create(&fields).await.json().await.unwrap();
    assert_eq!(
        (&message["status"], &message["num_segments"]),
        (&json!("accepted"), &json!("0"))
    );
    let sid = message["sid"].as_str().unwrap();
    assert_eq!(
        stage.statuses(sid, 4).await,
        ["queued", "sent", "delivered", "read"]
    );
    let last = stage.calls("/status").pop().unwrap();
    assert_eq!(
        (last.get("MessagingServiceSid"), last.get("From")),
        (SERVICE, SENDER)
    );
}

#[tokio::test]
async fn a_message_is_blanked_and_deleted_and_stays_on_the_phone() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let sid = stage.text(ASHA, "secret").await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.statuses(&sid, 3).await;
    let path = stage.path(&format!("/Messages/{sid}.json"));
    let blanked: Value = stage
        .post(&path)
        .form(&[("Body", "")])
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(blanked["body"], "");
    let phone = stage.phone(ASHA).await;
    assert_eq!(phone["messages"][1]["body"], "secret");
    let deleted = stage.delete(&path).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(deleted.bytes().await.unwrap().len(), 0);
    assert_eq!(
        stage.get(&path).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
}
