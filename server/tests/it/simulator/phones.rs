//! What people write, as the webhook is told it: each kind with its own fields.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::stage::{ASHA, Call, SENDER, Stage};

/// A form field that must be there with a value, or must be absent.
fn has(call: &Call, fields: &[(&str, &str)]) {
    for (key, value) in fields {
        assert_eq!(call.get(key), *value, "{key} in {:?}", call.form);
    }
}

#[tokio::test]
async fn a_text_has_exactly_twilios_seventeen_fields_and_a_right_signature() {
    let stage = Stage::new().await;
    let call = stage
        .asha(json!({ "body": "Olá 👋🏽 50% + 10€ & mais\nlinha 2 " }))
        .await;
    let mut keys: Vec<&str> = call.form.pairs().iter().map(|it| it.0.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "AccountSid",
            "ApiVersion",
            "Body",
            "ChannelMetadata",
            "ExternalUserId",
            "From",
            "MessageSid",
            "MessageType",
            "NumMedia",
            "NumSegments",
            "ProfileName",
            "ReferralNumMedia",
            "SmsMessageSid",
            "SmsSid",
            "SmsStatus",
            "To",
            "WaId",
        ]
    );
    has(
        &call,
        &[
            ("Body", "Olá 👋🏽 50% + 10€ & mais\nlinha 2 "),
            ("From", ASHA),
            ("To", SENDER),
            ("WaId", "9779800000001"),
            ("ProfileName", "Asha"),
            ("MessageType", "text"),
            ("NumMedia", "0"),
            ("SmsStatus", "received"),
        ],
    );
    assert!(call.is_signed_well && call.method == Method::POST);
    let metadata: Value = serde_json::from_str(call.get("ChannelMetadata")).unwrap();
    assert_eq!(
        metadata["data"]["context"],
        json!({ "ProfileName": "Asha", "WaId": "9779800000001" })
    );
    let sid = call.get("MessageSid");
    let kept = stage
        .json(&stage.path(&format!("/Messages/{sid}.json")))
        .await;
    assert_eq!(
        (&kept["direction"], &kept["status"]),
        (&json!("inbound"), &json!("received"))
    );
}

#[tokio::test]
async fn pictures_sounds_films_files_cards_and_stickers_carry_bytes() {
    let stage = Stage::new().await;
    for (kind, word, content_type) in [
        ("image", "image", "image/jpeg"),
        ("audio", "audio", "audio/ogg"),
        ("video", "video", "video/mp4"),
        ("document", "document", "application/pdf"),
        ("contact", "contacts", "text/vcard"),
        ("sticker", "sticker", "image/webp"),
    ] {
        let writing = json!({ "type": kind, "media": { "filename": "price list.pdf" } });
        let call = stage.asha(writing).await;
        has(
            &call,
            &[
                ("MessageType", word),
                ("NumMedia", "1"),
                ("MediaContentType0", content_type),
            ],
        );
        has(
            &call,
            &[(
                "Body",
                if kind == "document" {
                    "price list.pdf"
                } else {
                    ""
                },
            )],
        );
        assert!(call.get("MessageSid").starts_with("MM"));
        let path = call
            .get("MediaUrl0")
            .strip_prefix(&stage.url)
            .unwrap()
            .to_owned();
        let redirect = stage.get(&path).send().await.unwrap();
        let signed = redirect.headers()["location"].to_str().unwrap();
        let bytes = stage
            .stranger(signed.strip_prefix(&stage.url).unwrap())
            .send()
            .await
            .unwrap();
        assert!(bytes.bytes().await.unwrap().len() > 10, "{kind}");
    }
    let captioned = stage.asha(json!({ "body": "look", "media": {} })).await;
    has(&captioned, &[("MessageType", "image"), ("Body", "look")]);
}

#[tokio::test]
async fn a_place_has_coordinates_and_a_picked_one_its_name() {
    let stage = Stage::new().await;
    let place = json!({ "latitude": 27.7172, "longitude": 85.324 });
    let bare = stage.asha(json!({ "location": place })).await;
    has(
        &bare,
        &[
            ("MessageType", "location"),
            ("Latitude", "27.7172"),
            ("Longitude", "85.324"),
            ("Body", ""),
            ("NumMedia", "0"),
            ("Label", "(absent)"),
        ],
    );
    let picked =
        json!({ "latitude": 27.7, "longitude": 85.3, "label": "Thamel", "address": "Kathmandu" });
    has(
        &stage.asha(json!({ "location": picked })).await,
        &[("Label", "Thamel"), ("Address", "Kathmandu")],
    );
    let (status, _) = stage
        .write(json!({ "from": ASHA, "location": { "latitude": 91, "longitude": 0 } }))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn replies_referrals_forwards_and_the_unheard_of_are_told() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let sid = stage.text(ASHA, "Which one?").await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.statuses(&sid, 3).await;
    let reply = stage
        .asha(json!({ "body": "that", "replyTo": "last" }))
        .await;
    has(
        &reply,
        &[
            ("OriginalRepliedMessageSid", &sid),
            ("OriginalRepliedMessageSender", SENDER),
        ],
    );
    let own = stage
        .asha(json!({ "body": "and this", "replyTo": reply.get("MessageSid") }))
        .await;
    has(
        &own,
        &[
            ("OriginalRepliedMessageSid", reply.get("MessageSid")),
            ("OriginalRepliedMessageSender", ASHA),
        ],
    );
    let ad = json!({ "headline": "Sale", "body": "20 %", "sourceId": "1", "sourceType": "ad", "sourceUrl": "https://fb.test/1", "ctwaClid": "c" });
    has(
        &stage.asha(json!({ "body": "hi", "referral": ad })).await,
        &[
            ("ReferralHeadline", "Sale"),
            ("ReferralBody", "20 %"),
            ("ReferralSourceType", "ad"),
            ("ReferralCtwaClid", "c"),
            ("ReferralSourceUrl", "https://fb.test/1"),
        ],
    );
    has(
        &stage.asha(json!({ "body": "hi", "forwarded": true })).await,
        &[("Forwarded", "true"), ("FrequentlyForwarded", "false")],
    );
    let order = stage
        .asha(json!({ "type": "order", "fields": { "OrderCatalog": "7", "Unheard": "of" } }))
        .await;
    has(
        &order,
        &[
            ("MessageType", "order"),
            ("OrderCatalog", "7"),
            ("Unheard", "of"),
        ],
    );
    let tap = stage
        .asha(json!({ "button": { "id": "b1", "title": "Yes" } }))
        .await;
    has(
        &tap,
        &[
            ("MessageType", "interactive"),
            ("ButtonPayload", "b1"),
            ("ButtonText", "Yes"),
            ("Body", "Yes"),
            ("Forwarded", "false"),
        ],
    );
}

#[tokio::test]
async fn a_person_without_a_number_writes_and_is_written_to() {
    let stage = Stage::new().await;
    let nobody = "whatsapp:PT.1a2b3c";
    let (status, body) = stage
        .write(json!({ "from": nobody, "name": "Zoë", "body": "olá" }))
        .await;
    assert_eq!(
        (status, &body["status"]),
        (StatusCode::CREATED, &json!("read"))
    );
    let call = stage.calls("/in").pop().unwrap();
    has(
        &call,
        &[
            ("From", nobody),
            ("WaId", "PT.1a2b3c"),
            ("ExternalUserId", nobody),
        ],
    );
    let sid = stage.text(nobody, "hello").await["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(stage.statuses(&sid, 3).await, ["sent", "delivered", "read"]);
}

#[tokio::test]
async fn a_writing_that_makes_no_sense_is_refused_with_the_fault() {
    let stage = Stage::new().await;
    for (writing, fault) in [
        (json!({ "from": "12", "body": "x" }), "international form"),
        (json!({ "from": ASHA }), "needs a text"),
        (json!({ "from": ASHA, "body": "x".repeat(4_097) }), "4,096"),
        (json!({ "from": ASHA, "text": "x" }), "unknown field `text`"),
        (
            json!({ "from": ASHA, "body": "x", "replyTo": "last" }),
            "wrote nothing",
        ),
        (
            json!({ "from": ASHA, "body": "x", "replyTo": "SM1" }),
            "no such message",
        ),
        (
            json!({ "from": ASHA, "media": { "base64": "?" } }),
            "media.base64",
        ),
        (
            json!({ "from": ASHA, "button": { "title": "Yes" } }),
            "no such button",
        ),
    ] {
        let (status, refused) = stage.write(writing.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{writing}");
        assert!(
            refused["error"].as_str().unwrap().contains(fault),
            "{writing}: {refused}"
        );
    }
    assert_eq!(stage.calls("/in").len(), 0);
    assert_eq!(stage.json("/simulator/phones").await, json!([]));
}

#[tokio::test]
async fn webhooks_come_by_get_twice_or_forged_as_the_world_wants() {
    let stage = Stage::new().await;
    stage
        .change(json!({ "webhooks": { "method": "GET", "copies": 2 } }))
        .await;
    let call = stage.asha(json!({ "body": "a b&c" })).await;
    assert!(call.is_signed_well && call.method == Method::GET);
    has(&call, &[("Body", "a b&c")]);
    let calls = stage.calls("/in");
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].get("MessageSid"), calls[1].get("MessageSid"));
    stage
        .change(json!({ "webhooks": { "method": null, "copies": null, "badSignature": true } }))
        .await;
    let forged = stage.asha(json!({ "body": "x" })).await;
    assert!(!forged.is_signed_well && forged.method == Method::POST);
}
