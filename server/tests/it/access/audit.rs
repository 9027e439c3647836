//! The audit log: who changed what, and who may read of it.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{admin, ask, log};
use crate::support::{Backend, TestApp, on_both};

on_both!(
    every_change_is_in_the_audit_log_with_who_and_what_and_no_text,
    only_administrators_read_the_audit_log_and_tokens,
    a_change_tells_what_was_before_and_what_is_since_then,
    whoever_takes_whole_numbers_out_or_reads_raw_events_is_written_down_once,
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

/// Changes of one thing each: of a contact, a conversation, a message.
const CHANGES: [(&str, usize); 9] = [
    (
        "mutation($id: ID!) { done: updateContact(input: { id: $id, tags: [\"vip\"], note: \"x\" }) { userErrors { code } } }",
        0,
    ),
    (
        "mutation($id: ID!) { done: blockContact(id: $id) { userErrors { code } } }",
        0,
    ),
    (
        "mutation($id: ID!) { done: unblockContact(id: $id) { userErrors { code } } }",
        0,
    ),
    (
        "mutation($id: ID!) { done: optOutContact(id: $id) { userErrors { code } } }",
        0,
    ),
    (
        "mutation($id: ID!) { done: optInContact(id: $id) { userErrors { code } } }",
        0,
    ),
    (
        "mutation($id: ID!) { done: claimConversation(id: $id) { userErrors { code } } }",
        1,
    ),
    (
        "mutation($id: ID!) { done: resolveConversation(id: $id) { userErrors { code } } }",
        1,
    ),
    (
        "mutation($id: ID!) { done: cancelMessage(id: $id) { userErrors { code } } }",
        2,
    ),
    (
        "mutation($id: ID!) { done: retryMessage(id: $id) { userErrors { code } } }",
        2,
    ),
];

async fn a_change_tells_what_was_before_and_what_is_since_then(backend: Backend) {
    let app = TestApp::new(backend).await;
    let found = "{ contacts(first: 2) { nodes { id conversations { id } } } }";
    let found = app.query(found, json!({})).await["contacts"]["nodes"].take();
    let (id, other, talk) = (
        &found[0]["id"],
        &found[1]["id"],
        &found[0]["conversations"][0]["id"],
    );
    let later = app.running.app.now() + chrono::TimeDelta::hours(1);
    let waits = json!({ "to": "+9779800000001", "body": "x", "sendAt": later });
    let message = app.send(waits).await["message"]["id"].take();
    let do_it = async |mutation: &str, variables: Value| {
        let data = app.query(mutation, variables).await;
        assert_eq!(data["done"]["userErrors"], json!([]), "{mutation}: {data}");
    };
    for (mutation, of) in CHANGES {
        let id = [id, talk, &message][of];
        do_it(mutation, json!({ "id": id })).await;
    }
    for mutation in [
        "mutation { done: pauseQueue(lane: BULK) { userErrors { code } } }",
        "mutation { done: resumeQueue(lane: BULK) { userErrors { code } } }",
        "mutation { done: retryMessages(filter: {}) { userErrors { code } } }",
    ] {
        do_it(mutation, json!({})).await;
    }
    let merge = "mutation($from: ID!, $into: ID!) { done: mergeContacts(from: $from, into: $into) { userErrors { code } } }";
    do_it(merge, json!({ "from": id, "into": other })).await;
    let (tok, _) = super::token(&app, entity::api_token::Scope::Read).await;
    let admin = admin(&app).await;
    let revoke = "mutation($id: ID!) { revokeToken(id: $id) { userErrors { code } } }";
    ask(&app, &admin, revoke, json!({ "id": tok })).await;

    tells_both(&log(&app, Value::Null).await, id);
    app.running.stop().await;
}

fn tells_both(entries: &[Value], id: &Value) {
    for (action, before, after) in [
        (
            "updateContact",
            json!({ "tags": [] }),
            json!({ "tags": ["vip"], "note": true }),
        ),
        (
            "claimConversation",
            json!({ "state": "BOT" }),
            json!({ "state": "PERSON" }),
        ),
        (
            "resolveConversation",
            json!({ "state": "PERSON" }),
            json!({ "state": "RESOLVED" }),
        ),
        (
            "cancelMessage",
            json!({ "status": "SCHEDULED" }),
            json!({ "status": "CANCELED" }),
        ),
        (
            "retryMessage",
            json!({ "status": "CANCELED" }),
            json!({ "status": "QUEUED" }),
        ),
        ("blockContact", json!({ "blockedAt": null }), json!({})),
        ("unblockContact", json!({}), json!({ "blockedAt": null })),
        ("optOutContact", json!({ "optedOutAt": null }), json!({})),
        ("optInContact", json!({}), json!({ "optedOutAt": null })),
        (
            "pauseQueue",
            json!({ "paused": [] }),
            json!({ "lane": "bulk" }),
        ),
        ("resumeQueue", json!({}), json!({ "lane": "bulk" })),
        ("retryMessages", json!({}), json!({})),
        ("mergeContacts", json!({ "from": id }), json!({})),
        ("revokeToken", json!({ "scope": "READ" }), json!({})),
    ] {
        let entry = entries.iter().find(|it| it["action"] == action);
        let entry = entry.unwrap_or_else(|| panic!("no {action} in {entries:?}"));
        for (key, expected) in [("before", before), ("after", after)] {
            assert!(entry[key].is_object(), "{action}: {entry}");
            for (name, value) in expected.as_object().unwrap() {
                assert_eq!(entry[key][name], *value, "{action}.{key}.{name}: {entry}");
            }
        }
    }
}

async fn whoever_takes_whole_numbers_out_or_reads_raw_events_is_written_down_once(
    backend: Backend,
) {
    let app = TestApp::new(backend).await;
    for number in ["+9779800000001", "+9779800000002"] {
        app.write_as(number, "hi").await;
    }
    for path in ["/api/v1/messages.csv", "/api/v1/messages.ndjson"] {
        let file = app.get(path).bearer_auth(&app.token).send().await.unwrap();
        assert_eq!(file.status(), StatusCode::OK);
        file.text().await.unwrap();
    }
    let admin = admin(&app).await;
    let raw = "{ webhookEvents { nodes { id body } } again: webhookEvents { nodes { body } } }";
    let read = ask(&app, &admin, raw, json!({})).await;
    let nodes = read["data"]["webhookEvents"]["nodes"].as_array().unwrap();
    assert!(nodes.len() >= 2 && nodes[0]["body"].is_string(), "{read}");
    ask(
        &app,
        &admin,
        "{ webhookEvents { nodes { id } } }",
        json!({}),
    )
    .await;
    let exports = log(&app, json!({ "action": "exportMessages" })).await;
    let formats: Vec<&Value> = exports.iter().map(|it| &it["after"]["format"]).collect();
    assert_eq!(formats, ["ndjson", "csv"]);
    let reads = log(&app, json!({ "action": "readWebhookEvents" })).await;
    assert_eq!(reads.len(), 1, "once a request: {reads:?}");
    assert!(reads[0]["target"].as_str().unwrap().starts_with("whe_"));
    app.running.stop().await;
}
