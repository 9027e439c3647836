//! The same store on both databases: claims never overlap, pages have no gap, searches mean what they say.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::message;
use entity::message_event::EventKind;
use entity::types::{Lane, MessageStatus};
use sea_orm::{ConnectionTrait, EntityTrait as _};
use serde_json::{Value, json};
use waybill::store::messages::{Filter, Stale};
use waybill::store::queue::{Lease, Search};
use waybill::store::{self};

use crate::support::{Answer, Backend, Stub, TestApp, on_both};

on_both!(
    two_workers_never_claim_the_same_message,
    urgent_lanes_are_served_first,
    pages_have_no_gap_and_no_repeat_in_either_direction,
    what_is_past_the_retention_time_is_gone_and_what_waits_is_not,
    thousands_falling_due_at_once_fit_into_the_log,
    a_message_past_its_end_is_not_claimed,
    a_search_finds_words_in_any_script_and_no_wildcards,
    messages_that_changed_at_one_moment_are_all_walked_through,
    what_is_wrong_with_a_row_is_told_from_what_is_wrong_with_the_database,
);

/// A server whose own worker leaves the queue alone: everything is scheduled, then made due by hand.
async fn with_queue(backend: Backend, lanes: &[&str]) -> TestApp {
    let stub = Stub::new(&[Answer::Take]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let later = app.running.app.now() + TimeDelta::hours(1);
    for (n, lane) in lanes.iter().enumerate() {
        let to = format!("+97798000000{n:02}");
        let sent = app
            .send(json!({ "to": to, "body": n.to_string(), "lane": lane, "sendAt": later }))
            .await;
        assert_eq!(sent["message"]["status"], "SCHEDULED", "{sent}");
    }
    app
}

/// Claims as the engine does: lane by lane, each recipient's first.
async fn claim(
    tx: &impl ConnectionTrait,
    lease: &Lease,
    limit: u64,
    now: DateTime<Utc>,
) -> Vec<message::Model> {
    let mut claimed = Vec::new();
    for lane in Lane::ALL {
        let search = Search {
            lane,
            without: &[],
            limit: limit - claimed.len() as u64,
        };
        let found = store::queue::candidates(tx, &search, now).await.unwrap();
        let ids: Vec<_> = found.into_iter().map(|it| it.id).collect();
        claimed.extend(store::queue::claim(tx, &ids, lease, now).await.unwrap());
    }
    claimed
}

async fn two_workers_never_claim_the_same_message(backend: Backend) {
    let app = with_queue(backend, &["NORMAL"; 40]).await;
    let db = &app.running.app.db;
    let now = app.running.app.now() + TimeDelta::hours(2);
    let claims = (0..8).map(|n| async move {
        let lease = Lease {
            node: format!("n{n}"),
            until: now + TimeDelta::minutes(1),
        };
        let tx = store::begin(db).await.unwrap();
        store::queue::time::promote(&tx, now).await.unwrap();
        let claimed = claim(&tx, &lease, 5, now).await;
        tx.commit().await.unwrap();
        claimed
    });
    let claimed: Vec<_> = futures_util::future::join_all(claims)
        .await
        .into_iter()
        .flatten()
        .collect();
    let ids: HashSet<_> = claimed.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), claimed.len(), "one message in two hands");
    assert!(
        claimed
            .iter()
            .all(|it| it.status == MessageStatus::Sending && it.attempt_count == 1)
    );
    app.running.stop().await;
}

async fn urgent_lanes_are_served_first(backend: Backend) {
    let app = with_queue(backend, &["BULK", "NORMAL", "BULK", "IMMEDIATE", "NORMAL"]).await;
    let now = app.running.app.now() + TimeDelta::hours(2);
    let tx = store::begin(&app.running.app.db).await.unwrap();
    store::queue::time::promote(&tx, now).await.unwrap();
    let lease = Lease {
        node: "n".into(),
        until: now,
    };
    let claimed = claim(&tx, &lease, 10, now).await;
    let order: Vec<_> = claimed
        .iter()
        .map(|it| it.body.as_deref().unwrap())
        .collect();
    assert_eq!(order, ["3", "1", "4", "0", "2"]);
    tx.rollback().await.unwrap();
    app.running.stop().await;
}

async fn pages_have_no_gap_and_no_repeat_in_either_direction(backend: Backend) {
    let app = with_queue(backend, &["BULK"; 7]).await;
    let query = "query($first: Int, $after: String, $last: Int, $before: String) {
        messages(first: $first, after: $after, last: $last, before: $before) {
            nodes { body } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount { value isExact } } }";
    let bodies = |page: &Value| -> Vec<String> {
        page["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["body"].as_str().unwrap().to_owned())
            .collect()
    };
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let page = app
            .query(query, json!({ "first": 3, "after": after }))
            .await["messages"]
            .take();
        assert_eq!(page["totalCount"], json!({ "value": 7, "isExact": true }));
        seen.extend(bodies(&page));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, ["6", "5", "4", "3", "2", "1", "0"]);
    let back = app
        .query(query, json!({ "last": 3, "before": after }))
        .await["messages"]
        .take();
    assert_eq!(bodies(&back), ["3", "2", "1"], "just above the last one");
    assert_eq!(back["pageInfo"]["hasPreviousPage"], true);
    for (bad, code) in [
        (json!({ "first": 101 }), "PAGE_TOO_LARGE"),
        (json!({ "first": -1 }), "BAD_USER_INPUT"),
        (json!({ "first": 1, "last": 1 }), "BAD_USER_INPUT"),
        (json!({ "first": 1, "before": after }), "BAD_USER_INPUT"),
        (json!({ "last": 1, "after": after }), "BAD_USER_INPUT"),
        (json!({ "after": "x" }), "BAD_USER_INPUT"),
    ] {
        let answer = app.query_raw(query, bad.clone()).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{bad}");
    }
    app.running.stop().await;
}

async fn what_is_past_the_retention_time_is_gone_and_what_waits_is_not(backend: Backend) {
    let app = with_queue(backend, &["NORMAL"]).await;
    let sent = app
        .send(json!({ "to": "+9779800000000", "body": "x", "lane": "IMMEDIATE" }))
        .await;
    assert_eq!(sent["message"]["status"], "ACCEPTED", "{sent}");
    let now = app.running.app.now();
    let delete = |end| waybill::flows::retention::delete_before(&app.running.app, end);
    assert_eq!(delete(now - TimeDelta::days(1)).await.unwrap(), 0);
    assert_eq!(delete(now + TimeDelta::days(1)).await.unwrap(), 1);
    let left = app.messages().await;
    assert_eq!(
        (left.len(), &left[0]["status"]),
        (1, &json!("SCHEDULED")),
        "{left:?}"
    );
    let waits = left[0]["id"].as_str().unwrap();
    let waits = entity::types::Kind::Message.parse(waits).unwrap();
    let tx = store::begin(&app.running.app.db).await.unwrap();
    let deleted = store::messages::delete(&tx, vec![waits]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(deleted, 0, "what is sent again after it was found stays");
    app.running.stop().await;
}

async fn thousands_falling_due_at_once_fit_into_the_log(backend: Backend) {
    let app = with_queue(backend, &["NORMAL"]).await;
    let id = app.messages().await[0]["id"].as_str().unwrap().to_owned();
    let id = entity::types::Kind::Message.parse(&id).unwrap();
    let told = store::message_events::NewEvent::moved(id, EventKind::Due, MessageStatus::Queued);
    let db = &app.running.app.db;
    let head = store::message_events::head(db.read()).await.unwrap();
    let tx = store::begin(db).await.unwrap();
    store::message_events::append(&tx, app.running.app.now(), vec![told; 10_000])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        store::message_events::head(db.read()).await.unwrap(),
        head + 10_000
    );
    app.running.stop().await;
}

async fn a_message_past_its_end_is_not_claimed(backend: Backend) {
    let app = with_queue(backend, &[]).await;
    let now = app.running.app.now();
    let (due, end) = (now + TimeDelta::hours(1), now + TimeDelta::hours(2));
    let input = json!({ "to": "+9779800000000", "body": "x", "sendAt": due, "notAfter": end });
    assert_eq!(app.send(input).await["userErrors"], json!([]));
    for (later, claimed) in [(TimeDelta::minutes(90), 1), (TimeDelta::hours(3), 0)] {
        let tx = store::begin(&app.running.app.db).await.unwrap();
        store::queue::time::promote(&tx, now + later).await.unwrap();
        let lease = Lease {
            node: "n".into(),
            until: end,
        };
        let got = claim(&tx, &lease, 10, now + later).await;
        assert_eq!(got.len(), claimed, "{later}");
        tx.rollback().await.unwrap();
    }
    app.running.stop().await;
}

async fn a_search_finds_words_in_any_script_and_no_wildcards(backend: Backend) {
    let app = with_queue(backend, &[]).await;
    let later = app.running.app.now() + TimeDelta::hours(1);
    for body in ["तपाईंको अर्डर", "100% sure", "Order #1042", "a_b"] {
        app.send(json!({ "to": "+9779800000000", "body": body, "sendAt": later }))
            .await;
    }
    let found = |search: &str| {
        let filter = Filter {
            search: Some(search.into()),
            ..Filter::default()
        };
        let db = app.running.app.db.clone();
        async move {
            store::messages::count(db.read(), &filter, 100)
                .await
                .unwrap()
        }
    };
    for (search, count) in [
        ("अर्डर", 1),
        ("%", 1),
        ("_", 1),
        ("order", 1),
        ("ORDER", 1),
        ("980000", 4),
        ("zzz", 0),
        ("\\", 0),
    ] {
        assert_eq!(found(search).await, count, "{search}");
    }
    app.running.stop().await;
}

async fn messages_that_changed_at_one_moment_are_all_walked_through(backend: Backend) {
    let app = with_queue(backend, &["BULK"; 5]).await;
    let (db, now) = (&app.running.app.db, app.running.app.now());
    message::Entity::update_many()
        .col_expr(message::Column::Status, MessageStatus::Accepted.into())
        .col_expr(message::Column::UpdatedAt, now.into())
        .exec(db.write())
        .await
        .unwrap();
    let (mut place, mut seen) = (None, HashSet::new());
    loop {
        let until = now + TimeDelta::seconds(1);
        let page = store::messages::stale(db.read(), Stale::Unfinished, place, until, 2)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        place = Some((last.updated_at, last.id));
        assert!(page.iter().all(|it| seen.insert(it.id)), "one came twice");
    }
    assert_eq!(seen.len(), 5);
    app.running.stop().await;
}

async fn what_is_wrong_with_a_row_is_told_from_what_is_wrong_with_the_database(backend: Backend) {
    let app = with_queue(backend, &["BULK"]).await;
    let db = &app.running.app.db;
    let known = message::Entity::find()
        .one(db.read())
        .await
        .unwrap()
        .unwrap();
    let again = store::messages::insert_all(db.write(), [known.clone()]).await;
    assert!(store::is_about_content(&again.unwrap_err()));

    let lock = app.lock_database().await;
    let other = message::Model {
        id: app.running.app.new_id(),
        ..known
    };
    let locked = store::messages::insert_all(db.write(), [other]).await;
    assert!(!store::is_about_content(&locked.unwrap_err()));
    lock.open().await;
    app.running.stop().await;
}
