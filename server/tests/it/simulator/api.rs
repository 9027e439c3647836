//! Credentials, the account, creating, media and typing, by Twilio's documented words.

use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill::config::Secret;
use waybill::simulator::Settings;

use super::stage::{ASHA, SENDER, SERVICE, Stage};

#[tokio::test]
async fn strangers_and_other_accounts_are_turned_away_and_an_api_key_opens() {
    let key = (
        "SK00112233445566778899aabbccddeeff".to_owned(),
        Secret::new("s3cret"),
    );
    let stage = Stage::with(|it| Settings {
        api_key: Some(key),
        ..it
    })
    .await;
    let path = stage.path("/Messages.json");
    let stranger = stage.stranger(&path).send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    assert!(stranger.headers().contains_key("www-authenticate"));
    assert!(
        stranger.headers()["twilio-request-id"]
            .to_str()
            .unwrap()
            .starts_with("RQ")
    );
    let body: Value = stranger.json().await.unwrap();
    assert_eq!(
        (&body["code"], &body["status"]),
        (&json!(20003), &json!(401))
    );
    let with_key = stage
        .stranger(&path)
        .basic_auth("SK00112233445566778899aabbccddeeff", Some("s3cret"));
    assert_eq!(with_key.send().await.unwrap().status(), StatusCode::OK);
    let other = stage
        .get("/2010-04-01/Accounts/AC0/Messages.json")
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
    let bare = stage.get(&stage.path("/Messages")).send().await.unwrap();
    let body: Value = bare.json().await.unwrap();
    assert_eq!(body["code"], 20404);
    let wrong_method = stage.delete(&path).send().await.unwrap();
    assert_eq!(wrong_method.status(), StatusCode::METHOD_NOT_ALLOWED);
    let body: Value = wrong_method.json().await.unwrap();
    assert_eq!(body["code"], 20004);
}

#[tokio::test]
async fn the_account_and_its_senders_say_where_messages_go() {
    let stage = Stage::with(|it| Settings {
        status_url: Some("http://waybill.test/status".into()),
        ..it
    })
    .await;
    let account = stage
        .json(&format!("/2010-04-01/Accounts/{}.json", stage.account))
        .await;
    assert_eq!(
        (&account["sid"], &account["status"], &account["type"]),
        (&json!(stage.account), &json!("active"), &json!("Full"))
    );
    let numbers = stage.json(&stage.path("/IncomingPhoneNumbers.json")).await;
    assert_eq!(numbers["incoming_phone_numbers"], json!([]));
    let senders = stage.json("/v2/Channels/Senders?Channel=whatsapp").await;
    let sender = &senders["senders"][0];
    assert_eq!(
        (&sender["sender_id"], &sender["status"]),
        (&json!(SENDER), &json!("ONLINE"))
    );
    assert!(sender["sid"].as_str().unwrap().starts_with("XE"));
    assert!(
        sender["webhook"]["callback_url"]
            .as_str()
            .unwrap()
            .ends_with("/in")
    );
    assert_eq!(
        sender["webhook"]["status_callback_url"],
        "http://waybill.test/status"
    );
    let service = stage.json(&format!("/v1/Services/{SERVICE}")).await;
    assert_eq!(service["status_callback"], "http://waybill.test/status");
    let unknown = stage.get("/v1/Services/MG1").send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_text_has_twilios_fields_and_goes_its_way_to_read() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let message = stage.text(ASHA, "Olá").await;
    let sid = message["sid"].as_str().unwrap();
    assert!(sid.starts_with("SM") && sid.len() == 34);
    for (field, value) in [
        ("status", json!("queued")),
        ("direction", json!("outbound-api")),
        ("num_segments", json!("1")),
        ("num_media", json!("0")),
        ("price", Value::Null),
        ("error_code", Value::Null),
        ("date_sent", Value::Null),
        ("messaging_service_sid", Value::Null),
        ("body", json!("Olá")),
        ("api_version", json!("2010-04-01")),
    ] {
        assert_eq!(message[field], value, "{field}");
    }
    assert!(
        message["date_created"]
            .as_str()
            .unwrap()
            .ends_with(" +0000")
    );
    assert_eq!(stage.statuses(sid, 3).await, ["sent", "delivered", "read"]);
    let calls = stage.calls("/status");
    let sent = &calls[0];
    assert!(calls.iter().all(|it| it.is_signed_well));
    assert_eq!(sent.get("ChannelToAddress"), "+977980000XXXX");
    assert_eq!(
        [
            sent.get("SmsSid"),
            sent.get("SmsStatus"),
            sent.get("StructuredMessage"),
            sent.get("ErrorCode")
        ],
        [sid, "sent", "false", "(absent)"]
    );
    assert_eq!(calls[2].get("EventType"), "READ");
    let fetched = stage
        .json(&stage.path(&format!("/Messages/{sid}.json")))
        .await;
    assert_eq!(
        (&fetched["status"], &fetched["price_unit"]),
        (&json!("read"), &json!("USD"))
    );
    assert!(fetched["date_sent"].is_string());
}

#[tokio::test]
async fn magic_numbers_and_bad_input_get_twilios_codes() {
    let stage = Stage::new().await;
    for channel in ["", "whatsapp:"] {
        let from = format!("{channel}+14155238886");
        for (to, code) in [
            ("1", 21211),
            ("2", 21612),
            ("3", 21408),
            ("4", 21610),
            ("9", 21614),
        ] {
            let to = format!("{channel}+1500555000{to}");
            assert_eq!(
                stage
                    .code(&[("To", &to), ("From", &from), ("Body", "x")])
                    .await,
                code
            );
        }
    }
    let queue_full = [
        ("To", ASHA),
        ("From", "whatsapp:+15005550008"),
        ("Body", "x"),
    ];
    let answer = stage.create(&queue_full).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let refused: Value = answer.json().await.unwrap();
    assert_eq!(refused["code"], 21611);
    assert_eq!(
        refused["more_info"],
        "https://www.twilio.com/docs/errors/21611"
    );
    assert_eq!(
        stage
            .code(&[
                ("To", ASHA),
                ("From", "whatsapp:+15550001111"),
                ("Body", "x")
            ])
            .await,
        63007
    );
    let messages = stage.json(&stage.path("/Messages.json")).await;
    assert_eq!(messages["messages"], json!([]), "nothing refused is kept");
}

#[tokio::test]
async fn bytes_need_credentials_and_come_by_a_signed_redirect_that_needs_none() {
    let stage = Stage::new().await;
    let call = stage.asha(json!({ "type": "image", "body": "look", "media": { "contentType": "image/png", "base64": "AQID" } })).await;
    let (sid, url) = (
        call.get("MessageSid").to_owned(),
        call.get("MediaUrl0").to_owned(),
    );
    let list = stage
        .json(&stage.path(&format!("/Messages/{sid}/Media.json")))
        .await;
    assert_eq!(list["media_list"][0]["content_type"], "image/png");
    let uri = list["media_list"][0]["uri"].as_str().unwrap();
    assert_eq!(
        format!("{}{}", stage.url, uri.strip_suffix(".json").unwrap()),
        url
    );
    let path = url.strip_prefix(&stage.url).unwrap();
    assert_eq!(
        stage.stranger(path).send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let redirect = stage.get(path).send().await.unwrap();
    assert_eq!(redirect.status(), StatusCode::TEMPORARY_REDIRECT);
    let signed = redirect.headers()["location"].to_str().unwrap().to_owned();
    let signed = signed.strip_prefix(&stage.url).unwrap();
    let bytes = stage.stranger(signed).send().await.unwrap();
    assert_eq!(bytes.headers()["content-type"], "image/png");
    assert_eq!(bytes.bytes().await.unwrap().as_ref(), [1, 2, 3]);
    let forged = signed.replace("Expires=1", "Expires=2");
    assert_eq!(
        stage.stranger(&forged).send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    let deleted = stage.delete(uri).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        stage.stranger(signed).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn typing_is_shown_until_the_answer_is_there() {
    let stage = Stage::new().await;
    let call = stage.asha(json!({ "body": "hi" })).await;
    let show = async |sid: &str| {
        let form = [("messageId", sid), ("channel", "whatsapp")];
        let answer = stage
            .post("/v2/Indicators/Typing.json")
            .form(&form)
            .send()
            .await
            .unwrap();
        answer.json::<Value>().await.unwrap()
    };
    assert_eq!(
        show(call.get("MessageSid")).await,
        json!({ "success": true })
    );
    assert_eq!(stage.phone(ASHA).await["typing"], true);
    let sid = stage.text(ASHA, "hello").await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.statuses(&sid, 3).await;
    assert_eq!(stage.phone(ASHA).await["typing"], false);
    assert_eq!(
        show(&sid).await["code"],
        20404,
        "an outbound message is none to answer"
    );
}
