//! Tokens: made, shown once, taken back.

use entity::api_token::Scope;
use serde_json::{Value, json};

use super::{admin, ask, closes, follow, token};
use crate::support::{Backend, TestApp, on_both};

on_both!(
    a_token_is_made_shown_once_works_and_is_taken_back,
    what_a_revoked_token_opened_closes_within_a_second
);

async fn a_token_is_made_shown_once_works_and_is_taken_back(backend: Backend) {
    let app = TestApp::new(backend).await;
    let admin = admin(&app).await;
    let query = "mutation($input: CreateTokenInput!) { createToken(input: $input) { token { id prefix scope } secret userErrors { code field } } }";
    for (input, code, field) in [
        (json!({ "name": " ", "scope": "READ" }), "REQUIRED", "name"),
        (
            json!({ "name": "x".repeat(101), "scope": "READ" }),
            "TOO_LONG",
            "name",
        ),
        (
            json!({ "name": "x", "scope": "READ", "expiresAt": "2020-01-01T00:00:00Z" }),
            "IN_THE_PAST",
            "expiresAt",
        ),
        (
            json!({ "name": "x", "scope": "READ", "expiresAt": "9999-01-01T00:00:00Z" }),
            "TOO_FAR",
            "expiresAt",
        ),
    ] {
        let answer = ask(&app, &admin, query, json!({ "input": input })).await;
        let made = &answer["data"]["createToken"];
        assert_eq!(
            made["userErrors"],
            json!([{ "code": code, "field": [field] }]),
            "{answer}"
        );
        assert_eq!(made["secret"], Value::Null);
    }
    let input = json!({ "name": "पसल", "scope": "READ" });
    let mut made = ask(&app, &admin, query, json!({ "input": input })).await;
    let made = made["data"]["createToken"].take();
    let secret = made["secret"].as_str().unwrap();
    assert!(
        secret.starts_with("wb_") && secret.starts_with(made["token"]["prefix"].as_str().unwrap())
    );
    let whoami = "{ viewer { id name role } }";
    let viewer = ask(&app, secret, whoami, json!({})).await;
    assert_eq!(viewer["data"]["viewer"]["role"], "VIEWER", "{viewer}");
    assert_eq!(viewer["data"]["viewer"]["name"], "पसल");
    let listed = ask(&app, &admin, "{ tokens { id name } }", json!({})).await;
    assert!(!listed.to_string().contains(secret));

    let revoke =
        "mutation($id: ID!) { revokeToken(id: $id) { token { revokedAt } userErrors { code } } }";
    let id = json!({ "id": made["token"]["id"] });
    let done = ask(&app, &admin, revoke, id.clone()).await;
    assert!(
        done["data"]["revokeToken"]["token"]["revokedAt"].is_string(),
        "{done}"
    );
    let again = ask(&app, &admin, revoke, id).await;
    assert_eq!(
        again["data"]["revokeToken"]["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    let refused = ask(&app, secret, whoami, json!({})).await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"],
        "UNAUTHENTICATED"
    );
    app.running.stop().await;
}

async fn what_a_revoked_token_opened_closes_within_a_second(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (id, secret) = token(&app, Scope::Read).await;
    let mut other = follow(&app, &app.token).await;
    let socket = follow(&app, &secret).await;
    let admin = admin(&app).await;
    let revoke = "mutation($id: ID!) { revokeToken(id: $id) { userErrors { code } } }";
    ask(&app, &admin, revoke, json!({ "id": id })).await;
    closes(socket).await;

    // By a command beside the server: nobody tells it.
    let (id, secret) = token(&app, Scope::Read).await;
    let socket = follow(&app, &secret).await;
    let id = entity::types::Kind::ApiToken.parse(&id).unwrap();
    let tx = app.running.app.db.write();
    assert!(
        waybill::store::people::revoke_token(tx, id, app.running.app.now())
            .await
            .unwrap()
    );
    closes(socket).await;

    // Nobody else is shown out.
    app.send(json!({ "to": "+9779800000002", "body": "last" }))
        .await;
    loop {
        let heard = other.listen().await.expect("it was closed");
        if heard["payload"]["data"]["messageEvents"]["message"]["body"] == "last" {
            break;
        }
    }
    app.running.stop().await;
}
