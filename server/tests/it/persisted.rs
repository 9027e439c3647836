//! Operations that are only named: by their hash or by a list, also where they are followed.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::streams::until;
use crate::support::{Backend, EVENTS, Socket, TestApp};

/// Takes its cursor by a variable of another name.
const FOLLOW: &str = "subscription($from: String) { messageEvents(after: $from) { cursor } }";
const PARTS: &str =
    "multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\",application/json";

/// Opens a stream by what it is named by, as a client that was told of `e2` last; what it is told up to `e3`.
async fn resumed(app: &TestApp, named: &Value, accept: &str) -> String {
    let mut body = named.clone();
    body["variables"] = json!({ "from": "e0" });
    let request = app.post("/graphql").bearer_auth(&app.token).json(&body);
    let request = request.header("accept", accept);
    let mut answer = request.header("last-event-id", "e2").send().await.unwrap();
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let wanted = accept.split([';', ',']).next().unwrap();
    assert!(kind.starts_with(wanted), "{named} as {accept}: {kind}");
    until(&mut answer, "\"cursor\":\"e3\"").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_only_named_goes_on_where_it_was_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("operations.json");
    let listed = json!({ "follow": FOLLOW, "events": EVENTS });
    std::fs::write(&file, listed.to_string()).unwrap();
    let file = file.display().to_string();
    let hash = hex::encode(Sha256::digest(FOLLOW));
    let by_hash = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let whole = json!({ "query": FOLLOW, "extensions": by_hash });
    let (by_hash, by_name) = (
        json!({ "extensions": by_hash }),
        json!({ "documentId": "follow" }),
    );
    let listed = [("PERSISTED_OPERATIONS", file.as_str())];
    for (settings, ways) in [
        (&[][..], [whole, by_hash].as_slice()),
        (&listed, &[by_name]),
    ] {
        let app = TestApp::with(Backend::Sqlite, settings).await;
        let form = [
            ("MessageSid", "SM000000000000000000000000000000aa"),
            ("From", "whatsapp:+9779800000001"),
            ("To", "whatsapp:+14155238886"),
            ("Body", "hi"),
        ];
        app.signed("/api/v1/whatsapp/webhook", &form).await;
        let mut socket = Socket::follow(&app, Some("e0")).await;
        socket.until(|it| it["cursor"] == "e3").await;
        for named in ways {
            for accept in [
                "text/event-stream",
                "text/event-stream, application/json",
                PARTS,
            ] {
                let told = resumed(&app, named, accept).await;
                let is_again = told.contains("\"e1\"") || told.contains("\"e2\"");
                assert!(!is_again, "{named} as {accept}: {told}");
            }
        }
        app.running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_list_of_operations_a_token_runs_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("operations.json");
    std::fs::write(&file, r#"{ "me": "{ viewer { name } }" }"#).unwrap();
    let file = file.display().to_string();
    let app = TestApp::with(Backend::Sqlite, &[("PERSISTED_OPERATIONS", &file)]).await;
    let ask = async |body: Value| {
        let request = app.post("/graphql").bearer_auth(&app.token).json(&body);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let listed = ask(json!({ "documentId": "me" })).await;
    assert_eq!(listed["data"]["viewer"]["name"], "test", "{listed}");
    let written_out = ask(json!({ "query": "{ viewer { name } }" })).await;
    assert_eq!(
        written_out["data"]["viewer"]["name"], "test",
        "{written_out}"
    );
    let other = ask(json!({ "query": "{ viewer { role } }" })).await;
    assert_eq!(
        other["errors"][0]["extensions"]["code"], "OPERATION_NOT_ALLOWED",
        "{other}"
    );
    let query = "query Other { viewer { role } } # no subscription";
    let hidden = ask(json!({ "documentId": "me", "query": query })).await;
    let expected = json!({ "viewer": { "name": "test" } });
    assert_eq!(hidden["data"], expected, "what is listed runs: {hidden}");
    app.running.stop().await;
}
