//! What customers send besides words can be looked at, and can do no harm; templates and the rest of Twilio's API work.

use entity::api_token::Scope;
use reqwest::StatusCode;
use serde_json::{Value, json};
use waybill::gateway::simulator::Writing;
use waybill::gateway::twilio::AskError;

use crate::access::token;
use crate::support::{Answer, Backend, Socket, Stub, TestApp, on_both};

const ASHA: &str = "+9779800000001";
const ORDER_UPDATE: &str = "HX00000000000000000000000000000001";
const SURVEY: &str = "HX00000000000000000000000000000004";

on_both!(
    a_customers_picture_is_fetched_once_and_shown,
    what_a_browser_could_run_is_only_offered_to_be_saved,
    a_file_named_after_a_number_is_renamed_for_who_may_only_read,
    media_of_others_and_of_foreign_hosts_are_not_fetched,
    templates_are_listed_previewed_and_sent,
    a_message_can_be_taken_back_blanked_and_deleted_at_twilio,
);

async fn a_customers_picture_is_fetched_once_and_shown(backend: Backend) {
    let app = TestApp::new(backend).await;
    let picture = sent_from_phone(&app, json!({ "type": "image", "body": "look" })).await;
    assert_eq!(
        (&picture["contentKind"], &picture["body"]),
        (&json!("IMAGE"), &json!("look"))
    );
    let path = picture["media"][0]["url"].as_str().unwrap();
    let stranger = app.get(path).send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    let first = app.get(path).bearer_auth(&app.token).send().await.unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    let headers = first.headers();
    assert!(
        headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("image/")
    );
    assert_eq!(headers["content-disposition"], "inline");
    assert!(
        headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let bytes = first.bytes().await.unwrap();
    assert!(!bytes.is_empty());
    // Twilio has it no more; we do.
    let twilio = &app.running.app.twilio;
    let sid = picture["twilioSid"].as_str().unwrap();
    twilio.delete(sid).await.unwrap();
    let part = app
        .get(path)
        .bearer_auth(&app.token)
        .header("Range", "bytes=0-3");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.unwrap(), bytes[..4]);
    app.running.stop().await;
}

async fn what_a_browser_could_run_is_only_offered_to_be_saved(backend: Backend) {
    let app = TestApp::new(backend).await;
    let page = "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==";
    let name = "\"b\u{131}ll\".html";
    let media = json!({ "contentType": "text/html", "base64": page, "filename": name });
    let document = json!({ "type": "document", "media": media });
    let document = sent_from_phone(&app, document).await;
    let path = document["media"][0]["url"].as_str().unwrap();
    let answer = app.get(path).bearer_auth(&app.token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    let disposition = answer.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(
        disposition,
        "attachment; filename*=UTF-8''%22b%C4%B1ll%22%2Ehtml"
    );
    app.running.stop().await;
}

async fn a_file_named_after_a_number_is_renamed_for_who_may_only_read(backend: Backend) {
    let app = TestApp::new(backend).await;
    let name = "bill 9779800000042.pdf";
    let media = json!({ "contentType": "application/pdf", "base64": "JVBERi0=", "filename": name });
    let document = sent_from_phone(&app, json!({ "type": "document", "media": media })).await;
    let path = document["media"][0]["url"].as_str().unwrap();
    let reader = token(&app, Scope::Read).await.1;
    for (credential, sees_all) in [(&app.token, true), (&reader, false)] {
        let answer = app.get(path).bearer_auth(credential).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let disposition = answer.headers()["content-disposition"].to_str().unwrap();
        assert_eq!(
            disposition.contains("9779800000042"),
            sees_all,
            "{disposition}"
        );
        assert!(disposition.contains("bill%20977"), "{disposition}");
    }
    app.running.stop().await;
}

async fn media_of_others_and_of_foreign_hosts_are_not_fetched(backend: Backend) {
    let stub = Stub::new(&[Answer::Take]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let input =
        json!({ "to": ASHA, "mediaUrls": ["http://127.0.0.1:9/secret"], "lane": "IMMEDIATE" });
    let ours = app.send(input).await["message"]["id"].take();
    let form = [
        ("MessageSid", "SM000000000000000000000000000000aa"),
        ("From", "whatsapp:+9779800000001"),
        ("To", "whatsapp:+14155238886"),
        ("MessageType", "image"),
        ("NumMedia", "1"),
        ("MediaUrl0", "http://127.0.0.1:9/2010-04-01/secret"),
    ];
    let mut socket = Socket::follow(&app, Some("e0")).await;
    assert_eq!(
        app.signed("/api/v1/whatsapp/webhook", &form).await,
        StatusCode::OK
    );
    let events = socket.until(|it| it["kind"] == "RECEIVED").await;
    let foreign = events.last().unwrap()["message"]["id"].clone();
    for (id, number, status) in [
        (&ours, 0, StatusCode::NOT_FOUND),
        (&foreign, 1, StatusCode::NOT_FOUND),
        (&foreign, 0, StatusCode::SERVICE_UNAVAILABLE),
        (&json!("msg_nonsense"), 0, StatusCode::NOT_FOUND),
    ] {
        let path = format!("/media/{}/{number}", id.as_str().unwrap());
        let answer = app.get(&path).bearer_auth(&app.token).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
    app.running.stop().await;
}

async fn templates_are_listed_previewed_and_sent(backend: Backend) {
    let app = TestApp::new(backend).await;
    let data = app
        .query(
            "{ templates { sid name approval variables body } }",
            json!({}),
        )
        .await;
    let found = data["templates"].as_array().unwrap();
    let order = found.iter().find(|it| it["sid"] == ORDER_UPDATE).unwrap();
    assert_eq!(
        (&order["name"], &order["approval"]),
        (&json!("order_update"), &json!("APPROVED"))
    );
    assert_eq!(order["variables"], json!(["1", "2"]));

    let query = "mutation($input: SendMessageInput!) { previewMessage(input: $input) { text lengthLimit userErrors { code field } } }";
    let stranger = "+97796000000";
    let preview = async |input: Value| {
        app.query(query, json!({ "input": input })).await["previewMessage"].take()
    };
    let variables = json!({ "1": "आशा", "2": "#7" });
    let good = preview(
        json!({ "to": stranger, "contentSid": ORDER_UPDATE, "contentVariables": variables }),
    )
    .await;
    assert_eq!(good["userErrors"], json!([]), "{good}");
    assert!(good["text"].as_str().unwrap().contains("आशा"), "{good}");
    for (sid, variables, code, field) in [
        (
            ORDER_UPDATE,
            json!({ "1": "आशा", "9": "x" }),
            "INVALID_CONTENT",
            "contentVariables",
        ),
        (SURVEY, json!({}), "INVALID_CONTENT", "contentSid"),
        (
            "HX00112233445566778899aabbccddeeff",
            json!({}),
            "INVALID_CONTENT",
            "contentSid",
        ),
    ] {
        let bad =
            preview(json!({ "to": stranger, "contentSid": sid, "contentVariables": variables }))
                .await;
        let expected = json!({ "code": code, "field": [field] });
        assert!(
            bad["userErrors"].as_array().unwrap().contains(&expected),
            "{bad}"
        );
    }
    let mut socket = Socket::follow(&app, Some("e0")).await;
    app.send(json!({ "to": stranger, "contentSid": ORDER_UPDATE, "contentVariables": variables }))
        .await;
    socket.until(|it| it["status"] == "READ").await;
    app.running.stop().await;
}

async fn a_message_can_be_taken_back_blanked_and_deleted_at_twilio(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let letter = sent_from_phone(&app, json!({ "body": "hi" })).await;
    let typing =
        "mutation($id: ID!) { showTyping(messageId: $id) { isShown userErrors { code } } }";
    let shown = app.query(typing, json!({ "id": letter["id"] })).await;
    assert_eq!(
        shown["showTyping"],
        json!({ "isShown": true, "userErrors": [] })
    );
    let events = socket.until(|it| it["status"] == "READ").await;
    let reply = events.last().unwrap()["message"]["id"].clone();
    let ours = app.query(typing, json!({ "id": reply })).await;
    assert_eq!(ours["showTyping"]["userErrors"][0]["code"], "NOT_FOUND");

    let sid = app.message(reply.as_str().unwrap()).await["twilioSid"].take();
    let (twilio, sid) = (&app.running.app.twilio, sid.as_str().unwrap());
    let late = twilio.cancel(sid).await;
    assert!(
        matches!(&late, Err(error) if error.code() == Some(30409)),
        "{late:?}"
    );
    assert_eq!(twilio.redact(sid).await.unwrap().body.as_deref(), Some(""));
    twilio.delete(sid).await.unwrap();
    let gone = twilio.fetch(sid).await;
    assert!(
        matches!(gone, Err(AskError::Answer { status: 404, .. })),
        "{gone:?}"
    );
    app.running.stop().await;
}

/// A simulated customer sends it; how it is kept.
async fn sent_from_phone(app: &TestApp, writing: Value) -> Value {
    let writing = Writing {
        from: format!("whatsapp:{ASHA}"),
        ..serde_json::from_value(writing).unwrap()
    };
    let phones = app.running.app.phones.as_ref().unwrap();
    let sent = phones.write(&writing).await.unwrap();
    let mut socket = Socket::follow(app, Some("e0")).await;
    socket.until(|it| it["kind"] == "RECEIVED").await;
    let query = "query($id: ID!) { message(id: $id) { id body contentKind twilioSid media { url contentType } } }";
    app.query(query, json!({ "id": sent.sid })).await["message"].take()
}
