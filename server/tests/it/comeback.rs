//! Twilio took a message and reported later that it failed for a passing reason: it is sent again, and never twice.

mod patience;

use chrono::TimeDelta;
use entity::delivery_attempt::Outcome;
use entity::message::{Column, Entity, Model};
use entity::types::{Kind, MessageStatus};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use waybill::flows::outbound::{Settled, record};
use waybill::flows::reconcile;
use waybill::gateway::twilio::{Report, Verdict};
use waybill::store;

use crate::support::{Backend, Socket, Stub, TestApp, on_both};

const FIRST: &str = "SM00000000000000000000000000000001";

on_both!(
    a_message_that_failed_for_a_passing_reason_is_sent_again,
    reports_of_the_first_try_settle_nothing_of_the_second,
    what_arrived_after_all_is_not_sent_again,
    a_code_that_is_worth_one_more_try_gets_one,
    what_does_not_pass_or_comes_too_late_fails_at_once,
    a_report_that_is_faster_than_the_answer_is_believed,
    an_unclear_try_that_failed_is_known_from_then_on,
    a_failure_whose_callback_is_lost_is_found_and_sent_again,
);

/// Sends one message and waits until the provider has it; its id.
async fn sent(app: &TestApp, more: Value) -> String {
    let mut input = json!({ "to": "+9779800000000", "body": "x", "lane": "IMMEDIATE" });
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let sent = app.send(input).await;
    let id = sent["message"]["id"].as_str().unwrap().to_owned();
    let began = std::time::Instant::now();
    while app.message(&id).await["status"] != "ACCEPTED" {
        assert!(began.elapsed().as_secs() < 5, "{sent}");
        tokio::task::yield_now().await;
    }
    id
}

/// A status callback, and the message once it is worked off.
async fn report(
    app: &TestApp,
    id: &str,
    (attempt, sid): (i32, &str),
    status: &str,
    code: i32,
) -> Value {
    let before = callbacks(&app.message(id).await);
    let path = format!("/api/v1/whatsapp/status?message={id}&attempt={attempt}");
    let code = code.to_string();
    let mut form = vec![("MessageSid", sid), ("MessageStatus", status)];
    if code != "0" {
        form.push(("ErrorCode", &code));
    }
    assert_eq!(app.signed(&path, &form).await, 200);
    loop {
        if callbacks(&app.message(id).await) > before {
            // The timeline is read after the message.
            return app.message(id).await;
        }
        tokio::task::yield_now().await;
    }
}

fn callbacks(message: &Value) -> usize {
    kinds(message).iter().filter(|it| *it == "CALLBACK").count()
}

fn kinds(message: &Value) -> Vec<String> {
    let timeline = message["timeline"].as_array().unwrap();
    let kind = |it: &Value| it["kind"].as_str().unwrap().to_owned();
    timeline.iter().map(kind).collect()
}

async fn row(app: &TestApp, id: &str) -> Model {
    let id = Kind::Message.parse(id).unwrap();
    let row = store::messages::by_id(app.running.app.db.write(), id).await;
    row.unwrap().unwrap()
}

/// The pause is over; waits until the second try was taken.
async fn until_sent_again(app: &TestApp, id: &str) -> Value {
    let now = app.running.app.now();
    Entity::update_many()
        .col_expr(Column::DueAt, Some(now).into())
        .filter(Column::Status.eq(MessageStatus::Queued))
        .exec(app.running.app.db.write())
        .await
        .unwrap();
    loop {
        let status = app.message(id).await["status"].take();
        if status != "QUEUED" && status != "SENDING" {
            return app.message(id).await;
        }
        tokio::task::yield_now().await;
    }
}

async fn a_message_that_failed_for_a_passing_reason_is_sent_again(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let id = sent(&app, json!({})).await;
    let message = report(&app, &id, (1, FIRST), "undelivered", 63018).await;
    assert_eq!(
        (
            &message["status"],
            &message["errorCode"],
            &message["twilioSid"]
        ),
        (&json!("QUEUED"), &json!(63018), &Value::Null)
    );
    let waits = row(&app, &id).await;
    let pause = waits.due_at.unwrap() - waits.updated_at;
    assert!(
        pause >= TimeDelta::seconds(10) && pause <= TimeDelta::seconds(11),
        "{pause}"
    );
    assert_eq!(stub.requests(), 1, "not before its pause is over");

    let message = until_sent_again(&app, &id).await;
    assert_eq!(
        kinds(&message),
        [
            "CREATED",
            "ATTEMPTED",
            "ACCEPTED",
            "CALLBACK",
            "RETRY_PLANNED",
            "ATTEMPTED",
            "ACCEPTED"
        ]
    );
    assert_eq!(
        message["timeline"][3]["status"], "UNDELIVERED",
        "as it was reported"
    );
    assert_eq!(message["timeline"][3]["changed"], false);
    assert_eq!(
        (&message["attemptCount"], &message["errorCode"]),
        (&json!(2), &Value::Null)
    );
    assert_eq!(stub.taken(), 2);
    app.running.stop().await;
}

async fn reports_of_the_first_try_settle_nothing_of_the_second(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let id = sent(&app, json!({})).await;
    report(&app, &id, (1, FIRST), "failed", 63018).await;
    // Out of order, and in other words: the plan stays as it is.
    let planned = row(&app, &id).await;
    for (status, code) in [("sent", 0), ("undelivered", 63018), ("failed", 63003)] {
        let message = report(&app, &id, (1, FIRST), status, code).await;
        assert_eq!(message["status"], "QUEUED", "{status}");
    }
    assert_eq!(row(&app, &id).await, planned);

    let second = until_sent_again(&app, &id).await;
    for (status, code) in [
        ("failed", 63012),
        ("undelivered", 63010),
        ("delivered", 0),
        ("read", 0),
    ] {
        let message = report(&app, &id, (1, FIRST), status, code).await;
        let is_same = ["status", "twilioSid"]
            .iter()
            .all(|it| message[it] == second[it]);
        assert!(is_same, "{status}: {message}");
    }
    // Nor without our URL, by Twilio's id alone.
    let form = [
        ("MessageSid", FIRST),
        ("MessageStatus", "failed"),
        ("ErrorCode", "63009"),
    ];
    assert_eq!(app.signed("/api/v1/whatsapp/status", &form).await, 200);
    let sid = second["twilioSid"].as_str().unwrap();
    let message = report(&app, &id, (2, sid), "read", 0).await;
    assert_eq!(message["status"], "READ");
    assert_eq!((stub.requests(), stub.taken()), (2, 2));
    app.running.stop().await;
}

async fn what_arrived_after_all_is_not_sent_again(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let id = sent(&app, json!({})).await;
    report(&app, &id, (1, FIRST), "failed", 63018).await;
    let message = report(&app, &id, (1, FIRST), "delivered", 0).await;
    assert_eq!(
        (&message["status"], &message["twilioSid"]),
        (&json!("DELIVERED"), &json!(FIRST))
    );
    assert_eq!(row(&app, &id).await.due_at, None);
    let message = report(&app, &id, (1, FIRST), "undelivered", 63018).await;
    assert_eq!(message["status"], "DELIVERED", "nothing undoes it");
    assert_eq!(stub.requests(), 1);
    app.running.stop().await;
}

async fn a_code_that_is_worth_one_more_try_gets_one(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let id = sent(&app, json!({})).await;
    let message = report(&app, &id, (1, FIRST), "failed", 63025).await;
    assert_eq!(message["status"], "QUEUED");
    let second = until_sent_again(&app, &id).await;
    let sid = second["twilioSid"].as_str().unwrap();
    let message = report(&app, &id, (2, sid), "failed", 63025).await;
    assert_eq!(
        (&message["status"], &message["errorCode"]),
        (&json!("FAILED"), &json!(63025))
    );
    // A person may ask for more, and gets as many again.
    let retry = "mutation($id: ID!) { retryMessage(id: $id) { userErrors { code } } }";
    app.query(retry, json!({ "id": id })).await;
    let third = until_sent_again(&app, &id).await;
    let sid = third["twilioSid"].as_str().unwrap();
    let message = report(&app, &id, (3, sid), "failed", 63025).await;
    assert_eq!(message["status"], "QUEUED");
    assert_eq!(stub.requests(), 3);
    app.running.stop().await;
}

async fn what_does_not_pass_or_comes_too_late_fails_at_once(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let now = app.running.app.now();
    let soon = json!({ "notAfter": now + TimeDelta::seconds(9) });
    for (n, (more, status, code)) in [
        (json!({}), "failed", 63003),
        (json!({}), "failed", 0),
        (json!({}), "undelivered", 99_999),
        // The channel may have delivered it.
        (json!({}), "undelivered", 30410),
        (soon, "failed", 63018),
    ]
    .into_iter()
    .enumerate()
    {
        let id = sent(&app, more).await;
        let sid = format!("SM{:032x}", n + 1);
        let message = report(&app, &id, (1, &sid), status, code).await;
        assert_eq!(message["status"], status.to_uppercase(), "{code}");
    }
    assert_eq!(stub.requests(), 5);
    app.running.stop().await;
}

/// A message in a status after its first attempt, of which so much is known.
async fn attempted(app: &TestApp, status: MessageStatus, outcome: Outcome) -> String {
    let later = app.running.app.now() + TimeDelta::hours(1);
    let input = json!({ "to": "+9779800000000", "body": "x", "sendAt": later });
    let public = app.send(input).await["message"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = Kind::Message.parse(&public).unwrap();
    let (db, now) = (app.running.app.db.write(), app.running.app.now());
    let attempt = entity::delivery_attempt::Model {
        outcome,
        duration_ms: (outcome != Outcome::Pending).then_some(1),
        ..store::attempts::pending(app.running.app.new_id(), id, 1, "n", now)
    };
    store::attempts::insert(db, vec![attempt]).await.unwrap();
    Entity::update_many()
        .col_expr(Column::Status, status.into())
        .col_expr(Column::AttemptCount, 1.into())
        .col_expr(Column::LeaseUntil, Some(later).into())
        .exec(db)
        .await
        .unwrap();
    public
}

async fn a_report_that_is_faster_than_the_answer_is_believed(backend: Backend) {
    let taken = Verdict::Accepted {
        sid: FIRST.to_owned(),
    };
    for (verdict, outcome) in [
        (taken, Outcome::Accepted),
        (Verdict::Unclear, Outcome::Unclear),
    ] {
        let app = TestApp::with_stub(backend, &Stub::new(&[]).await).await;
        let id = attempted(&app, MessageStatus::Sending, Outcome::Pending).await;
        let settled = Settled {
            message: row(&app, &id).await,
            report: Report {
                verdict,
                ..Report::not_made(std::time::Duration::ZERO)
            },
        };
        let message = report(&app, &id, (1, FIRST), "failed", 63018).await;
        assert_eq!(message["status"], "QUEUED");
        let planned = row(&app, &id).await;
        record(&app.running.app, &[settled]).await.unwrap();
        assert_eq!(
            row(&app, &id).await,
            planned,
            "the answer tells nothing new"
        );
        let attempt = store::attempts::find(app.running.app.db.write(), planned.id, 1).await;
        let attempt = attempt.unwrap().unwrap();
        assert_eq!(
            (attempt.outcome, attempt.twilio_sid.as_deref()),
            (outcome, Some(FIRST))
        );
        app.running.stop().await;
    }
}

async fn an_unclear_try_that_failed_is_known_from_then_on(backend: Backend) {
    let app = TestApp::with_stub(backend, &Stub::new(&[]).await).await;
    let id = attempted(&app, MessageStatus::Queued, Outcome::Unclear).await;
    let message = report(&app, &id, (1, FIRST), "failed", 63018).await;
    assert_eq!(kinds(&message).last().unwrap(), "RETRY_PLANNED");
    assert!(row(&app, &id).await.due_at.unwrap() > app.running.app.now());
    assert!(
        store::attempts::knows_sid(app.running.app.db.write(), FIRST)
            .await
            .unwrap()
    );
    let message = report(&app, &id, (1, FIRST), "sent", 0).await;
    assert_eq!(message["status"], "QUEUED", "its end is known");
    app.running.stop().await;
}

async fn a_failure_whose_callback_is_lost_is_found_and_sent_again(backend: Backend) {
    let app = TestApp::new(backend).await;
    let world = json!({
        "outcome": { "status": "failed", "errorCode": 63018, "next": 1 },
        "callbacks": { "skip": ["failed"] },
    });
    let phones = app.running.app.phones.as_ref().unwrap();
    phones.change_world(&world).await.unwrap();
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let id = sent(&app, json!({})).await;
    let now = app.running.app.now();
    let range = now - TimeDelta::minutes(1)..now + TimeDelta::minutes(1);
    while reconcile::sweep(&app.running.app, range.clone())
        .await
        .unwrap()
        == 0
    {
        tokio::task::yield_now().await;
    }
    let message = app.message(&id).await;
    let told = kinds(&message);
    assert_eq!(told[told.len() - 2..], ["RECONCILED", "RETRY_PLANNED"]);
    assert_eq!(message["status"], "QUEUED");
    until_sent_again(&app, &id).await;
    socket.until(|it| it["status"] == "READ").await;
    assert_eq!(app.message(&id).await["attemptCount"], 2);
    app.running.stop().await;
}
