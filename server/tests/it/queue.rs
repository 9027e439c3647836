//! The queue against a Twilio that fails: passing failures are tried again, unclear ones are asked about first.

use entity::delivery_attempt::Outcome;
use serde_json::{Value, json};

use crate::support::{Answer, Backend, Socket, Stub, TestApp, on_both};

on_both!(
    a_busy_provider_is_tried_again_until_it_takes_the_message,
    a_message_that_was_taken_before_the_connection_broke_is_not_sent_twice,
    a_message_that_was_not_taken_is_sent_again_after_the_grace_time,
    a_message_that_came_too_late_is_not_sent,
    of_two_equal_texts_each_gets_its_own_id,
    a_message_whose_lease_ran_out_while_it_waited_is_not_sent,
    a_late_callback_takes_an_unclear_message_out_of_the_queue,
    a_late_callback_of_an_ended_attempt_does_not_end_its_retry,
);

async fn send_and_follow(app: &TestApp, until: &str) -> (Value, Vec<String>) {
    let mut socket = Socket::follow(app, Some("e0")).await;
    let sent = app
        .send(json!({ "to": "+9779800000000", "body": "x" }))
        .await;
    let id = sent["message"]["id"].as_str().unwrap().to_owned();
    let events = socket.until(|it| it["status"] == until).await;
    let kinds = events
        .iter()
        .map(|it| it["kind"].as_str().unwrap().to_owned())
        .collect();
    (app.message(&id).await, kinds)
}

async fn a_busy_provider_is_tried_again_until_it_takes_the_message(backend: Backend) {
    let stub = Stub::new(&[Answer::Busy, Answer::Busy]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let (message, kinds) = send_and_follow(&app, "ACCEPTED").await;
    assert_eq!(
        kinds,
        [
            "CREATED",
            "ATTEMPTED",
            "RETRY_PLANNED",
            "ATTEMPTED",
            "RETRY_PLANNED",
            "ATTEMPTED",
            "ACCEPTED"
        ]
    );
    assert_eq!((&message["attemptCount"], stub.taken()), (&json!(3), 1));
    app.running.stop().await;
}

async fn a_message_that_was_taken_before_the_connection_broke_is_not_sent_twice(backend: Backend) {
    let stub = Stub::new(&[Answer::TakeAndDrop]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let (message, kinds) = send_and_follow(&app, "ACCEPTED").await;
    assert_eq!(kinds, ["CREATED", "ATTEMPTED", "UNCONFIRMED", "RECONCILED"]);
    assert_eq!(message["attempts"][0]["outcome"], "UNCLEAR");
    assert_eq!((stub.requests(), stub.taken()), (1, 1));
    app.running.stop().await;
}

async fn a_message_that_was_not_taken_is_sent_again_after_the_grace_time(backend: Backend) {
    let stub = Stub::new(&[Answer::Broken]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let (message, kinds) = send_and_follow(&app, "ACCEPTED").await;
    assert_eq!(
        kinds,
        [
            "CREATED",
            "ATTEMPTED",
            "UNCONFIRMED",
            "RECONCILED",
            "ATTEMPTED",
            "ACCEPTED"
        ]
    );
    assert_eq!(
        (&message["attemptCount"], stub.requests(), stub.taken()),
        (&json!(2), 2, 1)
    );
    app.running.stop().await;
}

async fn a_message_that_came_too_late_is_not_sent(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let now = app.running.app.now();
    let soon = |ms| (now + chrono::TimeDelta::milliseconds(ms)).to_rfc3339();
    let mut socket = Socket::follow(&app, Some("e0")).await;
    // Due only after its end: the clock has passed both when the queue looks at it.
    let input = json!({ "to": "+9779800000000", "body": "x", "sendAt": soon(300_000), "notAfter": soon(300_001) });
    let sent = app.send(input).await;
    let id = sent["message"]["id"].as_str().unwrap();
    let tx = app.running.app.db.write();
    let past = now - chrono::TimeDelta::seconds(1);
    backdate(tx, past).await;
    let events = socket.until(|it| it["status"] == "FAILED").await;
    assert_eq!(events.last().unwrap()["message"]["id"], id);
    assert_eq!(stub.requests(), 0);
    app.running.stop().await;
}

/// Moves the only message's end into the past, as waiting would.
async fn backdate(db: &impl sea_orm::ConnectionTrait, end: chrono::DateTime<chrono::Utc>) {
    use sea_orm::EntityTrait as _;
    entity::message::Entity::update_many()
        .col_expr(entity::message::Column::NotAfter, Some(end).into())
        .exec(db)
        .await
        .unwrap();
}

/// A message that waits in the queue after one attempt with this outcome.
async fn queued_after(app: &TestApp, outcome: Outcome) -> String {
    use sea_orm::EntityTrait as _;
    let later = app.running.app.now() + chrono::TimeDelta::hours(1);
    let sent = app
        .send(json!({ "to": "+9779800000000", "body": "x", "sendAt": later }))
        .await;
    let public = sent["message"]["id"].as_str().unwrap().to_owned();
    let id = entity::types::Kind::Message.parse(&public).unwrap();
    let (db, now) = (app.running.app.db.write(), app.running.app.now());
    let attempt = entity::delivery_attempt::Model {
        outcome,
        ..waybill::store::attempts::pending(app.running.app.new_id(), id, 1, "n", now)
    };
    waybill::store::attempts::insert(db, vec![attempt])
        .await
        .unwrap();
    entity::message::Entity::update_many()
        .col_expr(
            entity::message::Column::Status,
            entity::types::MessageStatus::Queued.into(),
        )
        .col_expr(entity::message::Column::AttemptCount, 1.into())
        .exec(db)
        .await
        .unwrap();
    public
}

async fn report_delivered(app: &TestApp, id: &str) -> Value {
    let mut socket = Socket::follow(app, Some("e0")).await;
    let path = format!("/api/v1/whatsapp/status?message={id}&attempt=1");
    let form = [
        ("MessageSid", "SM00000000000000000000000000000009"),
        ("MessageStatus", "delivered"),
    ];
    assert_eq!(app.signed(&path, &form).await, 200);
    socket.until(|it| it["kind"] == "CALLBACK").await;
    app.message(id).await
}

async fn a_late_callback_takes_an_unclear_message_out_of_the_queue(backend: Backend) {
    let app = TestApp::with_stub(backend, &Stub::new(&[]).await).await;
    let id = queued_after(&app, Outcome::Unclear).await;
    let message = report_delivered(&app, &id).await;
    assert_eq!(message["status"], "DELIVERED", "it was taken: {message}");
    app.running.stop().await;
}

async fn a_late_callback_of_an_ended_attempt_does_not_end_its_retry(backend: Backend) {
    let app = TestApp::with_stub(backend, &Stub::new(&[]).await).await;
    let id = queued_after(&app, Outcome::Refused).await;
    let message = report_delivered(&app, &id).await;
    assert_eq!(
        (&message["status"], &message["twilioSid"]),
        (&json!("QUEUED"), &Value::Null)
    );
    app.running.stop().await;
}

/// Which of two equal messages loses its answer; the other one's id must not be taken for its own.
async fn of_two_equal_texts_each_gets_its_own_id(backend: Backend) {
    use Answer::{Take, TakeAndDrop};
    for answers in [[TakeAndDrop, Take], [Take, TakeAndDrop]] {
        let stub = Stub::new(&answers).await;
        let app = TestApp::with_stub(backend, &stub).await;
        let mut socket = Socket::follow(&app, Some("e0")).await;
        let mut ids = Vec::new();
        for until in ["SENDING", "SENDING"] {
            let sent = app
                .send(json!({ "to": "+9779800000000", "body": "same" }))
                .await;
            ids.push(sent["message"]["id"].as_str().unwrap().to_owned());
            socket.until(|it| it["status"] == until).await;
            while stub.requests() < ids.len() {
                tokio::task::yield_now().await;
            }
        }
        let mut all_sids = Vec::new();
        for id in &ids {
            while app.message(id).await["status"] != "ACCEPTED" {
                socket.until(|it| it["status"] == "ACCEPTED").await;
            }
            all_sids.push(
                app.message(id).await["twilioSid"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        assert_eq!(all_sids, [format!("SM{:032x}", 1), format!("SM{:032x}", 2)]);
        assert_eq!((stub.requests(), stub.taken()), (2, 2));
        app.running.stop().await;
    }
}

async fn a_message_whose_lease_ran_out_while_it_waited_is_not_sent(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let later = app.running.app.now() + chrono::TimeDelta::hours(1);
    let sent = app
        .send(json!({ "to": "+9779800000000", "body": "x", "sendAt": later }))
        .await;
    let id = entity::types::Kind::Message
        .parse(sent["message"]["id"].as_str().unwrap())
        .unwrap();
    let db = app.running.app.db.read();
    let mut message = waybill::store::messages::by_id(db, id)
        .await
        .unwrap()
        .unwrap();
    message.lease_until = Some(app.running.app.now());
    let settled =
        waybill::flows::outbound::deliver(&app.running.app, &message, std::time::Duration::ZERO)
            .await;
    let turn_in = std::time::Duration::ZERO;
    let not_made = waybill::gateway::twilio::Verdict::NotMade { turn_in };
    assert_eq!(settled.report.verdict, not_made);

    // Nor does it wait for a turn that comes after the lease.
    message.lease_until = Some(app.running.app.now() + chrono::TimeDelta::seconds(30));
    let turn_in = std::time::Duration::from_mins(1);
    let settled = waybill::flows::outbound::deliver(&app.running.app, &message, turn_in).await;
    let not_made = waybill::gateway::twilio::Verdict::NotMade { turn_in };
    assert_eq!(settled.report.verdict, not_made);
    assert_eq!(stub.requests(), 0);
    app.running.stop().await;
}
