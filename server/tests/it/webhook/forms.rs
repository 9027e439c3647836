//! Every form in which Twilio may call: GET, JSON, other keys, behind proxies.

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use waybill::gateway::signature::{Algorithm, Key, sign, sign_with};
use waybill::gateway::wire::Form;

use super::ROUTE;
use crate::support::{ACCOUNT, Backend, Socket, Stub, TOKEN, TestApp, on_both};

const SIGNATURE: &str = "X-Twilio-Signature";
const SETTINGS: &str = "X-Twilio-Webhooks-Signature-Settings";
const STATUS: &str = "/api/v1/whatsapp/status";

on_both!(
    a_message_that_comes_by_get_is_answered_like_any_other,
    an_event_stream_moves_messages_like_callbacks,
);

impl TestApp {
    /// What Twilio writes into the header for this path and form.
    pub(super) fn signature(&self, path: &str, form: &str) -> String {
        let app = &self.running.app;
        let url = format!("{}{path}", app.public_url);
        let form = Form::decode(form.as_bytes());
        sign(app.account.auth_token.expose(), &url, form.pairs())
    }

    /// Posts a form as it is.
    pub(super) fn form(&self, path: &str, form: &str) -> RequestBuilder {
        let kind = "application/x-www-form-urlencoded; charset=UTF-8";
        let request = self.post(path).header("Content-Type", kind);
        request.body(form.to_owned())
    }

    /// Posts JSON to a path with its digest.
    pub(super) fn json(&self, path: &str, body: &str) -> RequestBuilder {
        let digest = hex::encode(Sha256::digest(body));
        let path = format!("{path}?bodySHA256={digest}");
        self.post(&path)
            .header("Content-Type", "application/json")
            .header(SIGNATURE, self.signature(&path, ""))
            .body(body.to_owned())
    }
}

pub(super) async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

async fn a_message_that_comes_by_get_is_answered_like_any_other(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let path = format!(
        "{ROUTE}?From=whatsapp%3A%2B9779800000001&To=whatsapp%3A%2B14155238886&Body=hi+%F0%9F%A6%8A&MessageSid=SM00000000000000000000000000000009"
    );
    let signed = || app.get(&path).header(SIGNATURE, app.signature(&path, ""));
    let answer = signed().send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/xml; charset=utf-8");
    // Once more changes nothing.
    assert_eq!(status(signed()).await, StatusCode::OK);
    let events = socket.until(|it| it["status"] == "READ").await;
    assert_eq!(events[0]["message"]["body"], "hi 🦊");
    assert_eq!(app.messages().await.len(), 2);
    // Nobody who does not know the token; and none of it is Twilio's to post to the other route.
    assert_eq!(status(app.get(&path)).await, StatusCode::FORBIDDEN);
    let forged = app.get(&format!("{path}x"));
    let forged = forged.header(SIGNATURE, app.signature(&path, ""));
    assert_eq!(status(forged).await, StatusCode::FORBIDDEN);
    // A question without a message is answered and kept nowhere.
    let idle = app.get(ROUTE).header(SIGNATURE, app.signature(ROUTE, ""));
    assert_eq!(status(idle).await, StatusCode::OK);
    assert_eq!(app.messages().await.len(), 2);
    app.running.stop().await;
}

async fn an_event_stream_moves_messages_like_callbacks(backend: Backend) {
    let app = TestApp::with_stub(backend, &Stub::new(&[]).await).await;
    let sent = app
        .send(json!({ "to": "+9779800000002", "body": "x", "lane": "IMMEDIATE" }))
        .await;
    let id = sent["message"]["id"].as_str().unwrap().to_owned();
    let sid = sent["message"]["twilioSid"].as_str().unwrap().to_owned();
    let event = |word: &str| {
        json!({ "specversion": "1.0", "type": format!("com.twilio.messaging.message.{word}"), "id": format!("EZ{word}"),
            "data": { "accountSid": ACCOUNT, "messageSid": sid, "messageStatus": word.to_uppercase() } })
    };
    let list = json!([event("sent"), event("delivered"), { "type": "com.twilio.other" }]);
    let mut socket = Socket::follow(&app, Some("e0")).await;
    assert_eq!(status(app.json(STATUS, &list.to_string())).await, 200);
    socket.until(|it| it["status"] == "DELIVERED").await;
    // At least once, says Twilio; and one event alone, on the other route.
    for _ in 0..2 {
        let read = event("read").to_string();
        assert_eq!(status(app.json(ROUTE, &read)).await, 200);
    }
    socket.until(|it| it["status"] == "READ").await;
    assert_eq!(app.message(&id).await["status"], "READ");
    assert_eq!(app.rows().await.0, 3);
    // Anything else that is signed is answered and kept nowhere.
    let other = json!({ "type": "com.twilio.error-logs.error.logged", "data": {} }).to_string();
    assert_eq!(status(app.json(ROUTE, &other)).await, 200);
    assert_eq!(app.rows().await.0, 3);
    let metrics = app.get("/metrics").send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains(r#"result="ignored"} 1"#), "{metrics}");
    app.running.stop().await;
}

#[tokio::test]
async fn json_is_let_in_only_with_the_digest_of_its_very_bytes() {
    let app = TestApp::new(Backend::Sqlite).await;
    let body = r#"{"event":"message.delivered","text":"naïve ✓","n":1}"#;
    assert_eq!(status(app.json(ROUTE, body)).await, StatusCode::OK);
    let changed = app.json(ROUTE, body).body(format!("{body} "));
    assert_eq!(status(changed).await, StatusCode::FORBIDDEN);
    let bare = app.json(ROUTE, body).build().unwrap();
    let signed = app.signature(ROUTE, "");
    let without = app.post(ROUTE).header(SIGNATURE, signed);
    let without = without.headers(
        [(
            "content-type".parse().unwrap(),
            bare.headers()["content-type"].clone(),
        )]
        .into_iter()
        .collect(),
    );
    let without = without.body(body).send().await.unwrap();
    assert_eq!(without.status(), StatusCode::FORBIDDEN);
    let why: Value = without.json().await.unwrap();
    assert!(
        why["detail"].as_str().unwrap().contains("bodySHA256"),
        "{why}"
    );
    // As a form the same bytes are signed by nobody.
    let kind = "application/x-www-form-urlencoded";
    let mut as_form = app.json(ROUTE, body).build().unwrap();
    as_form
        .headers_mut()
        .insert("content-type", kind.parse().unwrap());
    let url = as_form.url().clone();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let as_form = app
        .post(&path)
        .headers(as_form.headers().clone())
        .body(body);
    assert_eq!(status(as_form).await, StatusCode::FORBIDDEN);
    assert_eq!(app.rows().await, (0, 0));
    app.running.stop().await;
}

#[tokio::test]
async fn both_auth_tokens_open_the_door_while_they_are_rotated() {
    let stub = Stub::new(&[]).await;
    let settings = [
        ("TWILIO_API_BASE_URL", stub.url()),
        ("TWILIO_ACCOUNT_SID", ACCOUNT.to_owned()),
        ("TWILIO_AUTH_TOKEN", "f".repeat(32)),
        ("TWILIO_AUTH_TOKEN_SECONDARY", TOKEN.to_owned()),
        ("WHATSAPP_PHONE_NUMBER", "+14155238886".to_owned()),
        ("PUBLIC_URL", "https://me:secret@wa.example.com".to_owned()),
    ];
    let settings: Vec<_> = settings.iter().map(|it| (it.0, it.1.as_str())).collect();
    let app = TestApp::with(Backend::Sqlite, &settings).await;
    let form =
        "MessageSid=SM1&Body=x&From=whatsapp%3A%2B9779800000001&To=whatsapp%3A%2B14155238886";
    let decoded = Form::decode(form.as_bytes());
    let url = format!("https://me:secret@wa.example.com{ROUTE}");
    for (token, expected) in [
        (TOKEN, StatusCode::OK),
        (&*"f".repeat(32), StatusCode::OK),
        (&*"e".repeat(32), StatusCode::FORBIDDEN),
    ] {
        let signature = sign(token, &url, decoded.pairs());
        let request = app.form(ROUTE, form).header(SIGNATURE, signature);
        assert_eq!(status(request).await, expected);
    }
    app.running.stop().await;
}

#[tokio::test]
async fn a_shared_key_opens_the_door_under_its_own_name_only() {
    let settings = [("TWILIO_SHARED_KEYS", "KY1=one, KY2=two")];
    let app = TestApp::with(Backend::Sqlite, &settings).await;
    let url = format!("{}{ROUTE}", app.running.app.public_url);
    let token = app.running.app.account.auth_token.expose();
    let (sha1, sha256) = (Algorithm::HmacSha1, Algorithm::HmacSha256);
    for (key, named, is_right) in [
        (
            Key::shared("one", sha256),
            "key=KY1,algorithm=HMAC_SHA256",
            true,
        ),
        (
            Key::shared("two", sha256),
            "algorithm=HMAC_SHA256, key=KY2",
            true,
        ),
        (
            Key::shared("one", sha1),
            "key=KY1,algorithm=HMAC_SHA1",
            true,
        ),
        // Without an algorithm the auth token signs.
        (Key::token(token), "key=KY1", true),
        (Key::shared("one", sha1), "key=KY1", false),
        (
            Key::shared("two", sha256),
            "key=KY1,algorithm=HMAC_SHA256",
            false,
        ),
        (
            Key::shared("one", sha1),
            "key=KY1,algorithm=HMAC_SHA256",
            false,
        ),
        (Key::shared("one", sha256), "key=KY1,algorithm=NONE", false),
        // Neither an unknown key nor the lack of one falls back on another.
        (Key::token(token), "key=KY3,algorithm=HMAC_SHA1", false),
        (Key::token(token), "key=KY3", false),
        (Key::token(token), "algorithm=HMAC_SHA1", false),
        (Key::shared("", sha256), "algorithm=HMAC_SHA256", false),
    ] {
        let form = "MessageSid=SM1&Body=x";
        let signature = sign_with(key, &url, Form::decode(form.as_bytes()).pairs());
        let request = app.form(ROUTE, form).header(SIGNATURE, signature);
        let answer = status(request.header(SETTINGS, named)).await;
        let expected = if is_right { 200 } else { 403 };
        assert_eq!(answer, expected, "{named}");
    }
    app.running.stop().await;
}

#[tokio::test]
async fn only_a_trusted_proxy_may_say_where_twilio_called() {
    let form = "MessageSid=SM1&Body=x";
    for (trusted, expected) in [
        ("127.0.0.0/8", StatusCode::OK),
        ("10.0.0.0/8", StatusCode::FORBIDDEN),
    ] {
        let settings = [
            ("TRUSTED_PROXIES", trusted),
            ("PUBLIC_URL", "https://old.example.com"),
        ];
        let app = TestApp::with(Backend::Sqlite, &settings).await;
        let token = app.running.app.account.auth_token.expose();
        let url = format!("https://wa.example.com:8443{ROUTE}");
        let signature = sign(token, &url, Form::decode(form.as_bytes()).pairs());
        let request = app
            .form(ROUTE, form)
            .header(SIGNATURE, signature)
            .header("X-Forwarded-Proto", "https")
            .header("X-Forwarded-Host", "wa.example.com")
            .header("X-Forwarded-Port", "8443");
        assert_eq!(status(request).await, expected, "{trusted}");
        // PUBLIC_URL counts behind a proxy too.
        let direct = app
            .form(ROUTE, form)
            .header(SIGNATURE, app.signature(ROUTE, form));
        assert_eq!(
            status(direct.header("X-Forwarded-Host", "x.example")).await,
            200
        );
        app.running.stop().await;
    }
}

#[tokio::test]
async fn the_allow_list_counts_for_the_address_behind_trusted_proxies() {
    let settings = [
        ("WEBHOOK_IP_ALLOWLIST", "203.0.113.0/24, 2001:db8::/32"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let app = TestApp::with(Backend::Sqlite, &settings).await;
    let form = "MessageSid=SM1&Body=x";
    for (client, expected) in [
        ("203.0.113.9", 200),
        ("203.0.113.9:5678", 200),
        ("::ffff:203.0.113.9", 200),
        ("[2001:db8::1]:80", 200),
        ("198.51.100.1", 403),
        ("203.0.113.9, 198.51.100.1", 403),
        ("nonsense", 403),
    ] {
        let request = app.form(ROUTE, form).header("X-Forwarded-For", client);
        let signed = request.header(SIGNATURE, app.signature(ROUTE, form));
        assert_eq!(status(signed).await, expected, "{client}");
    }
    let believed = app.form(ROUTE, form).header("Forwarded", "for=203.0.113.9");
    let believed = believed.header(SIGNATURE, app.signature(ROUTE, form));
    assert_eq!(status(believed).await, 403);
    app.running.stop().await;
}

#[tokio::test]
async fn a_probe_learns_whether_its_signature_came_through_and_leaves_nothing() {
    let app = TestApp::with(
        Backend::Sqlite,
        &[("PUBLIC_URL", "https://me:pw@wa.example.com")],
    )
    .await;
    let path = format!("{ROUTE}?probe=1f2e");
    for (signature, expected) in [
        (app.signature(&path, ""), "valid"),
        (app.signature(ROUTE, ""), "invalid"),
    ] {
        let asked = app.get(&path).header(SIGNATURE, signature);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let answer: Value = answer.json().await.unwrap();
        let url = format!("https://wa.example.com{path}");
        assert_eq!(answer, json!({ "signature": expected, "expectedUrl": url }));
    }
    let people = app.get(&path).send().await.unwrap().text().await.unwrap();
    assert!(people.starts_with("Waybill"), "{people}");
    assert_eq!(app.rows().await, (0, 0));
    app.running.stop().await;
}

#[tokio::test]
async fn a_slash_at_the_end_of_the_address_in_twilios_console_does_no_harm() {
    let app = TestApp::new(Backend::Sqlite).await;
    for route in [ROUTE, STATUS] {
        let path = format!("{route}/");
        let form = "MessageSid=SM1&MessageStatus=mystery";
        let signed = app
            .form(&path, form)
            .header(SIGNATURE, app.signature(&path, form));
        assert_eq!(status(signed).await, 200, "{path}");
    }
    app.running.stop().await;
}

#[tokio::test]
async fn headers_and_urls_beyond_all_measure_are_refused_by_their_own_names() {
    let app = TestApp::new(Backend::Sqlite).await;
    let many = (0..150).fold(app.get(ROUTE), |it, n| it.header(format!("x-{n}"), "x"));
    assert_eq!(
        status(many).await,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    let long = app.get(ROUTE).header("x-long", "x".repeat(1_000_000));
    assert_eq!(
        status(long).await,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    // No client that is written well makes such a URL.
    let mut stream = TcpStream::connect(app.running.address).await.unwrap();
    let request = format!(
        "GET {ROUTE}?{} HTTP/1.1\r\nHost: x\r\n\r\n",
        "x".repeat(66_000)
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 414");
    assert_eq!(status(app.get(ROUTE)).await, StatusCode::OK);
    app.running.stop().await;
}
