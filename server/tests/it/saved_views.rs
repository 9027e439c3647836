//! Views: kept once a name, seen by their owner or by everybody, deleted by who may.

use entity::api_token::Scope;
use serde_json::{Value, json};

use crate::access::{ask, token};
use crate::support::{Backend, TestApp, on_both};

on_both!(
    a_view_is_kept_once_a_name_and_seen_by_its_owner_only_until_it_is_shared,
    what_is_no_view_is_refused_and_a_viewer_shares_none,
    a_viewer_does_not_learn_a_number_from_a_view_that_another_shares,
    a_shared_view_is_deleted_by_its_owner_or_an_administrator_only,
);

const SAVE: &str = "mutation($input: SaveViewInput!) { saveView(input: $input) {
    view { id name query isShared isOwn } userErrors { code field } } }";
const DELETE: &str =
    "mutation($id: ID!) { deleteView(id: $id) { deletedId userErrors { code field } } }";

async fn save(app: &TestApp, who: &str, input: Value) -> Value {
    let answer = ask(app, who, SAVE, json!({ "input": input })).await;
    answer["data"]["saveView"].clone()
}

async fn names(app: &TestApp, who: &str) -> Vec<String> {
    let answer = ask(app, who, "{ savedViews { name } }", json!({})).await;
    let views = answer["data"]["savedViews"].as_array().unwrap().clone();
    views
        .iter()
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn a_view_is_kept_once_a_name_and_seen_by_its_owner_only_until_it_is_shared(
    backend: Backend,
) {
    let app = TestApp::new(backend).await;
    let [mine, theirs] = [
        token(&app, Scope::Send).await.1,
        token(&app, Scope::Send).await.1,
    ];
    let failed = json!({ "name": " बिग्रेका  today ", "query": "?status=failed&from=-24h" });
    let (one, two) = tokio::join!(save(&app, &mine, failed.clone()), save(&app, &mine, failed));
    assert_eq!(one["view"]["id"], two["view"]["id"], "{one} {two}");
    let view = &one["view"];
    assert_eq!(view["name"], "बिग्रेका today");
    assert_eq!(view["query"], "status=failed&from=-24h");
    assert_eq!(view["isOwn"], true);
    assert!(names(&app, &theirs).await.is_empty());
    let shared = json!({ "name": "बिग्रेका today", "query": "status=dead", "isShared": true });
    let changed = save(&app, &mine, shared).await;
    assert_eq!(changed["view"]["id"], view["id"]);
    assert_eq!(changed["view"]["query"], "status=dead");
    assert_eq!(names(&app, &theirs).await, ["बिग्रेका today"]);
    save(&app, &theirs, json!({ "name": "Amber", "query": "" })).await;
    assert_eq!(names(&app, &theirs).await, ["Amber", "बिग्रेका today"]);
    let node = "query($id: ID!) { node(id: $id) { id ... on SavedView { isOwn } } }";
    let found = ask(&app, &theirs, node, json!({ "id": view["id"] })).await;
    assert_eq!(found["data"]["node"]["isOwn"], false, "{found}");
    app.running.stop().await;
}

async fn what_is_no_view_is_refused_and_a_viewer_shares_none(backend: Backend) {
    let app = TestApp::new(backend).await;
    let viewer = token(&app, Scope::Read).await.1;
    for (name, query, code, field) in [
        (" ", "", "REQUIRED", "name"),
        (&*"x".repeat(61), "", "TOO_LONG", "name"),
        ("a\u{7}b", "", "INVALID_CONTENT", "name"),
        ("a", "status=failed#x", "INVALID_CONTENT", "query"),
        ("a", "two words", "INVALID_CONTENT", "query"),
        ("a", &*"x".repeat(2_001), "TOO_LONG", "query"),
    ] {
        let refused = save(&app, &viewer, json!({ "name": name, "query": query })).await;
        let error = json!([{ "code": code, "field": [field] }]);
        assert_eq!(refused["userErrors"], error, "{name:?} {query:?}");
    }
    let shared = json!({ "input": { "name": "a", "query": "", "isShared": true } });
    let refused = ask(&app, &viewer, SAVE, shared).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert!(names(&app, &viewer).await.is_empty());
    app.running.stop().await;
}

async fn a_viewer_does_not_learn_a_number_from_a_view_that_another_shares(backend: Backend) {
    let app = TestApp::new(backend).await;
    let operator = token(&app, Scope::Send).await.1;
    let viewer = token(&app, Scope::Read).await.1;
    for (name, query) in [
        ("Asha", "to=%2B9779800000001"),
        ("+977 980 0000001", ""),
        ("In groups", "q=980%20000%200042"),
        ("Devanagari", "q=%E0%A5%AF%E0%A5%AE%E0%A5%A6"),
        ("No time", "from=9779800000001"),
        (
            "Window closed",
            "code=63016&from=2026-11-22&to=2026-11-23T09:30:00Z",
        ),
        ("Of late", "status=failed&from=-24h&q=honey"),
        ("One contact", "address=con_00000000000000000000000000"),
    ] {
        let input = json!({ "name": name, "query": query, "isShared": true });
        save(&app, &operator, input).await;
    }
    assert_eq!(names(&app, &operator).await.len(), 8);
    let told = ["Of late", "One contact", "Window closed"];
    assert_eq!(names(&app, &viewer).await, told);
    app.running.stop().await;
}

async fn a_shared_view_is_deleted_by_its_owner_or_an_administrator_only(backend: Backend) {
    let app = TestApp::new(backend).await;
    let owner = token(&app, Scope::Send).await.1;
    let other = token(&app, Scope::Send).await.1;
    let admin = token(&app, Scope::Manage).await.1;
    let shared = async |is_shared: bool| {
        let input = json!({ "name": "Failed", "query": "status=failed", "isShared": is_shared });
        save(&app, &owner, input).await["view"]["id"].clone()
    };
    let delete = async |who: &str, id: &Value| {
        let answer = ask(&app, who, DELETE, json!({ "id": id })).await;
        answer["data"]["deleteView"].clone()
    };
    let gone = json!([{ "code": "NOT_FOUND", "field": ["id"] }]);
    let id = shared(true).await;
    assert_eq!(delete(&other, &id).await["userErrors"], gone);
    assert_eq!(delete(&admin, &id).await["deletedId"], id);
    assert_eq!(delete(&owner, &id).await["userErrors"], gone);
    let id = shared(false).await;
    assert_eq!(delete(&admin, &id).await["userErrors"], gone);
    assert_eq!(delete(&owner, &id).await["deletedId"], id);
    let audit = "{ auditLog(first: 10, filter: { action: \"deleteView\" }) { nodes { target } } }";
    let log = ask(&app, &admin, audit, json!({})).await;
    let nodes = log["data"]["auditLog"]["nodes"].as_array().unwrap().clone();
    assert_eq!(nodes.len(), 2, "{log}");
    app.running.stop().await;
}
