//! A double click: what is asked for twice with one key is done once.

use entity::api_token::Scope;
use serde_json::{Value, json};

use crate::access::{ask, token};
use crate::support::{Backend, TestApp, on_both};

on_both!(
    a_token_asked_for_twice_with_one_key_is_made_once_and_shown_once,
    a_job_asked_for_twice_with_one_key_begins_once,
);

const CREATE: &str = "mutation($input: CreateTokenInput!) { createToken(input: $input) {
    token { id } secret userErrors { code field } } }";

async fn a_token_asked_for_twice_with_one_key_is_made_once_and_shown_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let admin = token(&app, Scope::Manage).await.1;
    let create = async |name: &str, key: &str| {
        let input = json!({ "name": name, "scope": "READ", "idempotencyKey": key });
        let answer = ask(&app, &admin, CREATE, json!({ "input": input })).await;
        answer["data"]["createToken"].clone()
    };
    let (one, two) = tokio::join!(create("shop", "click-1"), create("shop", "click-1"));
    assert_eq!(one["token"]["id"], two["token"]["id"], "{one} {two}");
    let secrets = [&one, &two].map(|it| it["secret"].is_string());
    assert_ne!(secrets[0], secrets[1], "shown once: {one} {two}");
    let again = create("shop", "click-1").await;
    assert_eq!(again["token"]["id"], one["token"]["id"]);
    assert_eq!(again["secret"], Value::Null);
    let other = create("another", "click-1").await;
    let reused = json!([{ "code": "KEY_REUSED", "field": ["idempotencyKey"] }]);
    assert_eq!(other["userErrors"], reused);
    let empty = create("shop", " ").await;
    assert_eq!(empty["userErrors"][0]["code"], "REQUIRED");
    let long = create("shop", &"x".repeat(256)).await;
    assert_eq!(long["userErrors"][0]["code"], "TOO_LONG");
    let more = create("shop", "click-2").await;
    assert_ne!(more["token"]["id"], one["token"]["id"]);
    // Another administrator's key is another key.
    let colleague = token(&app, Scope::Manage).await.1;
    let input = json!({ "name": "theirs", "scope": "READ", "idempotencyKey": "click-1" });
    let theirs = ask(&app, &colleague, CREATE, json!({ "input": input })).await;
    assert!(
        theirs["data"]["createToken"]["secret"].is_string(),
        "{theirs}"
    );
    app.running.stop().await;
}

async fn a_job_asked_for_twice_with_one_key_begins_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let query = "mutation($filter: MessageFilter!, $key: String) { retryMessages(filter: $filter, idempotencyKey: $key) {
        job { id } userErrors { code field } } }";
    let retry = async |filter: Value, key: &str| {
        let variables = json!({ "filter": filter, "key": key });
        app.query(query, variables).await["retryMessages"].take()
    };
    let failed = json!({ "status": ["FAILED"] });
    let (one, two) = tokio::join!(retry(failed.clone(), "a"), retry(failed.clone(), "a"));
    assert!(one["job"]["id"].is_string(), "{one}");
    assert_eq!(one["job"], two["job"]);
    assert_ne!(retry(failed, "b").await["job"], one["job"]);
    let other = retry(json!({}), "a").await;
    let reused = json!([{ "code": "KEY_REUSED", "field": ["idempotencyKey"] }]);
    assert_eq!(other["userErrors"], reused);
    let jobs = app.query("{ bulkJobs { nodes { id } } }", json!({})).await;
    assert_eq!(jobs["bulkJobs"]["nodes"].as_array().unwrap().len(), 2);
    app.running.stop().await;
}
