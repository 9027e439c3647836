//! The shop on a phone: what customers write and tap, what they read, and what the shop has of it afterwards.

mod people;

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Backend, TestApp, on_both};

on_both!(
    a_customer_orders_by_chat_and_the_shop_has_the_order,
    a_repeated_webhook_and_a_second_yes_make_one_order,
    many_customers_never_get_more_than_there_is,
    basket_and_place_survive_a_restart,
    what_one_person_writes_at_once_is_answered_in_order,
    a_list_is_registered_once_and_tapped_afterwards,
    nobody_sees_another_persons_order,
    a_first_message_in_devanagari_is_answered_in_nepali,
);

const ASHA: &str = "+9779800000001";
const BINA: &str = "+9779800000002";

/// A shop with ten teas and five hats.
async fn open(backend: Backend, settings: &[(&str, &str)]) -> TestApp {
    stocked(TestApp::with(backend, settings).await).await
}

async fn stocked(app: TestApp) -> TestApp {
    for (sku, en, ne, price, stock, sort) in [
        ("TEA", "Ilam tea", "इलाम चिया", "450.00", 10, 1),
        ("HAT", "Dhaka topi", "ढाका टोपी", "1,200", 5, 2),
    ] {
        let query = "mutation($input: CreateProductInput!) { createProduct(input: $input) { userErrors { field message } } }";
        let names = [("en", en), ("ne", ne)]
            .map(|(language, text)| json!({ "language": language, "text": text }));
        let input = json!({ "sku": sku, "names": names, "price": price, "currency": "NPR", "stock": stock, "sort": sort });
        let made = app.query(query, json!({ "input": input })).await;
        assert_eq!(made["createProduct"]["userErrors"], json!([]));
    }
    app
}

/// What the business wrote to a phone, oldest first.
async fn answers(app: &TestApp, number: &str) -> Vec<String> {
    let to = format!("whatsapp:{number}");
    let mut all = app.messages().await;
    all.reverse();
    let to_them = all
        .iter()
        .filter(|it| it["direction"] == "OUTBOUND" && it["to"] == to);
    to_them
        .map(|it| it["body"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Writes, and waits for the answer.
async fn says(app: &TestApp, number: &str, text: &str) -> String {
    let before = answers(app, number).await.len();
    app.write_as(number, text).await;
    next_answer(app, number, before).await
}

async fn next_answer(app: &TestApp, number: &str, before: usize) -> String {
    for _ in 0..400 {
        let now = answers(app, number).await;
        if now.len() > before {
            return now[before..].join("\n---\n");
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no answer to {number}");
}

async fn orders(app: &TestApp) -> Vec<Value> {
    let query = "{ orders(first: 100) { nodes { number status total { minor currency } contact { address } items { sku quantity unitPrice { minor } } } } }";
    let data = app.query(query, json!({})).await;
    data["orders"]["nodes"].as_array().unwrap().clone()
}

async fn stock(app: &TestApp, sku: &str) -> i64 {
    let query = "query($sku: String!) { products(filter: { skus: [$sku] }) { nodes { stock } } }";
    let data = app.query(query, json!({ "sku": sku })).await;
    data["products"]["nodes"][0]["stock"].as_i64().unwrap()
}

async fn a_customer_orders_by_chat_and_the_shop_has_the_order(backend: Backend) {
    let app = open(backend, &[]).await;
    assert!(says(&app, ASHA, "hi").await.contains("Welcome, Asha!"));
    let list = says(&app, ASHA, "1").await;
    assert!(
        list.contains("1. Ilam tea\n    NPR 450.00 · 10 left"),
        "{list}"
    );
    assert!(says(&app, ASHA, "2 x 1").await.contains("2 × Ilam tea"));
    assert!(says(&app, ASHA, "1 x 2").await.contains("NPR 2,100.00"));
    assert!(
        says(&app, ASHA, "order")
            .await
            .contains("Please check your order")
    );
    let placed = says(&app, ASHA, "yes").await;
    assert!(
        placed.contains("*Order #1001*") && placed.contains("NPR 2,100.00"),
        "{placed}"
    );

    let all = orders(&app).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["number"], "1001".parse::<i64>().unwrap());
    assert_eq!(all[0]["status"], "PENDING");
    assert_eq!(all[0]["items"].as_array().unwrap().len(), 2);
    assert_eq!((stock(&app, "TEA").await, stock(&app, "HAT").await), (8, 4));
    assert!(says(&app, ASHA, "orders").await.contains("#1001 · placed"));
    assert!(says(&app, ASHA, "basket").await.contains("empty"));
}

async fn a_repeated_webhook_and_a_second_yes_make_one_order(backend: Backend) {
    let app = open(backend, &[]).await;
    for text in ["products", "1 x 1", "order"] {
        says(&app, ASHA, text).await;
    }
    let from = format!("whatsapp:{ASHA}");
    let yes = |sid: &'static str| {
        [
            ("MessageSid", sid),
            ("From", "whatsapp:+9779800000001"),
            ("To", "whatsapp:+14155238886"),
            ("Body", "yes"),
            ("NumMedia", "0"),
        ]
    };
    assert_eq!(from, yes("x")[1].1);
    let before = answers(&app, ASHA).await.len();
    let path = "/api/v1/whatsapp/webhook";
    let (first, again) = (
        "SM00000000000000000000000000000001",
        "SM00000000000000000000000000000002",
    );
    for sid in [first, first, first, again] {
        assert_eq!(app.signed(path, &yes(sid)).await, StatusCode::OK);
    }
    for _ in 0..400 {
        if answers(&app, ASHA).await.len() >= before + 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let told = answers(&app, ASHA).await[before..].to_vec();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("*Order #1001*") && told[1].contains("#1001 is with us already"),
        "{told:?}"
    );
    assert_eq!(orders(&app).await.len(), 1);
    assert_eq!(stock(&app, "TEA").await, 9);
}

async fn many_customers_never_get_more_than_there_is(backend: Backend) {
    let app = open(backend, &[]).await;
    let people: Vec<String> = (10..18).map(|it| format!("+97798{it:08}")).collect();
    // Five hats; two for each of eight.
    let ready = people.iter().map(|who| {
        let app = &app;
        async move {
            for text in ["products", "2 x 2", "order"] {
                says(app, who, text).await;
            }
        }
    });
    futures_util::future::join_all(ready).await;
    let ordered = people.iter().map(|who| says(&app, who, "yes"));
    let told = futures_util::future::join_all(ordered).await;
    let placed = told.iter().filter(|it| it.contains("*Order #")).count();
    let refused = told
        .iter()
        .filter(|it| it.contains("somebody was faster"))
        .count();
    assert_eq!((placed, refused), (2, 6), "{told:#?}");
    assert_eq!(stock(&app, "HAT").await, 1);
    let all = orders(&app).await;
    let mut numbers: Vec<i64> = all
        .iter()
        .map(|it| it["number"].as_i64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1001, 1002], "no number is lost or given twice");
}

async fn basket_and_place_survive_a_restart(backend: Backend) {
    let app = open(backend, &[]).await;
    for text in ["products", "3 x 1", "order"] {
        says(&app, ASHA, text).await;
    }
    let app = app.restart().await;
    assert!(says(&app, ASHA, "1").await.contains("*Order #1001*"));
    assert_eq!(stock(&app, "TEA").await, 7);
}

async fn what_one_person_writes_at_once_is_answered_in_order(backend: Backend) {
    let app = open(backend, &[]).await;
    for text in ["products", "1 x 1", "2 x 2", "basket"] {
        app.write_as(ASHA, text).await;
    }
    let mut told = Vec::new();
    for _ in 0..400 {
        told = answers(&app, ASHA).await;
        if told.len() == 4 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let parts = [
        "*Products*",
        "1 × Ilam tea",
        "2 × Dhaka topi",
        "*Your basket*",
    ];
    assert_eq!(told.len(), 4);
    assert!(
        told.iter().zip(parts).all(|(it, part)| it.contains(part)),
        "{told:#?}"
    );
    assert!(
        told[3].contains("1. 1 × Ilam tea") && told[3].contains("2. 2 × Dhaka topi"),
        "{}",
        told[3]
    );
}

async fn a_list_is_registered_once_and_tapped_afterwards(backend: Backend) {
    let app = open(backend, &[("BOT_BUTTONS", "on")]).await;
    assert!(
        says(&app, ASHA, "menu").await.contains("1. Products"),
        "in words until Twilio knows the list"
    );
    let query = "{ messages(first: 1, filter: { direction: OUTBOUND }) { nodes { contentSid body status } } }";
    let mut newest = json!(null);
    for _ in 0..100 {
        if !newest["contentSid"].is_string() {
            says(&app, ASHA, "menu").await;
        }
        newest = app.query(query, json!({})).await["messages"]["nodes"][0].take();
        if newest["contentSid"].is_string() && newest["status"] == "READ" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(newest["body"], "What can we do for you?", "{newest}");
    let simulator = format!("http://{}", app.running.simulator.unwrap());
    let http = waybill::gateway::http_client();
    let before = answers(&app, ASHA).await.len();
    let tap = json!({ "from": format!("whatsapp:{ASHA}"), "item": { "title": "Products" } });
    let tapped = http
        .post(format!("{simulator}/simulator/messages"))
        .json(&tap)
        .send()
        .await
        .unwrap();
    assert!(
        tapped.status().is_success(),
        "{}",
        tapped.text().await.unwrap()
    );
    assert!(next_answer(&app, ASHA, before).await.contains("Products"));
    let account = &app.running.app.account;
    let all: Value = http
        .get(format!("{simulator}/v1/Content?PageSize=500"))
        .basic_auth(&account.account_sid, Some(account.auth_token.expose()))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let of_ours = all["contents"].as_array().unwrap().iter();
    let of_ours = of_ours.filter(|it| {
        it["friendly_name"]
            .as_str()
            .unwrap()
            .starts_with("waybill_")
    });
    let names: Vec<&str> = of_ours
        .map(|it| it["friendly_name"].as_str().unwrap())
        .collect();
    let distinct: std::collections::HashSet<&&str> = names.iter().collect();
    assert_eq!(names.len(), distinct.len(), "each once: {names:?}");
}

async fn nobody_sees_another_persons_order(backend: Backend) {
    let app = open(backend, &[]).await;
    for text in ["products", "1 x 1", "order", "yes"] {
        says(&app, ASHA, text).await;
    }
    assert!(says(&app, BINA, "orders").await.contains("no orders yet"));
    let data = app.query("{ orders { nodes { id } } }", json!({})).await;
    let id = data["orders"]["nodes"][0]["id"].as_str().unwrap();
    let before = answers(&app, BINA).await.len();
    let form = [
        ("MessageSid", "SM00000000000000000000000000000009"),
        ("From", "whatsapp:+9779800000002"),
        ("To", "whatsapp:+14155238886"),
        ("Body", "Order"),
        ("MessageType", "interactive"),
        ("ListId", id),
        ("ListTitle", "Order"),
        ("NumMedia", "0"),
    ];
    assert_eq!(
        app.signed("/api/v1/whatsapp/webhook", &form).await,
        StatusCode::OK
    );
    let told = next_answer(&app, BINA, before).await;
    assert!(told.contains("no orders yet"), "{told}");
}

async fn a_first_message_in_devanagari_is_answered_in_nepali(backend: Backend) {
    let app = open(backend, &[]).await;
    let stranger = "+9779700000077";
    assert!(says(&app, stranger, "नमस्ते").await.contains("स्वागत छ"));
    assert!(
        says(&app, stranger, "सामान")
            .await
            .contains("१. इलाम चिया\n    नेरू ४५०.००")
    );
    let order = says(&app, stranger, "२ x १").await;
    assert!(order.contains("टोकरीमा राखियो"), "{order}");
    for text in ["अर्डर", "पक्का"] {
        says(&app, stranger, text).await;
    }
    let all = orders(&app).await;
    assert_eq!(all[0]["total"]["minor"], json!(90_000));
}
