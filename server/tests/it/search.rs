//! Searching messages: keys and words, in any script, whether the index knows them already or not.

use serde_json::{Value, json};
use waybill::flows::indexing;
use waybill::store;

use crate::support::{Backend, Stub, TestApp, on_both};

on_both!(
    words_and_keys_find_the_same_with_and_without_the_index,
    what_is_not_understood_is_told_with_its_place,
    the_index_forgets_what_is_erased,
);

const QUERY: &str = "query($s: String) { messages(first: 100, filter: { search: $s }) { nodes { body } totalCount { value } } }";

async fn found(app: &TestApp, search: &str) -> Vec<String> {
    let page = app.query(QUERY, json!({ "s": search })).await["messages"].take();
    let nodes = page["nodes"].as_array().unwrap().iter();
    let bodies: Vec<String> = nodes
        .map(|it| it["body"].as_str().unwrap_or("").to_owned())
        .collect();
    assert_eq!(page["totalCount"]["value"], json!(bodies.len()), "{search}");
    bodies
}

/// Waits until every message so far is in the index.
async fn indexed(app: &TestApp) {
    let db = app.running.app.db.read();
    while !store::search::texts_after(db, store::search::until(db).await.unwrap(), 1)
        .await
        .unwrap()
        .is_empty()
    {
        indexing::step(&app.running.app).await.unwrap();
    }
}

async fn words_and_keys_find_the_same_with_and_without_the_index(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let later = app.running.app.now() + chrono::TimeDelta::hours(1);
    let bodies = [
        "तपाईंको अर्डर तयार छ",
        "100% sure, \"really\"",
        "Order #1042 for José",
        "a_b c'd",
        "order\u{1}x 1042",
    ];
    for (n, body) in bodies.into_iter().enumerate() {
        let to = format!("+977980000000{n}");
        let lane = if n == 3 { "BULK" } else { "NORMAL" };
        let input = json!({ "to": to, "body": body, "lane": lane, "sendAt": later });
        app.send(input).await;
    }
    let day = app.running.app.now().format("%Y-%m-%d").to_string();
    for round in ["partly", "wholly"] {
        for (search, expected) in [
            ("अर्डर", vec![0]),
            ("र्डर तया", vec![0]),
            ("\"अर्डर तयार\"", vec![0]),
            ("\"तयार अर्डर\"", vec![]),
            ("ORDER 1042", vec![4, 2]),
            ("\"#1042 for\"", vec![2]),
            ("josé", vec![2]),
            ("%", vec![1]),
            ("_", vec![3]),
            ("c'd", vec![3]),
            ("\"\"\"really\"\"\"", vec![1]),
            ("9800000002", vec![2]),
            ("zzz", vec![]),
            ("order zzz", vec![]),
            ("status:scheduled lane:bulk", vec![3]),
            ("status:failed,scheduled to:00000001 direction:out", vec![1]),
            ("status:failed", vec![]),
            ("from:+977", vec![]),
            ("from:+1415 kind:text order", vec![4, 2]),
            ("kind:image", vec![]),
            (&format!("after:{day} 1042"), vec![4, 2]),
            (&format!("before:{day}"), vec![]),
            ("code:63016", vec![]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|n: usize| bodies[n]).collect();
            assert_eq!(found(&app, search).await, expected, "{search} ({round})");
        }
        indexed(&app).await;
    }
    app.running.stop().await;
}

async fn what_is_not_understood_is_told_with_its_place(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (search, words) in [
        (
            "hi statis:failed",
            "filter.search: at character 4: there is no key \"statis\": do you mean status:?",
        ),
        ("status:fialed", "at character 8"),
        ("\"x", "not closed"),
    ] {
        let answer = app.query_raw(QUERY, json!({ "s": search })).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
    let twice =
        "{ messages(filter: { status: [FAILED], search: \"status:read\" }) { nodes { id } } }";
    let answer = app.query_raw(twice, json!({})).await;
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("leave one out"), "{message}");
    app.running.stop().await;
}

async fn the_index_forgets_what_is_erased(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let app = app.with_rights_of_an_admin().await;
    let later = app.running.app.now() + chrono::TimeDelta::hours(1);
    for n in [1, 2] {
        let to = format!("+977980000000{n}");
        app.send(json!({ "to": to, "body": "the secret word", "sendAt": later }))
            .await;
    }
    indexed(&app).await;
    assert_eq!(found(&app, "secret").await.len(), 2);
    let query = "{ contacts(filter: { search: \"+9779800000001\" }) { nodes { id } } }";
    let id = app.query(query, json!({})).await["contacts"]["nodes"][0]["id"].take();
    let erase = "mutation($id: ID!) { eraseContact(id: $id) { erased { messages } } }";
    let erased: Value = app.query(erase, json!({ "id": id })).await;
    assert_eq!(erased["eraseContact"]["erased"]["messages"], 1);
    assert_eq!(found(&app, "secret").await.len(), 1);
    let left = store::search::matches(app.running.app.db.read(), "secret").await;
    assert_eq!(left.unwrap(), 1, "the index itself");
    app.running.stop().await;
}
