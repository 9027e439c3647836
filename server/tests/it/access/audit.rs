//! The audit log: who changed what, and who may read of it.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::log;
use crate::support::{Backend, TestApp, on_both};

on_both!(
    every_change_is_in_the_audit_log_with_who_and_what_and_no_text,
    only_administrators_read_the_audit_log_and_tokens
);

async fn every_change_is_in_the_audit_log_with_who_and_what_and_no_text(backend: Backend) {
    let app = TestApp::new(backend).await;
    app.query(
        "mutation { pauseQueue(reason: \"x\") { userErrors { code } } }",
        json!({}),
    )
    .await;
    let sent = app
        .send(json!({ "to": "+9779800000001", "body": "geheim" }))
        .await;
    let id = sent["message"]["id"].as_str().unwrap().to_owned();
    let refused = app.send(json!({ "to": "12", "body": "geheim" })).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_NUMBER");
    let many = "mutation { sendMessages(input: { messages: [{ to: \"+9779800000002\", body: \"geheim\" }, { to: \"+9779800000003\", body: \"geheim\" }] }) { acceptedCount } }";
    app.query(many, json!({})).await;
    for (mutation, key) in [
        (
            "mutation($id: ID!) { cancelMessage(id: $id) { userErrors { code } } }",
            "cancelMessage",
        ),
        (
            "mutation($id: ID!) { retryMessage(id: $id) { userErrors { code } } }",
            "retryMessage",
        ),
    ] {
        let data = app.query(mutation, json!({ "id": id })).await;
        assert_eq!(data[key]["userErrors"], json!([]), "{data}");
    }
    app.query(
        "mutation { resumeQueue { userErrors { code } } }",
        json!({}),
    )
    .await;
    let body = json!({ "to": "+9779800000004", "message": "geheim" });
    let rest = app
        .post("/api/v1/whatsapp/send")
        .bearer_auth(&app.token)
        .json(&body);
    assert_eq!(rest.send().await.unwrap().status(), StatusCode::ACCEPTED);
    app.query(
        "mutation { retryMessages(filter: {}) { job { id } } }",
        json!({}),
    )
    .await;

    let entries = log(&app, Value::Null).await;
    let own: Vec<&Value> = entries
        .iter()
        .filter(|it| it["actorName"] == "test")
        .collect();
    let actions: Vec<&str> = own
        .iter()
        .map(|it| it["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "retryMessages",
            "sendMessage",
            "resumeQueue",
            "retryMessage",
            "cancelMessage",
            "sendMessages",
            "sendMessage",
            "pauseQueue"
        ]
    );
    assert!(own.iter().all(|it| it["client"] == "127.0.0.1"), "{own:?}");
    assert!(
        own.iter()
            .all(|it| it["actor"].as_str().unwrap().starts_with("tok_"))
    );
    assert_eq!(
        (&own[6]["target"], &own[6]["after"]["count"]),
        (&json!(id), &json!(1))
    );
    assert_eq!(
        (&own[5]["target"], &own[5]["after"]["count"]),
        (&Value::Null, &json!(2))
    );
    let made = entries
        .iter()
        .find(|it| it["action"] == "createToken")
        .unwrap();
    assert_eq!(made["actor"], "cli");
    let whole = json!(entries).to_string();
    for secret in ["geheim", "98000000", "wb_"] {
        assert!(!whole.contains(secret), "{secret} is in {whole}");
    }
    let about = log(&app, json!({ "target": id, "action": "retryMessage" })).await;
    assert_eq!(about.len(), 1, "{about:?}");
    app.running.stop().await;
}

async fn only_administrators_read_the_audit_log_and_tokens(backend: Backend) {
    let app = TestApp::new(backend).await;
    for query in [
        "{ auditLog { nodes { id } } }",
        "{ tokens { id } }",
        "{ users { id } }",
        "mutation { createToken(input: { name: \"x\", scope: MANAGE }) { secret } }",
    ] {
        let answer = app.query_raw(query, json!({})).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "FORBIDDEN",
            "{query}: {answer}"
        );
    }
    app.running.stop().await;
}
