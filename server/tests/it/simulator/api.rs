//! Messages, media and the account, by Twilio's documented words.

use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill::config::Secret;
use waybill::simulator::Settings;

use super::stage::{ASHA, SENDER, Stage};

const SERVICE: &str = "MG00112233445566778899aabbccddeeff";

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
async fn pages_stay_while_new_messages_come() {
    let stage = Stage::new().await;
    for number in 0..7 {
        stage.text(ASHA, &format!("message {number}")).await;
    }
    stage
        .text("whatsapp:+9779800000002", "to somebody else")
        .await;
    let bodies = |page: &Value| {
        let all = page["messages"].as_array().unwrap().iter();
        all.map(|it| it["body"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let path = stage.path("/Messages.json?PageSize=3&To=whatsapp%3A%2B9779800000001");
    let first = stage.json(&path).await;
    assert_eq!(bodies(&first), ["message 6", "message 5", "message 4"]);
    assert_eq!(
        (&first["start"], &first["end"], &first["page_size"]),
        (&json!(0), &json!(2), &json!(3))
    );
    stage.text(ASHA, "newer").await;
    let second = stage.json(first["next_page_uri"].as_str().unwrap()).await;
    assert_eq!(bodies(&second), ["message 3", "message 2", "message 1"]);
    let third = stage.json(second["next_page_uri"].as_str().unwrap()).await;
    assert_eq!(bodies(&third), ["message 0"]);
    assert_eq!(third["next_page_uri"], Value::Null);
    let back = stage
        .json(third["previous_page_uri"].as_str().unwrap())
        .await;
    assert_eq!(bodies(&back), bodies(&second));
    for (query, code) in [
        ("PageSize=1001", 20007),
        ("PageSize=0", 20007),
        ("PageToken=x", 20006),
        ("DateSent=x", 20001),
    ] {
        let answer = stage
            .get(&stage.path(&format!("/Messages.json?{query}")))
            .send()
            .await
            .unwrap();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], code, "{query}");
    }
}

#[tokio::test]
async fn the_list_is_filtered_by_the_day_of_sending() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let sid = stage.text(ASHA, "x").await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.statuses(&sid, 3).await;
    let count = async |query: &str| {
        let page = stage
            .json(&stage.path(&format!("/Messages.json?{query}")))
            .await;
        page["messages"].as_array().unwrap().len()
    };
    let day = waybill::clock::Clock::system().now();
    let (today, tomorrow) = (day.date_naive(), day.date_naive().succ_opt().unwrap());
    assert_eq!(count(&format!("DateSent={today}")).await, 2);
    assert_eq!(count(&format!("DateSent={tomorrow}")).await, 0);
    assert_eq!(
        count(&format!("DateSent%3E={today}&From=whatsapp:%2B14155238886")).await,
        1
    );
    assert_eq!(count(&format!("DateSent>={tomorrow}")).await, 0);
    assert_eq!(count(&format!("DateSent%3C={today}")).await, 2);
}

#[tokio::test]
async fn a_scheduled_message_is_taken_back_once_and_a_sent_one_is_not() {
    let stage = Stage::new().await;
    let at = waybill::clock::Clock::system().now() + chrono::TimeDelta::hours(1);
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let callback = stage.status_url();
    let fields = [
        ("To", ASHA),
        ("MessagingServiceSid", SERVICE),
        ("Body", "later"),
        ("ScheduleType", "fixed"),
        ("SendAt", &at),
        ("StatusCallback", &callback),
    ];
    let message: Value = stage.create(&fields).await.json().await.unwrap();
    assert_eq!(
        (&message["status"], &message["from"]),
        (&json!("scheduled"), &Value::Null)
    );
    let sid = message["sid"].as_str().unwrap();
    let path = stage.path(&format!("/Messages/{sid}.json"));
    let update = async |fields: &[(&str, &str)]| {
        let answer = stage.post(&path).form(fields).send().await.unwrap();
        let status = answer.status();
        (status, answer.json::<Value>().await.unwrap())
    };
    assert_eq!(
        update(&[("Status", "canceled"), ("Body", "")]).await.1["code"],
        30400
    );
    assert_eq!(update(&[("Body", "other")]).await.1["code"], 30400);
    let not_yet = stage.delete(&path).send().await.unwrap();
    assert_eq!(not_yet.json::<Value>().await.unwrap()["code"], 20009);
    assert_eq!(
        update(&[("Status", "canceled")]).await.1["status"],
        "canceled"
    );
    assert_eq!(stage.statuses(sid, 1).await, ["canceled"]);
    let (status, again) = update(&[("Status", "canceled")]).await;
    assert_eq!(
        (status, &again["code"]),
        (StatusCode::CONFLICT, &json!(30409))
    );
}

#[tokio::test]
async fn a_service_chooses_the_sender_and_tells_that_it_queued() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let callback = stage.status_url();
    let fields = [
        ("To", ASHA),
        ("MessagingServiceSid", SERVICE),
        ("Body", "x"),
        ("StatusCallback", &callback),
    ];
    let message: Value = stage.create(&fields).await.json().await.unwrap();
    assert_eq!(
        (&message["status"], &message["num_segments"]),
        (&json!("accepted"), &json!("0"))
    );
    let sid = message["sid"].as_str().unwrap();
    assert_eq!(
        stage.statuses(sid, 4).await,
        ["queued", "sent", "delivered", "read"]
    );
    let last = stage.calls("/status").pop().unwrap();
    assert_eq!(
        (last.get("MessagingServiceSid"), last.get("From")),
        (SERVICE, SENDER)
    );
}

#[tokio::test]
async fn a_message_is_blanked_and_deleted_and_stays_on_the_phone() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let sid = stage.text(ASHA, "secret").await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.statuses(&sid, 3).await;
    let path = stage.path(&format!("/Messages/{sid}.json"));
    let blanked: Value = stage
        .post(&path)
        .form(&[("Body", "")])
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(blanked["body"], "");
    let phone = stage.phone(ASHA).await;
    assert_eq!(phone["messages"][1]["body"], "secret");
    let deleted = stage.delete(&path).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(deleted.bytes().await.unwrap().len(), 0);
    assert_eq!(
        stage.get(&path).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
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
