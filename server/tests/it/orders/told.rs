//! How customers are told of a step: in words, by a template, or not at all.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use waybill::store;

use super::{Shop, codes};
use crate::support::{Backend, Stub, on_both};

on_both!(
    without_a_template_a_step_outside_of_the_window_is_taken_with_a_hint,
    outside_of_the_window_the_template_of_the_step_and_the_language_tells,
    who_opted_out_or_is_blocked_is_not_told_and_the_step_keeps_the_reason,
);

const TEMPLATE: &str = "HX00112233445566778899aabbccddeeff";

async fn without_a_template_a_step_outside_of_the_window_is_taken_with_a_hint(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let shop = Shop::open(backend, &stub).await;
    let id = shop.order(1, 1001).await;
    shop.wrote(1, Utc::now() - TimeDelta::hours(25), "ne-NP")
        .await;
    let untold = shop.advance(&id).await;
    assert_eq!(
        (&untold["order"]["status"], &untold["message"]),
        (&json!("CONFIRMED"), &Value::Null)
    );
    assert_eq!(
        (&untold["hint"]["code"], &untold["hint"]["field"]),
        (&json!("WINDOW_CLOSED"), &Value::Null)
    );
    assert!(
        untold["hint"]["message"]
            .as_str()
            .unwrap()
            .contains("setOrderTemplate"),
        "{untold}"
    );
    assert_eq!(
        untold["order"]["steps"][1]["notToldBecause"],
        "WINDOW_CLOSED"
    );
    let again = shop.take("advanceOrder(id: $id, to: CONFIRMED)", &id).await;
    assert_eq!(again["hint"]["code"], "WINDOW_CLOSED", "{again}");

    shop.app.running.stop().await;
}

async fn outside_of_the_window_the_template_of_the_step_and_the_language_tells(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let shop = Shop::open(backend, &stub).await;
    let id = shop.order(1, 1001).await;
    shop.advance(&id).await;
    shop.wrote(1, Utc::now() - TimeDelta::hours(25), "ne-NP")
        .await;
    let set = "mutation($sid: String!, $language: String!) { setOrderTemplate(input: { status: PACKED, language: $language, contentSid: $sid }) {
        template { status language contentSid } userErrors { code field } } }";
    let refused = shop
        .app
        .query(set, json!({ "sid": "HX1", "language": "nepali" }))
        .await["setOrderTemplate"]
        .take();
    assert_eq!(
        codes(&refused),
        [
            ("INVALID_LANGUAGE", "language"),
            ("INVALID_CONTENT", "contentSid")
        ]
    );
    for (sid, language) in [
        ("HXffffffffffffffffffffffffffffffff", "ne"),
        (TEMPLATE, "ne"),
        (&TEMPLATE.replace("ff", "00"), "en"),
    ] {
        let chosen = shop
            .app
            .query(set, json!({ "sid": sid, "language": language }))
            .await["setOrderTemplate"]
            .take();
        assert_eq!(codes(&chosen), [], "{chosen}");
    }
    let list = "{ orderTemplates { status language contentSid } }";
    let list = shop.app.query(list, json!({})).await["orderTemplates"].take();
    let nepali = json!({ "status": "PACKED", "language": "ne", "contentSid": TEMPLATE });
    assert_eq!((list.as_array().unwrap().len(), &list[1]), (2, &nepali));
    let told = shop.advance(&id).await;
    let message = &told["message"];
    assert_eq!(
        (&message["contentSid"], &message["body"], &told["hint"]),
        (&json!(TEMPLATE), &Value::Null, &Value::Null)
    );
    assert_eq!(
        message["contentVariables"],
        json!({ "1": "1001", "2": "नेरू ३७६.५०", "3": "Asha K" })
    );

    let remove = "mutation { removeOrderTemplate(status: PACKED, language: \"ne\") { isRemoved userErrors { code } } }";
    for expected in [true, false] {
        let removed = shop.app.query(remove, json!({})).await;
        assert_eq!(removed["removeOrderTemplate"]["isRemoved"], expected);
    }
    shop.wrote(1, Utc::now(), "ne-NP").await;
    let free = shop.advance(&id).await;
    assert!(
        free["message"]["body"].as_str().unwrap().contains("अर्डर"),
        "{free}"
    );
    logged(shop, &id).await;
}

async fn logged(shop: Shop, id: &str) {
    let admin = shop.app.with_rights_of_an_admin().await;
    let log = "query($id: ID) { all: auditLog { nodes { action } } of: auditLog(filter: { target: $id }) { nodes { action before after } } }";
    let log = admin.query(log, json!({ "id": id })).await;
    let steps = json!([
        ["PACKED", "SHIPPED"],
        ["CONFIRMED", "PACKED"],
        ["PENDING", "CONFIRMED"]
    ]);
    let seen = log["of"]["nodes"].as_array().unwrap().iter();
    let seen: Vec<Value> = seen
        .map(|it| json!([it["before"]["status"], it["after"]["status"]]))
        .collect();
    assert_eq!(json!(seen), steps);
    let count = |action: &str| {
        log["all"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["action"] == action)
            .count()
    };
    assert_eq!(
        (
            count("setOrderTemplate"),
            count("removeOrderTemplate"),
            count("advanceOrder")
        ),
        (3, 1, 3)
    );
    admin.running.stop().await;
}

async fn who_opted_out_or_is_blocked_is_not_told_and_the_step_keeps_the_reason(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let shop = Shop::open(backend, &stub).await;
    let (gone, blocked) = (shop.order(1, 1001).await, shop.order(2, 1002).await);
    let db = shop.app.running.app.db.write();
    let person = store::contacts::by_address(db, "whatsapp:+9779800000001")
        .await
        .unwrap()
        .unwrap();
    store::standing::opt_out(db, person.id, Utc::now())
        .await
        .unwrap();
    let person = store::contacts::by_address(db, "whatsapp:+9779800000002")
        .await
        .unwrap()
        .unwrap();
    store::contact_book::block(db, person.id, Some(Utc::now()))
        .await
        .unwrap();
    for (id, code) in [(gone, "OPTED_OUT"), (blocked, "CONTACT_BLOCKED")] {
        for call in ["advanceOrder(id: $id)", "cancelOrder(id: $id)"] {
            let taken = shop.take(call, &id).await;
            assert_eq!(
                (&taken["hint"]["code"], &taken["message"]),
                (&json!(code), &Value::Null),
                "{taken}"
            );
            assert_eq!(taken["userErrors"], json!([]));
            let steps = taken["order"]["steps"].as_array().unwrap();
            assert_eq!(steps.last().unwrap()["notToldBecause"], code);
        }
    }
    assert_eq!(shop.app.messages().await.len(), 0);
    shop.app.running.stop().await;
}
