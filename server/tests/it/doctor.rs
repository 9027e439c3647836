//! What an operator sees of `waybill doctor`, `waybill twilio` and `health`: one fault, one failing line, with the fix.

use std::collections::HashMap;

use chrono::TimeDelta;
use entity::api_token::Scope;
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};
use waybill::clock::{Clock, Ids};
use waybill::flows::access::{self, TokenWish};
use waybill::presence;

use crate::support::{
    ACCOUNT, Backend, Outside, Settings, TOKEN, TestApp, free_port, on_both, run,
};

on_both!(
    beside_a_running_sandbox_all_is_in_order,
    with_redis_stopped_only_that_line_fails,
    with_a_wrong_token_only_that_line_fails,
    with_a_malformed_sender_only_that_line_fails,
    with_the_clock_off_only_that_line_fails,
    a_database_of_another_version_is_told_apart,
);

/// What `waybill doctor --json` said, and its exit code.
struct Said {
    checks: Vec<Value>,
    code: Option<i32>,
}

impl Said {
    fn with(&self, status: &str) -> Vec<&str> {
        let of = self.checks.iter().filter(|it| it["status"] == status);
        of.map(|it| it["name"].as_str().unwrap()).collect()
    }

    /// One line failed, its measured value and fix hold these words, and nothing else is even to be looked at.
    fn only_fails(&self, name: &str, words: &[&str]) {
        assert_eq!(self.with("FAIL"), [name], "{:#?}", self.checks);
        assert!(self.with("WARN").is_empty(), "{:#?}", self.checks);
        assert_eq!(self.code, Some(1));
        let check = self.checks.iter().find(|it| it["name"] == name).unwrap();
        let text = format!("{} {}", check["measured"], check["fix"]);
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}

async fn doctor(settings: &Settings) -> Said {
    let output = run(&["doctor", "--json"], settings).await;
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    for secret in ["TWILIO_AUTH_TOKEN", "DATABASE_URL"] {
        if let Some(secret) = settings.get(secret) {
            assert!(
                !text.contains(secret) && !errors.contains(secret),
                "{text}{errors}"
            );
        }
    }
    let mut report: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}{errors}"));
    Said {
        checks: serde_json::from_value(report["checks"].take()).unwrap(),
        code: output.status.code(),
    }
}

/// A sandbox that reported itself, and the settings that it shares with whoever looks after it.
async fn sandbox(backend: Backend) -> (TestApp, Settings) {
    let app = TestApp::new(backend).await;
    while presence::nodes(&app.running.app).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let config = &app.running.app.config;
    let mut settings = HashMap::from([
        ("DATA_DIR".to_owned(), app.data_dir().display().to_string()),
        ("PORT".to_owned(), app.running.address.port().to_string()),
    ]);
    if !config.is_sqlite() {
        let url = config.database_url.expose().to_owned();
        settings.insert("DATABASE_URL".to_owned(), url);
    }
    (app, settings)
}

/// The same settings, for a real account.
fn live(settings: &Settings, outside: &Outside) -> Settings {
    let mut settings = settings.clone();
    settings.extend(
        [
            ("TWILIO_API_BASE_URL", outside.url().as_str()),
            ("TWILIO_ACCOUNT_SID", ACCOUNT),
            ("TWILIO_AUTH_TOKEN", TOKEN),
            ("TWILIO_WHATSAPP_FROM", "whatsapp:+14155238886"),
            ("PUBLIC_URL", outside.url().as_str()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    settings
}

fn changed(settings: &Settings, name: &str, value: &str) -> Settings {
    let mut settings = settings.clone();
    settings.insert(name.to_owned(), value.to_owned());
    settings
}

async fn beside_a_running_sandbox_all_is_in_order(backend: Backend) {
    let (app, settings) = sandbox(backend).await;
    let said = doctor(&settings).await;
    assert_eq!(said.with("OK").len(), 11, "{:#?}", said.checks);
    assert_eq!((said.checks.len(), said.code), (11, Some(0)));
    let output = run(&["doctor"], &settings).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with("11 checks: 11 OK\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "no color in a pipe");
    app.running.stop().await;
}

async fn with_redis_stopped_only_that_line_fails(backend: Backend) {
    let (app, settings) = sandbox(backend).await;
    let nowhere = format!("redis://127.0.0.1:{}", free_port());
    let said = doctor(&changed(&settings, "REDIS_URL", &nowhere)).await;
    said.only_fails("redis", &["refused", "REDIS_URL", "rate"]);
    assert_eq!(said.with("OK").len(), 10, "{:#?}", said.checks);
    app.running.stop().await;
}

async fn with_a_wrong_token_only_that_line_fails(backend: Backend) {
    let (app, settings) = sandbox(backend).await;
    let outside = Outside::new(ACCOUNT, TOKEN).await;
    let settings = live(&settings, &outside);
    let well = doctor(&settings).await;
    assert_eq!(well.with("OK").len(), 11, "{:#?}", well.checks);
    let wrong = "ffffffffffffffffffffffffffffffff";
    let said = doctor(&changed(&settings, "TWILIO_AUTH_TOKEN", wrong)).await;
    said.only_fails("credentials", &["401", "20003", "TWILIO_AUTH_TOKEN"]);
    assert_eq!(said.with("SKIP"), ["sender", "public URL"]);
    app.running.stop().await;
}

async fn with_a_malformed_sender_only_that_line_fails(backend: Backend) {
    let (app, settings) = sandbox(backend).await;
    let said = doctor(&changed(&settings, "TWILIO_WHATSAPP_FROM", "12")).await;
    said.only_fails(
        "sender",
        &["TWILIO_WHATSAPP_FROM", "12", "correct it", "+14155238886"],
    );
    assert_eq!(said.with("OK").len(), 10, "{:#?}", said.checks);
    app.running.stop().await;
}

async fn with_the_clock_off_only_that_line_fails(backend: Backend) {
    let (app, settings) = sandbox(backend).await;
    let outside = Outside::ahead(ACCOUNT, TOKEN, TimeDelta::seconds(300)).await;
    let said = doctor(&live(&settings, &outside)).await;
    said.only_fails("clock", &["behind", "NTP"]);
    assert_eq!(said.with("OK").len(), 10, "{:#?}", said.checks);
    app.running.stop().await;
}

#[tokio::test]
async fn with_the_database_away_only_that_line_fails() {
    let (app, settings) = sandbox(Backend::Sqlite).await;
    let nowhere = format!("postgres://me:hunter2@127.0.0.1:{}/waybill", free_port());
    let said = doctor(&changed(&settings, "DATABASE_URL", &nowhere)).await;
    said.only_fails("database", &["refused", "DATABASE_URL"]);
    assert_eq!(said.with("SKIP"), ["worker", "queue"]);
    app.running.stop().await;
}

async fn a_database_of_another_version_is_told_apart(backend: Backend) {
    let (app, settings) = sandbox(backend).await;
    let database = Database::connect(app.running.app.config.database_url.expose())
        .await
        .unwrap();
    let newer =
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99991231_000099_later', 1)";
    database.execute_unprepared(newer).await.unwrap();
    let said = doctor(&settings).await;
    said.only_fails(
        "database",
        &["newer than this program", "version of waybill"],
    );
    let older = "DELETE FROM seaql_migrations WHERE version > 'm20261123'";
    database.execute_unprepared(older).await.unwrap();
    let said = doctor(&settings).await;
    said.only_fails("database", &["older than this program", "waybill migrate"]);
    database.close().await.unwrap();
    app.running.stop().await;
}

#[tokio::test]
async fn where_a_server_with_another_token_answers_the_public_urls_line_says_so() {
    let (app, settings) = sandbox(Backend::Sqlite).await;
    let outside = Outside::new(ACCOUNT, TOKEN).await;
    let elsewhere = Outside::new(ACCOUNT, "00000000000000000000000000000000").await;
    let settings = changed(&live(&settings, &outside), "PUBLIC_URL", &elsewhere.url());
    doctor(&settings).await.only_fails(
        "public URL",
        &["refuses our signature", "TWILIO_AUTH_TOKEN"],
    );
    app.running.stop().await;
}

#[tokio::test]
async fn where_nothing_runs_it_says_so_once_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let settings = HashMap::from([
        ("DATA_DIR".to_owned(), data.display().to_string()),
        ("PORT".to_owned(), free_port().to_string()),
    ]);
    let said = doctor(&settings).await;
    assert_eq!(said.with("FAIL"), ["credentials"], "{:#?}", said.checks);
    let fix = said
        .checks
        .iter()
        .find(|it| it["name"] == "credentials")
        .unwrap();
    assert!(
        fix["fix"].as_str().unwrap().contains("waybill serve"),
        "{fix}"
    );
    assert_eq!(said.code, Some(1));
    assert!(!data.exists(), "it looks and makes nothing");
}

#[tokio::test]
async fn a_server_tells_of_its_health_to_operators_and_looks_again_only_later() {
    let outside = Outside::new(ACCOUNT, TOKEN).await;
    let mut app = TestApp::with(
        Backend::Sqlite,
        &[
            ("TWILIO_API_BASE_URL", &outside.url()),
            ("TWILIO_ACCOUNT_SID", ACCOUNT),
            ("TWILIO_AUTH_TOKEN", TOKEN),
            ("TWILIO_WHATSAPP_FROM", "+14155238886"),
            ("PUBLIC_URL", &outside.url()),
        ],
    )
    .await;
    while presence::nodes(&app.running.app).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let query = "{ health { status at checks { name status measured fix durationMs } } }";
    let first = app.query(query, json!({})).await;
    assert_eq!(first["health"]["status"], "OK", "{first:#}");
    assert_eq!(first["health"]["checks"].as_array().unwrap().len(), 11);
    assert!(!first.to_string().contains(TOKEN));
    assert_eq!(app.query(query, json!({})).await, first, "looked at once");

    let wish = TokenWish {
        name: "reader".into(),
        scope: Scope::Read,
        life: None,
    };
    let (db, clock) = (&app.running.app.db, Clock::system());
    let reader = access::new_token(db, &clock, &Ids::default(), wish).await;
    app.token = reader.unwrap().1;
    let refused = app.query_raw(query, json!({})).await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{refused}"
    );
    app.running.stop().await;
}

#[tokio::test]
async fn what_twilio_has_set_is_shown_beside_what_is_expected() {
    let right = Outside::new(ACCOUNT, TOKEN).await;
    let settings = live(&Settings::new(), &right);
    let output = run(&["twilio", "status"], &settings).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.contains("✓ incoming messages") && text.contains("\"Shop\", active, Full"),
        "{text}"
    );

    let wrong = Outside::calling(ACCOUNT, TOKEN, "https://old.example.com/hook").await;
    let output = run(&["twilio", "status"], &live(&Settings::new(), &wrong)).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    let expected = format!("{}/api/v1/whatsapp/webhook", wrong.url());
    for word in [
        "✗ incoming messages",
        "https://old.example.com/hook",
        &expected,
        "console",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }

    // A service that the API does not show is no fault of the settings.
    let service = (
        "TWILIO_MESSAGING_SERVICE_SID",
        "MG00112233445566778899aabbccddeeff",
    );
    let settings = changed(&settings, service.0, service.1);
    let output = run(&["twilio", "status", "--json"], &settings).await;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        told["untold"][0].as_str().unwrap().contains("404"),
        "{told}"
    );
    assert_eq!(output.status.code(), Some(0), "{told}");
}

#[tokio::test]
async fn error_codes_are_explained_and_unknown_ones_are_said_to_be() {
    let explain = async |arguments: &[&str]| {
        let output = run(arguments, &Settings::new()).await;
        let text = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), text, errors)
    };
    let (code, text, _) = explain(&["twilio", "error", "63016"]).await;
    assert!(code == Some(0) && text.contains("24-hour"), "{text}");
    let (code, text, errors) = explain(&["twilio", "error", "21610", "99999"]).await;
    assert_eq!(code, Some(1));
    assert!(
        text.contains("opted out") && errors.contains("99999"),
        "{text}{errors}"
    );
    let (code, text, _) = explain(&["twilio", "error"]).await;
    assert_eq!((code, text.lines().count()), (Some(0), 135));
    let (code, _, _) = explain(&["twilio", "error", "many"]).await;
    assert_eq!(code, Some(2), "wrong usage");
}
