//! What outlives a restart.

use std::os::unix::fs::PermissionsExt as _;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::stage::{ASHA, Stage};
use crate::support::{Backend, TestApp};

#[tokio::test]
async fn account_and_phones_outlive_a_restart_and_a_reset_forgets_phones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/simulator.json");
    let stage = Stage::remembered(&path).await;
    stage.open_window().await;
    stage.change_phone(ASHA, json!({ "blocked": true })).await;
    let (account, token) = (stage.account.clone(), stage.token.clone());
    stage.end().await;
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );

    let stage = Stage::remembered(&path).await;
    assert_eq!((&stage.account, &stage.token), (&account, &token));
    let phone = stage.phone(ASHA).await;
    assert_eq!(
        (&phone["name"], &phone["blocked"]),
        (&json!("Asha"), &json!(true))
    );
    stage.change_phone(ASHA, json!({ "blocked": false })).await;
    let sid = stage.text(ASHA, "x").await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        stage.statuses(&sid, 3).await,
        ["sent", "delivered", "read"],
        "the window is open still"
    );
    let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(
        (
            &file["api"],
            &file["accountSid"],
            &file["authToken"],
            &file["publicUrl"]
        ),
        (
            &json!(stage.url),
            &json!(account),
            &json!(token),
            &json!("http://waybill.test")
        )
    );
    let reset = stage.post("/simulator/reset").send().await.unwrap();
    assert_eq!(reset.status(), StatusCode::NO_CONTENT);
    assert_eq!(stage.json("/simulator/phones").await, json!([]));
    stage.end().await;

    std::fs::write(&path, b"{\"accountSid\": 5").unwrap();
    let stage = Stage::remembered(&path).await;
    assert_ne!(
        stage.account, account,
        "a broken file is no reason not to start"
    );
    assert!(path.with_extension("json.broken").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_in_sandbox_mode_keeps_its_account_and_phones_over_a_restart() {
    let app = TestApp::new(Backend::Sqlite).await;
    app.write_as("+9779800000001", "hi").await;
    let account = app.running.app.account.account_sid.clone();
    let app = app.restart().await;
    assert_eq!(app.running.app.account.account_sid, account);
    let file = app.running.app.config.data_dir.join("simulator.json");
    let file: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let api = format!("http://{}", app.running.simulator.unwrap());
    assert_eq!(
        (&file["api"], &file["publicUrl"]),
        (&json!(api), &json!(app.url))
    );
    let query = "{ simulator { phone(address: \"+9779800000001\") { name } } }";
    let found = app.query(query, json!({})).await;
    assert_eq!(found["simulator"]["phone"]["name"], "Asha");
    let query = "{ simulator { phone(address: \"+9779800000002\") { name } } }";
    let none = app.query(query, json!({})).await;
    assert_eq!(none["simulator"]["phone"], Value::Null);
    app.running.stop().await;
}
