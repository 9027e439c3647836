//! Whatever is not let in, an operator learns why, and what to do.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta};
use entity::api_token::Scope;
use entity::webhook_refusal::{Model, RefusalReason};
use serde_json::{Value, json};
use waybill::flows::access::{self, TokenWish};
use waybill::gateway::signature::sign;
use waybill::gateway::wire::Form;
use waybill::store::webhook_refusals;

use super::ROUTE;
use super::forms::status;
use crate::support::{Backend, TestApp, on_both};

const SIGNATURE: &str = "X-Twilio-Signature";
const FORM: &str = "MessageSid=SM1&Body=ol%C3%A1+&ButtonText=";
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(50);

on_both!(
    the_same_refusal_is_counted_and_another_stands_for_itself,
    only_the_newest_causes_are_kept,
);

impl TestApp {
    async fn token_for_reading(&self) -> String {
        let app = &self.running.app;
        let wish = TokenWish {
            name: "reader".into(),
            scope: Scope::Read,
            life: None,
        };
        let made = access::new_token(&app.db, &app.clock, &app.ids, wish).await;
        made.unwrap().1
    }

    /// The refusals, as soon as they are written down that are waited for.
    async fn refusals(&self, is_complete: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let query = "{ webhookRefusals { reason route client detail count firstAt lastAt } }";
        let all = async {
            loop {
                let found = self.query(query, json!({})).await;
                let found = found["webhookRefusals"].as_array().unwrap().clone();
                if is_complete(&found) {
                    return found;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(PATIENCE, all).await.unwrap()
    }
}

async fn the_same_refusal_is_counted_and_another_stands_for_itself(backend: Backend) {
    let app = TestApp::new(backend).await;
    for _ in 0..3 {
        assert_eq!(status(app.form(ROUTE, FORM)).await, 403);
    }
    let count = |of: &[Value]| {
        of.iter()
            .map(|it| it["count"].as_i64().unwrap())
            .sum::<i64>()
    };
    let found = app.refusals(|it| count(it) == 3).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["reason"], "UNSIGNED");
    assert_eq!(found[0]["client"], "127.0.0.1");
    assert_eq!(found[0]["route"], ROUTE);
    // Later, and on the other route.
    assert_eq!(status(app.form(ROUTE, FORM)).await, 403);
    assert_eq!(status(app.form("/api/v1/whatsapp/status", FORM)).await, 403);
    let found = app.refusals(|it| count(it) == 5).await;
    let counts: Vec<_> = found
        .iter()
        .map(|it| it["count"].as_i64().unwrap())
        .collect();
    assert!(counts == [1, 4] || counts == [4, 1], "{found:?}");
    assert_eq!(app.rows().await, (0, 0));
    app.running.stop().await;
}

async fn only_the_newest_causes_are_kept(backend: Backend) {
    let app = TestApp::new(backend).await;
    let db = app.running.app.db.write();
    let row = |number: i64| Model {
        id: app.running.app.new_id(),
        reason: RefusalReason::WrongSignature,
        route: ROUTE.to_owned(),
        client: format!("client {number}"),
        detail: String::new(),
        count: 1,
        first_at: DateTime::UNIX_EPOCH,
        last_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(number),
    };
    webhook_refusals::add(db, (0..20).map(row).collect())
        .await
        .unwrap();
    webhook_refusals::add(db, (10..30).map(row).collect())
        .await
        .unwrap();
    webhook_refusals::trim(db, 15).await.unwrap();
    let left = webhook_refusals::newest(db, 100).await.unwrap();
    let told: Vec<_> = left
        .iter()
        .map(|it| (it.client.clone(), it.count))
        .collect();
    let expected: Vec<_> = (15..30)
        .rev()
        .map(|it| (format!("client {it}"), if it < 20 { 2 } else { 1 }))
        .collect();
    assert_eq!(told, expected);
    let deleted = webhook_refusals::delete_before(db, row(20).last_at).await;
    assert_eq!(deleted.unwrap(), 5);
    app.running.stop().await;
}

/// What a request was signed for, what else it carries, and what an operator reads.
struct Case {
    url: &'static str,
    headers: &'static [(&'static str, &'static str)],
    reason: &'static str,
    detail: &'static str,
}

const CASES: &[Case] = &[
    Case {
        url: "https://wa.example.com",
        headers: &[],
        reason: "WRONG_URL",
        detail: "set PUBLIC_URL=https://wa.example.com",
    },
    Case {
        url: "https://other.example.com",
        headers: &[("Host", "other.example.com")],
        reason: "WRONG_URL",
        detail: "set PUBLIC_URL=https://other.example.com",
    },
    Case {
        url: "https://far.example.com:8443",
        headers: &[
            ("X-Forwarded-Host", "far.example.com"),
            ("X-Forwarded-Port", "8443"),
            ("X-Forwarded-Proto", "https"),
        ],
        reason: "WRONG_URL",
        detail: "set TRUSTED_PROXIES=127.0.0.1",
    },
    Case {
        url: "http://me:se:cret@wa.example.com",
        headers: &[("Authorization", "Basic me:se:cret")],
        reason: "WRONG_URL",
        detail: "PUBLIC_URL, as in Twilio's console: http://USER:PASSWORD@wa.example.com",
    },
    Case {
        url: "https://unknown.example.com",
        headers: &[("X-Forwarded-Host", "far.example.com")],
        reason: "WRONG_SIGNATURE",
        detail: "TWILIO_AUTH_TOKEN",
    },
];

#[tokio::test]
async fn a_wrong_signature_is_explained_by_the_url_that_it_is_right_for() {
    let app = TestApp::with(Backend::Sqlite, &[("PUBLIC_URL", "http://wa.example.com")]).await;
    let token = app.running.app.account.auth_token.expose();
    let decoded = Form::decode(FORM.as_bytes());
    for case in CASES {
        let signature = sign(token, &format!("{}{ROUTE}", case.url), decoded.pairs());
        let mut request = app.form(ROUTE, FORM).header(SIGNATURE, signature);
        for (name, value) in case.headers {
            let basic = value.strip_prefix("Basic ");
            let encoded = basic.map(|it| format!("Basic {}", STANDARD.encode(it)));
            request = request.header(*name, encoded.as_deref().unwrap_or(value));
        }
        assert_eq!(status(request).await, 403);
        let is_told = |it: &Value| {
            it["reason"] == case.reason && it["detail"].as_str().unwrap().contains(case.detail)
        };
        let found = app.refusals(|it| it.iter().any(is_told)).await;
        let told = serde_json::to_string(&found).unwrap();
        assert!(!told.contains("cret") && !told.contains(token), "{told}");
    }
    // The path, as a proxy may have changed it.
    for (signed_for, called, detail) in [
        (
            format!("{ROUTE}/"),
            ROUTE.to_owned(),
            "matches http://wa.example.com/api/v1/whatsapp/webhook/:",
        ),
        (
            ROUTE.to_owned(),
            format!("{ROUTE}?added=1"),
            "without the query that came",
        ),
    ] {
        let signature = app.signature(&signed_for, FORM);
        let request = app.form(&called, FORM).header(SIGNATURE, signature);
        assert_eq!(status(request).await, 403);
        let is_told = |it: &Value| it["detail"].as_str().unwrap().contains(detail);
        app.refusals(|it| it.iter().any(is_told)).await;
    }
    assert_eq!(app.rows().await, (0, 0));
    app.running.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_body_or_account_is_told_too() {
    let app = TestApp::new(Backend::Sqlite).await;
    let other = "MessageSid=SM1&AccountSid=AC99999999999999999999999999999999";
    let other = app
        .form(ROUTE, other)
        .header(SIGNATURE, app.signature(ROUTE, other));
    assert_eq!(status(other).await, 403);
    let many = "A=1&".repeat(1_000);
    let many = app.form(ROUTE, &many).header(SIGNATURE, "x");
    assert_eq!(status(many).await, 413);
    let parts = app
        .post(ROUTE)
        .header("Content-Type", "multipart/form-data; boundary=x");
    assert_eq!(
        status(parts.header(SIGNATURE, "x").body("--x--")).await,
        415
    );
    let changed = app.json(ROUTE, "[]").body("[ ]");
    assert_eq!(status(changed).await, 403);
    let no_json = app.json(ROUTE, "A=1");
    assert_eq!(status(no_json).await, 400);
    let reasons = [
        "OTHER_ACCOUNT",
        "TOO_LARGE",
        "UNREADABLE",
        "CHANGED_BODY",
        "UNREADABLE",
    ];
    let found = app.refusals(|it| it.len() == reasons.len()).await;
    for reason in reasons {
        assert!(
            found.iter().any(|it| it["reason"] == reason),
            "{reason}: {found:?}"
        );
    }
    assert_eq!(app.rows().await, (0, 0));
    app.running.stop().await;
}

#[tokio::test]
async fn refusals_are_for_operators_and_in_bounds() {
    let app = TestApp::new(Backend::Sqlite).await;
    let reader = app.token_for_reading().await;
    let body = json!({ "query": "{ webhookRefusals { count } }" });
    let asked = app.post("/graphql").bearer_auth(reader).json(&body);
    let answer: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{answer}"
    );
    for first in [-1, 0, 501] {
        let query = format!("{{ webhookRefusals(first: {first}) {{ count }} }}");
        let answer = app.query_raw(&query, json!({})).await;
        let why = answer["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(why.contains("1 to 500"), "{why}");
    }
    app.running.stop().await;
}
