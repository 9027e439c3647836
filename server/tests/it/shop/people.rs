//! When people come in: the shop's own hear of orders, a customer asks for one, the bot fails.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use waybill::clock::Clock;

use super::{ASHA, BINA, answers, next_answer, open, says, stocked};
use crate::support::{Backend, TestApp, on_both};

on_both!(
    a_bot_that_fails_apologises_once_and_the_operator_sees_why,
    the_shops_own_people_hear_of_a_new_order,
    who_asks_for_a_person_has_silence_until_the_time_is_over,
);

async fn a_bot_that_fails_apologises_once_and_the_operator_sees_why(backend: Backend) {
    let app = open(backend, &[]).await;
    says(&app, ASHA, "hi").await;
    let db = app.running.app.db.write();
    db.execute_unprepared("ALTER TABLE basket_item RENAME TO basket_gone")
        .await
        .unwrap();
    app.write_as(ASHA, "products").await;
    let mut told = Vec::new();
    for _ in 0..1_200 {
        told = answers(&app, ASHA).await;
        if told.len() > 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    db.execute_unprepared("ALTER TABLE basket_gone RENAME TO basket_item")
        .await
        .unwrap();
    assert!(
        told[1].contains("something went wrong on our side"),
        "{told:?}"
    );
    let query =
        "{ messages(filter: { direction: INBOUND }) { nodes { body timeline { kind detail } } } }";
    let data = app.query(query, json!({})).await;
    let newest = &data["messages"]["nodes"][0];
    assert_eq!(newest["body"], "products");
    let failed = newest["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["kind"] == "BOT_FAILED");
    assert!(
        failed.unwrap()["detail"]
            .as_str()
            .unwrap()
            .contains("basket_item"),
        "{newest}"
    );
    assert!(
        says(&app, ASHA, "products").await.contains("*Products*"),
        "it goes on"
    );
    assert_eq!(answers(&app, ASHA).await.len(), 3, "one apology");
}

async fn the_shops_own_people_hear_of_a_new_order(backend: Backend) {
    let settings = [("SHOP_ALERT_TO", "+9779800000005, +9779600000009")];
    let app = open(backend, &settings).await;
    for text in ["products", "1 x 1", "order", "yes"] {
        says(&app, ASHA, text).await;
    }
    let told = next_answer(&app, "+9779800000005", 0).await;
    assert_eq!(told, "New order #1001: NPR 450.00, from Asha.");
    assert!(
        answers(&app, "+9779600000009").await.is_empty(),
        "never wrote, and there is no template"
    );
}

async fn who_asks_for_a_person_has_silence_until_the_time_is_over(backend: Backend) {
    let clock = Clock::held_at(Clock::system().now());
    let app =
        stocked(TestApp::with_clock(backend, &[("BOT_SILENCE_HOURS", "1")], clock.clone()).await)
            .await;
    assert!(
        says(&app, ASHA, "person")
            .await
            .contains("Somebody of the shop")
    );
    let query = "query($search: String!) { conversations(filter: { search: $search }) { nodes { state assignee { id } } } }";
    let talks = app.query(query, json!({ "search": ASHA })).await;
    let talk = &talks["conversations"]["nodes"][0];
    assert_eq!(
        (&talk["state"], &talk["assignee"]),
        (&json!("PERSON"), &json!(null))
    );
    app.write_as(ASHA, "my tea is cold").await;
    assert!(
        says(&app, BINA, "hi").await.contains("Welcome"),
        "others are answered meanwhile"
    );
    assert_eq!(answers(&app, ASHA).await.len(), 1);
    clock.advance(TimeDelta::hours(1));
    assert!(says(&app, ASHA, "hello").await.contains("Welcome"));
}
