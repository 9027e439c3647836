//! What leaves in files and without GraphQL, and why messages failed.

use std::time::Duration;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use entity::api_token::Scope;
use entity::message_event::EventKind;
use entity::types::{Lane, MessageStatus};
use entity::{message, stats_minute};
use reqwest::StatusCode;
use sea_orm::{EntityTrait as _, IntoActiveModel};
use serde_json::{Value, json};
use waybill::store;
use waybill::store::message_events::NewEvent;
use waybill::store::messages::{Filter, Side};

use crate::access::{ask, token};
use crate::support::{
    Answer, Backend, Process, Settings, Socket, Stub, TestApp, free_port, on_both,
};

on_both!(
    thousands_of_messages_leave_as_a_table_and_as_lines,
    what_has_not_left_is_taken_back_together,
    one_message_is_read_without_graphql,
    failures_are_grouped_by_their_cause,
    no_failure_is_left_out_of_the_groups_of_a_long_range,
    a_list_tells_how_it_divides_and_stays_as_it_was,
);

/// Copies of one scheduled message.
async fn copies(app: &TestApp, count: usize, body: impl Fn(usize) -> String) {
    let app = &app.running.app;
    let (all, newest) = (Filter::default(), Side::Older(None));
    let rows = store::messages::page(app.db.read(), &all, newest, 1).await;
    let rows = rows.unwrap().remove(0);
    for part in (0..count).collect::<Vec<_>>().chunks(500) {
        let copy = |n: &usize| message::Model {
            id: app.new_id(),
            body: Some(body(*n)),
            ..rows.clone()
        };
        let copies: Vec<_> = part.iter().map(copy).collect();
        let told = |it: &message::Model| NewEvent::moved(it.id, EventKind::Created, it.status);
        let told = copies.iter().map(told).collect();
        let tx = store::begin(&app.db).await.unwrap();
        store::messages::insert_all(&tx, copies).await.unwrap();
        store::message_events::append(&tx, app.now(), told)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

async fn scheduled(app: &TestApp) -> Value {
    let later = app.running.app.now() + TimeDelta::hours(1);
    let input = json!({ "to": "+9779800000001", "body": "first", "sendAt": later });
    app.send(input).await["message"]["id"].take()
}

async fn text(app: &TestApp, path: &str) -> String {
    let answer = app.get(path).bearer_auth(&app.token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let way = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(way.starts_with("attachment; filename=\"messages-"), "{way}");
    answer.text().await.unwrap()
}

async fn thousands_of_messages_leave_as_a_table_and_as_lines(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    scheduled(&app).await;
    copies(&app, 3_000, |n| match n {
        7 => "=HYPERLINK(\"http://x\")".into(),
        8 => "अर्डर, \"तयार\"".into(),
        _ => format!("row {n}"),
    })
    .await;
    let table = text(&app, "/api/v1/messages.csv").await;
    assert!(table.starts_with("\u{feff}id,createdAt,"));
    assert_eq!(table.matches("\r\n").count(), 3_002, "header and rows");
    for n in [0, 499, 500, 2_999] {
        assert_eq!(table.matches(&format!(",row {n},")).count(), 1, "{n}");
    }
    assert!(table.contains(",\"'=HYPERLINK(\"\"http://x\"\")\","));
    assert!(table.contains(",\"अर्डर, \"\"तयार\"\"\","));
    let lines = text(&app, "/api/v1/messages.ndjson?search=row&status=scheduled").await;
    let rows: Vec<Value> = lines
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(rows.len(), 2_998);
    assert_eq!(
        (&rows[0]["body"], &rows[0]["lane"]),
        (&json!("row 2999"), &json!("NORMAL"))
    );
    assert_eq!(
        text(&app, "/api/v1/messages.ndjson?search=nothing").await,
        ""
    );
    assert_eq!(
        text(&app, "/api/v1/messages.csv?status=read")
            .await
            .lines()
            .count(),
        1
    );
    for (query, words) in [
        ("?statis=x", "do you mean status"),
        ("?contactId=x", "contactId"),
        ("?search=%22x", "not closed"),
    ] {
        let path = format!("/api/v1/messages.csv{query}");
        let answer = app.get(&path).bearer_auth(&app.token).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let problem: Value = answer.json().await.unwrap();
        assert!(
            problem["detail"].as_str().unwrap().contains(words),
            "{problem}"
        );
    }
    let stranger = app.get("/api/v1/messages.csv").send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    app.running.stop().await;
}

/// A quarter of them warms up what a server keeps of any reading, e.g. pages of the database.
const MANY: usize = 10_000;
const LONG: usize = 12_000;
/// On a machine that does many other things too.
const PATIENCE: Duration = Duration::from_mins(2);
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_of_any_length_takes_little_memory() {
    let app = TestApp::new(Backend::Sqlite).await;
    scheduled(&app).await;
    let db = app.running.app.db.write();
    let (all, newest) = (Filter::default(), Side::Older(None));
    let row = store::messages::page(db, &all, newest, 1).await;
    let row = row.unwrap().remove(0);
    for _ in 0..MANY / 500 {
        let copy = |n: usize| message::Model {
            id: app.running.app.new_id(),
            body: Some("x".repeat(LONG)),
            lane: if n.is_multiple_of(4) {
                Lane::Bulk
            } else {
                Lane::Normal
            },
            ..row.clone()
        };
        let copies = (0..500).map(copy).collect::<Vec<_>>();
        store::messages::insert_all(db, copies).await.unwrap();
    }
    let data_dir = app.data_dir().display().to_string();
    app.running.stop().await;
    let port = free_port();
    let settings: Settings = [
        ("PORT", port.to_string()),
        ("LOG_DIR", format!("{data_dir}/logs")),
        ("DATA_DIR", data_dir),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let start = || Process::start(&["serve"], &settings, &["Dashboard"]).0;
    let process = tokio::task::block_in_place(start);
    let http = waybill::gateway::http_client();
    let get = |path: &str| {
        let url = format!("http://127.0.0.1:{port}{path}");
        http.get(url).bearer_auth(&app.token).timeout(PATIENCE)
    };
    let export = async |path: &str| {
        let mut answer = get(path).send().await.unwrap();
        let mut bytes = 0;
        while let Some(part) = answer.chunk().await.unwrap() {
            bytes += part.len();
        }
        (bytes, process.most_memory_kib())
    };
    let (some, before) = export("/api/v1/messages.csv?lane=bulk").await;
    let (all, after) = export("/api/v1/messages.csv").await;
    assert!(some > MANY / 4 * LONG && all > MANY * LONG, "{some}, {all}");
    if let Some((before, after)) = before.zip(after) {
        let more_kib = (all - some) as u64 / 1_024;
        println!(
            "{more_kib} KiB more left with {} KiB more memory",
            after - before
        );
        // Whoever keeps it all has more than once as much.
        assert!(
            after - before < more_kib * 3 / 4,
            "{before} KiB, then {after} KiB"
        );
    }
}

/// More than the buffers of both ends take.
const LARGE: usize = 3_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_breaks_off_when_the_right_to_it_is_taken_back() {
    let app = TestApp::new(Backend::Sqlite).await;
    scheduled(&app).await;
    let db = app.running.app.db.write();
    let (all, newest) = (Filter::default(), Side::Older(None));
    let row = store::messages::page(db, &all, newest, 1).await;
    let row = row.unwrap().remove(0);
    for _ in 0..LARGE / 500 {
        let copy = |_| message::Model {
            id: app.running.app.new_id(),
            body: Some("x".repeat(LONG)),
            ..row.clone()
        };
        let copies = (0..500).map(copy).collect::<Vec<_>>();
        store::messages::insert_all(db, copies).await.unwrap();
    }
    let (id, guest) = token(&app, Scope::Send).await;
    let get = app.get("/api/v1/messages.csv").bearer_auth(&guest);
    let mut export = get.send().await.unwrap();
    assert!(export.chunk().await.unwrap().is_some());
    // It ends when whoever came in by this token is shown out.
    let forever = json!({ "query": "subscription { messageEvents { cursor } }" });
    let follow = app.post("/graphql").bearer_auth(&guest).json(&forever);
    let follow = follow.header("accept", "text/event-stream");
    let follow = follow.send().await.unwrap();
    let admin = token(&app, Scope::Manage).await.1;
    let revoke = "mutation($id: ID!) { revokeToken(id: $id) { userErrors { code } } }";
    ask(&app, &admin, revoke, json!({ "id": id })).await;
    follow.text().await.unwrap();
    assert!(export.bytes().await.is_err(), "a part is no whole");
    app.running.stop().await;
}

async fn what_has_not_left_is_taken_back_together(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    scheduled(&app).await;
    copies(&app, 450, |n| format!("row {n}")).await;
    let input = json!({ "to": "+9779800000002", "body": "row x", "lane": "IMMEDIATE" });
    let sent = app.send(input).await;
    assert_eq!(sent["message"]["status"], "ACCEPTED");
    let query =
        "mutation($f: MessageFilter!, $dry: Boolean!) { cancelMessages(filter: $f, dryRun: $dry) {
        matchingCount canceledCount userErrors { code } } }";
    for (search, dry, matching, canceled) in [
        ("row", true, 450, 0),
        ("row", false, 450, 450),
        ("row", false, 0, 0),
    ] {
        let variables = json!({ "f": { "search": search }, "dry": dry });
        let done = app.query(query, variables).await["cancelMessages"].take();
        let expected =
            json!({ "matchingCount": matching, "canceledCount": canceled, "userErrors": [] });
        assert_eq!(done, expected);
    }
    let bad = json!({ "f": { "search": "statis:x" }, "dry": false });
    let bad = app.query(query, bad).await["cancelMessages"].take();
    assert_eq!(bad["userErrors"][0]["code"], "INVALID_CONTENT");
    let left = "{ messages(filter: { status: [SCHEDULED, ACCEPTED] }) { nodes { id } } }";
    let left = app.query(left, json!({})).await["messages"]["nodes"].take();
    assert_eq!(left.as_array().unwrap().len(), 2, "the others stay");
    app.running.stop().await;
}

async fn one_message_is_read_without_graphql(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let id = scheduled(&app).await;
    let get = |id: String| {
        let path = format!("/api/v1/messages/{id}");
        app.get(&path).bearer_auth(&app.token).send()
    };
    let answer = get(id.as_str().unwrap().into()).await.unwrap();
    let message: Value = answer.json().await.unwrap();
    assert_eq!(message["id"], id);
    assert_eq!(message["status"], "SCHEDULED");
    assert_eq!(message["to"], "whatsapp:+9779800000001");
    for unknown in ["msg_01h455vb4pex5vsknk084sn02q", "x"] {
        let answer = get(unknown.into()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{unknown}");
    }
    app.running.stop().await;
}

async fn failures_are_grouped_by_their_cause(backend: Backend) {
    let answers = [
        Answer::Refuse(21211),
        Answer::Refuse(63016),
        Answer::Refuse(21211),
    ];
    let stub = Stub::new(&answers).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    for n in 1..4 {
        let to = format!("+977980000000{n}");
        let input = json!({ "to": to, "body": n.to_string(), "lane": "IMMEDIATE" });
        app.send(input).await;
        socket.until(|it| it["status"] == "FAILED").await;
    }
    let query = "query($from: DateTime!, $to: DateTime!) { failureGroups(from: $from, to: $to) {
        code count firstAt lastAt trend error { meaning } example { body } } }";
    let now = app.running.app.now();
    let hours = |n| now + TimeDelta::hours(n);
    let range = json!({ "from": hours(-23), "to": hours(1) });
    let groups = app.query(query, range).await["failureGroups"].take();
    assert_eq!(groups.as_array().unwrap().len(), 2, "{groups}");
    let first = &groups[0];
    assert_eq!(
        (&first["code"], &first["count"]),
        (&json!(21211), &json!(2))
    );
    assert_eq!(first["example"]["body"], "3", "the newest");
    assert!(first["error"]["meaning"].is_string());
    let trend: Vec<i64> = serde_json::from_value(first["trend"].clone()).unwrap();
    assert_eq!((trend.len(), trend.iter().sum::<i64>()), (24, 2));
    assert_eq!(trend[22] + trend[23], 2, "{trend:?}");
    let long_ago = json!({ "from": hours(-48), "to": hours(-24) });
    assert_eq!(app.query(query, long_ago).await["failureGroups"], json!([]));
    for bad in [
        json!({ "from": now, "to": now }),
        json!({ "from": hours(-24 * 93), "to": now }),
    ] {
        let answer = app.query_raw(query, bad).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
    app.running.stop().await;
}

async fn no_failure_is_left_out_of_the_groups_of_a_long_range(backend: Backend) {
    let app = TestApp::new(backend).await;
    let db = app.running.app.db.write();
    let end = app.running.app.now().duration_trunc(TimeDelta::minutes(1));
    let end = end.unwrap();
    let minutes: i64 = 90_000;
    let of = |n: i64, error_code: i32| stats_minute::Model {
        minute: end - TimeDelta::minutes(n + 1),
        kind: EventKind::Failed,
        status: MessageStatus::Failed,
        error_code,
        count: 1,
    };
    let rows: Vec<_> = (0..minutes)
        .flat_map(|n| [of(n, 63016), of(n, 21211)])
        .collect();
    for part in rows.chunks(5_000) {
        let part = part.iter().cloned().map(IntoActiveModel::into_active_model);
        let part = stats_minute::Entity::insert_many(part);
        part.exec_without_returning(db).await.unwrap();
    }
    let query = "query($from: DateTime!, $to: DateTime!) { failureGroups(from: $from, to: $to) { count trend firstAt lastAt } }";
    let range = json!({ "from": end - TimeDelta::minutes(minutes), "to": end });
    let groups = app.query(query, range).await["failureGroups"].take();
    let groups = groups.as_array().unwrap();
    assert_eq!(groups.len(), 2, "{groups:?}");
    for group in groups {
        assert_eq!(group["count"], minutes);
        assert_eq!(group["trend"], json!(vec![minutes / 24; 24]));
        let at = |key: &str| group[key].as_str().unwrap().parse::<DateTime<Utc>>();
        assert_eq!(at("firstAt").unwrap(), end - TimeDelta::minutes(minutes));
        assert_eq!(at("lastAt").unwrap(), end - TimeDelta::minutes(1));
    }
    app.running.stop().await;
}

async fn a_list_tells_how_it_divides_and_stays_as_it_was(backend: Backend) {
    let stub = Stub::new(&[Answer::Refuse(21211)]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    for _ in 0..2 {
        scheduled(&app).await;
    }
    let input = json!({ "to": "+9779800000002", "body": "x", "lane": "IMMEDIATE" });
    app.send(input).await;
    let as_of = app.running.app.now();
    let query = "query($f: MessageFilter) { messages(filter: $f) { nodes { id }
        facets { status { value count } direction { value count } lane { value count } isExact } } }";
    let filter = json!({ "f": { "asOf": as_of } });
    let before = app.query(query, filter.clone()).await["messages"].take();
    let expected = json!({
        "status": [{ "value": "SCHEDULED", "count": 2 }, { "value": "FAILED", "count": 1 }],
        "direction": [{ "value": "OUTBOUND", "count": 3 }],
        "lane": [{ "value": "NORMAL", "count": 2 }, { "value": "IMMEDIATE", "count": 1 }],
        "isExact": true
    });
    assert_eq!(before["facets"], expected);
    scheduled(&app).await;
    let after = app.query(query, filter).await["messages"].take();
    assert_eq!(after, before);
    let now = app.query(query, json!({})).await["messages"].take();
    assert_eq!(now["nodes"].as_array().unwrap().len(), 4);
    app.running.stop().await;
}
