//! Many messages at once: a job that sends them again, is watched, ended and taken up; the counts of charts; replayed events.

use chrono::{DateTime, TimeDelta, Utc};
use entity::bulk_job::{self, BulkKind, BulkState};
use entity::message::{self, Direction};
use entity::message_event::EventKind;
use entity::types::{Kind, MessageStatus as S};
use serde_json::{Value, json};
use uuid::Uuid;
use waybill::flows::bulk::{self, Step};
use waybill::flows::outbound::{Parties, blank};
use waybill::store::{self, messages::Filter};

use crate::support::{Backend, Socket, Stub, TestApp, on_both};

const RETRY: &str = "mutation($filter: MessageFilter!, $dryRun: Boolean) { retryMessages(filter: $filter, dryRun: $dryRun) {
    matchingCount retryableCount notRetryable { status count reason } job { id state totalCount createdBy } userErrors { code field message } } }";
const JOB: &str = "id kind state totalCount doneCount skippedCount progress endedAt error";

on_both!(
    a_dry_run_counts_and_says_why_the_others_are_left_alone,
    what_may_have_been_sent_is_never_in_a_job,
    a_job_sends_all_again_once_and_tells_how_far_it_is,
    what_a_canceled_job_did_stays_done,
    a_job_goes_on_after_a_restart_where_it_was,
    a_message_that_changed_since_is_left_alone,
    a_filter_that_cannot_be_read_fails_the_job_and_sends_nothing,
);

/// Stores messages of one status, as if they had come this far.
async fn store_many(app: &TestApp, status: S, count: usize) -> Vec<Uuid> {
    let it = &app.running.app;
    let now = it.now();
    let tx = store::begin(&it.db).await.unwrap();
    let (to, from) = ("whatsapp:+9779800000001", "whatsapp:+14155238886");
    let contact = store::contacts::find_or_create(&tx, it.new_id(), to, now)
        .await
        .unwrap();
    let talk = store::contacts::conversation(&tx, it.new_id(), contact.id, from, now)
        .await
        .unwrap();
    let mut ids = Vec::new();
    for _ in 0..count {
        let parties = Parties {
            conversation_id: talk.id,
            contact_id: contact.id,
            from: from.into(),
            to: to.into(),
        };
        let direction = match status {
            S::Received => Direction::Inbound,
            _ => Direction::Outbound,
        };
        let row = message::Model {
            direction,
            status,
            body: Some("x".into()),
            attempt_count: 1,
            due_at: None,
            ..blank(it, parties)
        };
        ids.push(row.id);
        store::messages::insert(&tx, row).await.unwrap().unwrap();
    }
    tx.commit().await.unwrap();
    ids
}

/// Of which messages the log says that somebody asked to send them again, in order.
async fn asked_again(app: &TestApp) -> Vec<Uuid> {
    let events = store::message_events::after(app.running.app.db.read(), 0, 10_000)
        .await
        .unwrap();
    let asked = events
        .into_iter()
        .filter(|it| it.kind == EventKind::RetryRequested);
    asked.map(|it| it.message_id).collect()
}

async fn retry(app: &TestApp, filter: Value, dry_run: bool) -> Value {
    let variables = json!({ "filter": filter, "dryRun": dry_run });
    app.query(RETRY, variables).await["retryMessages"].take()
}

/// Follows a job to its end; every state that was told.
async fn follow(app: &TestApp, id: &str) -> Vec<Value> {
    let query = format!("subscription($id: ID!) {{ bulkJob(id: $id) {{ {JOB} }} }}");
    let mut socket = Socket::subscribe(app, &query, json!({ "id": id })).await;
    let mut told = vec![socket.next().await["bulkJob"].take()];
    while told.last().unwrap()["state"] == "RUNNING" {
        told.push(socket.next().await["bulkJob"].take());
    }
    assert!(socket.has_completed().await, "the stream ends with the job");
    told
}

async fn job(app: &TestApp, id: &str) -> Value {
    let query = format!("query($id: ID!) {{ bulkJob(id: $id) {{ {JOB} }} }}");
    app.query(&query, json!({ "id": id })).await["bulkJob"].take()
}

/// A job that this test works on by hand: the server's own runner leaves it alone until its lease has run out.
async fn by_hand(app: &TestApp, total: i64, lease_until: DateTime<Utc>) -> bulk_job::Model {
    let it = &app.running.app;
    let filter = Filter {
        statuses: vec![S::Failed],
        ..Filter::default()
    };
    let now = it.now();
    let job = bulk_job::Model {
        id: it.new_id(),
        kind: BulkKind::Retry,
        state: BulkState::Running,
        filter: serde_json::to_value(filter).unwrap(),
        total,
        done: 0,
        skipped: 0,
        upper: store::messages::many::newest(it.db.read()).await.unwrap(),
        cursor: None,
        created_by: "tok_test".into(),
        error: None,
        leased_by: Some(it.node.clone()),
        lease_until: Some(lease_until),
        created_at: now,
        updated_at: now,
        ended_at: None,
    };
    store::bulk_jobs::insert(it.db.write(), job.clone())
        .await
        .unwrap();
    job
}

async fn a_dry_run_counts_and_says_why_the_others_are_left_alone(backend: Backend) {
    let app = TestApp::new(backend).await;
    let stored = [
        (S::Failed, 3),
        (S::Undelivered, 2),
        (S::Canceled, 1),
        (S::Delivered, 4),
        (S::Received, 2),
    ];
    for (status, count) in stored {
        store_many(&app, status, count).await;
    }
    let told = retry(&app, json!({}), true).await;
    assert_eq!(
        (
            &told["matchingCount"],
            &told["retryableCount"],
            &told["job"]
        ),
        (&json!(12), &json!(6), &Value::Null)
    );
    let others = json!([
        { "status": "DELIVERED", "count": 4, "reason": "it was delivered" },
        { "status": "RECEIVED", "count": 2, "reason": "it is a message from the customer" },
    ]);
    assert_eq!(told["notRetryable"], others);
    let failed = retry(&app, json!({ "status": ["FAILED"] }), true).await;
    assert_eq!(
        (&failed["matchingCount"], &failed["notRetryable"]),
        (&json!(3), &json!([]))
    );
    let broken = retry(&app, json!({ "address": "98" }), false).await;
    assert_eq!(
        broken["userErrors"][0]["code"], "INVALID_NUMBER",
        "{broken}"
    );
    assert_eq!(broken["job"], Value::Null);
    assert!(asked_again(&app).await.is_empty());
    let jobs = app.query("{ bulkJobs { nodes { id } } }", json!({})).await;
    assert_eq!(
        jobs["bulkJobs"]["nodes"],
        json!([]),
        "a dry run makes no job"
    );
    app.running.stop().await;
}

async fn what_may_have_been_sent_is_never_in_a_job(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut failed = store_many(&app, S::Failed, 2).await;
    let unclear = store_many(&app, S::Unconfirmed, 2).await;
    let on_its_way = store_many(&app, S::Sent, 1).await;
    let begun = retry(&app, json!({}), false).await;
    assert_eq!(begun["retryableCount"], 2, "{begun}");
    let others: Vec<_> = begun["notRetryable"].as_array().unwrap().clone();
    let reason = &others
        .iter()
        .find(|it| it["status"] == "UNCONFIRMED")
        .unwrap()["reason"];
    assert!(reason.as_str().unwrap().contains("may have been sent"));
    let told = follow(&app, begun["job"]["id"].as_str().unwrap()).await;
    assert_eq!(told.last().unwrap()["doneCount"], 2, "{told:?}");
    failed.sort_unstable();
    assert_eq!(asked_again(&app).await, failed);
    for id in [unclear[0], unclear[1], on_its_way[0]] {
        let id = Kind::Message.encode(id);
        assert!(!app.message(&id).await["isRetryable"].as_bool().unwrap());
    }
    app.running.stop().await;
}

async fn a_job_sends_all_again_once_and_tells_how_far_it_is(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let failed = store_many(&app, S::Failed, 450).await;
    let begun = retry(&app, json!({ "status": ["FAILED"] }), false).await;
    assert_eq!(begun["job"]["totalCount"], 450, "{begun}");
    assert!(
        begun["job"]["createdBy"]
            .as_str()
            .unwrap()
            .starts_with("tok_")
    );
    let id = begun["job"]["id"].as_str().unwrap();
    let told = follow(&app, id).await;
    let progress: Vec<f64> = told
        .iter()
        .map(|it| it["progress"].as_f64().unwrap())
        .collect();
    assert!(progress.is_sorted(), "{progress:?}");
    let end = told.last().unwrap();
    let counts = (
        &end["state"],
        &end["doneCount"],
        &end["skippedCount"],
        &end["progress"],
    );
    assert_eq!(
        counts,
        (&json!("DONE"), &json!(450), &json!(0), &json!(1.0))
    );
    assert!(end["endedAt"].is_string() && end["error"].is_null());
    assert_eq!(asked_again(&app).await, failed, "each once, oldest first");
    assert_eq!(&job(&app, id).await, end);
    let over = app.query_raw(CANCEL, json!({ "id": id })).await;
    assert_eq!(
        over["data"]["cancelBulkJob"]["userErrors"][0]["code"],
        "NOT_RUNNING"
    );
    app.running.stop().await;
}

const CANCEL: &str = "mutation($id: ID!) { cancelBulkJob(id: $id) { job { state doneCount } userErrors { code message } } }";

async fn what_a_canceled_job_did_stays_done(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let failed = store_many(&app, S::Failed, 450).await;
    let later = app.running.app.now() + TimeDelta::hours(1);
    let job = by_hand(&app, 450, later).await;
    let first = bulk::step(&app.running.app, &job, None).await.unwrap();
    assert_eq!(first, Step::Moved(failed[199]));
    let id = Kind::BulkJob.encode(job.id);
    let canceled = app.query(CANCEL, json!({ "id": id })).await["cancelBulkJob"].take();
    let expected = json!({ "job": { "state": "CANCELED", "doneCount": 200 }, "userErrors": [] });
    assert_eq!(canceled, expected);
    let next = bulk::step(&app.running.app, &job, Some(failed[199])).await;
    assert_eq!(next.unwrap(), Step::NotOurs);
    assert_eq!(
        asked_again(&app).await,
        failed[..200],
        "the rest was left alone"
    );
    let unknown = Kind::BulkJob.encode(app.running.app.new_id());
    for (id, code) in [
        (id, "NOT_RUNNING"),
        (unknown, "NOT_FOUND"),
        ("x".into(), "NOT_FOUND"),
    ] {
        let refused = app.query(CANCEL, json!({ "id": id })).await;
        assert_eq!(refused["cancelBulkJob"]["userErrors"][0]["code"], code);
    }
    app.running.stop().await;
}

async fn a_job_goes_on_after_a_restart_where_it_was(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let failed = store_many(&app, S::Failed, 450).await;
    // A process that was killed keeps its lease: on PostgreSQL the next one waits until it has run out.
    let soon = app.running.app.now() + TimeDelta::seconds(2);
    let job = by_hand(&app, 450, soon).await;
    bulk::step(&app.running.app, &job, None).await.unwrap();
    let lease = (job.id, app.running.app.node.clone());
    shorten(&app, &lease.1, soon).await;
    let app = app.restart().await;
    assert_ne!(app.running.app.node, lease.1);
    let told = follow(&app, &Kind::BulkJob.encode(job.id)).await;
    let end = told.last().unwrap();
    assert_eq!(
        (&end["state"], &end["doneCount"]),
        (&json!("DONE"), &json!(450)),
        "{told:?}"
    );
    assert!(told[0]["doneCount"].as_i64().unwrap() >= 200, "{told:?}");
    assert_eq!(asked_again(&app).await, failed, "each once");
    app.running.stop().await;
}

/// Sets the end of a node's leases, as waiting would.
async fn shorten(app: &TestApp, node: &str, until: DateTime<Utc>) {
    use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
    bulk_job::Entity::update_many()
        .col_expr(bulk_job::Column::LeaseUntil, Some(until).into())
        .filter(bulk_job::Column::LeasedBy.eq(node))
        .exec(app.running.app.db.write())
        .await
        .unwrap();
}

async fn a_message_that_changed_since_is_left_alone(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let failed = store_many(&app, S::Failed, 3).await;
    let it = &app.running.app;
    let job = by_hand(&app, 3, it.now() + TimeDelta::hours(1)).await;
    // One is sent again by hand; another fails only after the job began.
    waybill::flows::retry::retry(it, &waybill::flows::audit::Actor::cli(), failed[1])
        .await
        .unwrap();
    let late = store_many(&app, S::Failed, 1).await;
    assert_eq!(
        bulk::step(it, &job, None).await.unwrap(),
        Step::Moved(failed[2])
    );
    assert_eq!(
        bulk::step(it, &job, Some(failed[2])).await.unwrap(),
        Step::Finished
    );
    let asked = asked_again(&app).await;
    assert_eq!(
        asked,
        [failed[1], failed[0], failed[2]],
        "{late:?} is not of the job"
    );
    let end = self::job(&app, &Kind::BulkJob.encode(job.id)).await;
    let counts = (&end["totalCount"], &end["doneCount"], &end["skippedCount"]);
    assert_eq!(counts, (&json!(3), &json!(2), &json!(1)), "{end}");
    app.running.stop().await;
}

async fn a_filter_that_cannot_be_read_fails_the_job_and_sends_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    store_many(&app, S::Failed, 2).await;
    let it = &app.running.app;
    let past = it.now() - TimeDelta::seconds(1);
    let held = by_hand(&app, 2, it.now() + TimeDelta::hours(1)).await;
    let newer = bulk_job::Model {
        id: it.new_id(),
        // What a newer version may have stored: this one would take it for a wider filter.
        filter: json!({ "statuses": ["FAILED"], "country": "NP" }),
        leased_by: None,
        lease_until: Some(past),
        ..held
    };
    let id = Kind::BulkJob.encode(newer.id);
    store::bulk_jobs::insert(it.db.write(), newer)
        .await
        .unwrap();
    let told = follow(&app, &id).await;
    let end = told.last().unwrap();
    assert_eq!(end["state"], "FAILED", "{end}");
    assert!(end["error"].as_str().unwrap().contains("could not go on"));
    assert!(asked_again(&app).await.is_empty());
    app.running.stop().await;
}
