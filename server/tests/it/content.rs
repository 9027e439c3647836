//! What customers send besides words is kept typed; what is unknown is kept raw.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Backend, Socket, TestApp, on_both};

const ROUTE: &str = "/api/v1/whatsapp/webhook";

on_both!(
    every_kind_of_message_is_kept_as_what_it_is,
    a_person_with_two_addresses_is_one_contact,
);

async fn every_kind_of_message_is_kept_as_what_it_is(backend: Backend) {
    let app = TestApp::new(backend).await;
    let location = receive(
        &app,
        &[
            ("MessageType", "location"),
            ("Latitude", "27.7172"),
            ("Longitude", "85.324"),
            ("Label", "Thamel"),
        ],
    )
    .await;
    assert_eq!(location["contentKind"], "LOCATION");
    assert_eq!(
        location["location"],
        json!({ "latitude": 27.7172, "longitude": 85.324, "label": "Thamel" })
    );
    let reply = receive(
        &app,
        &[
            ("MessageType", "interactive"),
            ("ListId", "tea"),
            ("ListTitle", "Tea"),
            ("Body", "Tea"),
            ("OriginalRepliedMessageSid", "SM99"),
            ("ReferralHeadline", "Sale"),
            ("Forwarded", "true"),
        ],
    )
    .await;
    assert_eq!(reply["contentKind"], "LIST_REPLY");
    assert_eq!(
        reply["choice"],
        json!({ "choiceId": "tea", "title": "Tea" })
    );
    assert_eq!(
        (&reply["quoted"]["sid"], &reply["referral"]["headline"]),
        (&json!("SM99"), &json!("Sale"))
    );
    assert_eq!(reply["isForwarded"], true);
    let media = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1";
    let document = receive(
        &app,
        &[
            ("MessageType", "document"),
            ("NumMedia", "1"),
            ("MediaUrl0", media),
            ("MediaContentType0", "application/pdf"),
            ("Body", "bill.pdf"),
        ],
    )
    .await;
    let id = document["id"].as_str().unwrap();
    assert_eq!(
        (&document["contentKind"], &document["body"]),
        (&json!("DOCUMENT"), &Value::Null)
    );
    let expected = json!([{ "url": format!("/media/{id}/0"), "contentType": "application/pdf", "fileName": "bill.pdf" }]);
    assert_eq!(document["media"], expected);
    let order = receive(
        &app,
        &[
            ("MessageType", "order"),
            ("OrderItems", "[1]"),
            ("Body", "x\0y"),
        ],
    )
    .await;
    assert_eq!(
        (&order["contentKind"], &order["body"]),
        (&json!("OTHER"), &json!("xy"))
    );
    assert_eq!(
        order["unknownFields"],
        json!({ "MessageType": "order", "OrderItems": "[1]" })
    );
    app.running.stop().await;
}

async fn a_person_with_two_addresses_is_one_contact(backend: Backend) {
    let app = TestApp::new(backend).await;
    let number = ("From", "whatsapp:+9779600000001");
    let hidden = ("From", "whatsapp:NP.1a2b3c");
    let first = receive(&app, &[number, ("ExternalUserId", "whatsapp:NP.1a2b3c")]).await;
    let second = receive(&app, &[hidden, ("ExternalUserId", "whatsapp:NP.1a2b3c")]).await;
    assert_eq!(first["contact"]["id"], second["contact"]["id"]);
    let other = receive(&app, &[("From", "whatsapp:NP.zzz")]).await;
    let known_later = receive(
        &app,
        &[
            ("From", "whatsapp:+9779600000002"),
            ("ExternalUserId", "whatsapp:NP.zzz"),
        ],
    )
    .await;
    assert_eq!(other["contact"]["id"], known_later["contact"]["id"]);
    assert_eq!(known_later["contact"]["address"], "whatsapp:+9779600000002");
    assert_ne!(first["contact"]["id"], other["contact"]["id"]);
    app.running.stop().await;
}

/// Posts a message with these fields beside the usual ones; how it is kept.
async fn receive(app: &TestApp, fields: &[(&str, &str)]) -> Value {
    let head = app.query("{ messages { eventCursor } }", json!({})).await;
    let mut socket = Socket::follow(app, head["messages"]["eventCursor"].as_str()).await;
    let sid = format!("SM{:032x}", rand::random::<u128>());
    let mut form = vec![
        ("MessageSid", sid.as_str()),
        ("To", "whatsapp:+14155238886"),
    ];
    if !fields.iter().any(|it| it.0 == "From") {
        form.push(("From", "whatsapp:+9779800000001"));
    }
    form.extend(fields);
    assert_eq!(app.signed(ROUTE, &form).await, StatusCode::OK);
    socket.until(|it| it["kind"] == "RECEIVED").await;
    let query = "query($id: ID!) { message(id: $id) { id body contentKind media { url contentType fileName } location { latitude longitude label }
        choice { choiceId title } quoted { sid } referral { headline } isForwarded unknownFields contact { id address } } }";
    app.query(query, json!({ "id": sid })).await["message"].take()
}
