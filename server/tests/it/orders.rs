//! Orders: each step once, the customer told of each once, and what is called off in stock again.

mod lists;
mod told;

use chrono::{DateTime, Utc};
use entity::order::OrderStatus;
use entity::types::Kind;
use entity::{contact, conversation, order, order_item, order_step, product};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, EntityTrait as _, IntoActiveModel as _, Set,
};
use serde_json::{Value, json};
use uuid::Uuid;
use waybill::store;

use crate::support::{Backend, Socket, Stub, TestApp, on_both};

on_both!(
    each_step_is_taken_once_and_told_once_in_the_open_window,
    what_is_called_off_is_in_stock_again_once,
    many_who_press_at_once_take_one_step,
);

const STEP: &str = "order { id number status nextStatus version cancelReason steps { status actorName message { id } notToldBecause } }
    message { id status lane body contentSid contentVariables to } hint { code field message } userErrors { code field }";

/// A shop with one product, and orders of it.
struct Shop {
    app: TestApp,
    tea: Uuid,
}

impl Shop {
    /// Its queue stands still: what is queued stays so.
    async fn open(backend: Backend, stub: &Stub) -> Self {
        let app = TestApp::with_stub(backend, stub).await;
        let pause = "mutation { pauseQueue(lane: NORMAL) { userErrors { code } } }";
        app.query(pause, json!({})).await;
        let query = "mutation { createProduct(input: { sku: \"TEA\", names: [{ language: \"en\", text: \"Tea\" }], price: \"125.50\",
            currency: NPR, stock: 10 }) { product { id } } }";
        let made = app.query(query, json!({})).await;
        let tea = Kind::Product.parse(made["createProduct"]["product"]["id"].as_str().unwrap());
        Self {
            app,
            tea: tea.unwrap(),
        }
    }

    /// An order of three pieces, as checkout leaves it.
    async fn order(&self, person: usize, number: i64) -> String {
        let app = &self.app.running.app;
        let (db, now) = (app.db.write(), app.now());
        let address = format!("whatsapp:+97798{person:08}");
        let person = store::contacts::by_address(db, &address)
            .await
            .unwrap()
            .unwrap();
        let talks = store::conversations::of_contacts(db, [person.id])
            .await
            .unwrap();
        let id = app.new_id();
        let order = order::Model {
            id,
            number,
            contact_id: person.id,
            conversation_id: talks[0].id,
            status: OrderStatus::Pending,
            currency: "NPR".into(),
            total_minor: 37_650,
            item_count: 1,
            cancel_reason: None,
            placed_by: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let item = order_item::Model {
            id: app.new_id(),
            order_id: id,
            position: 1,
            product_id: self.tea,
            sku: "TEA".into(),
            name: "Tea".into(),
            quantity: 3,
            unit_price_minor: 12_550,
        };
        let step = order_step::ActiveModel {
            seq: NotSet,
            order_id: Set(id),
            status: Set(OrderStatus::Pending),
            at: Set(now),
            actor_name: Set(None),
            message_id: Set(None),
            not_told_because: Set(None),
        };
        order::Entity::insert(order.into_active_model())
            .exec_without_returning(db)
            .await
            .unwrap();
        order_item::Entity::insert(item.into_active_model())
            .exec_without_returning(db)
            .await
            .unwrap();
        order_step::Entity::insert(step)
            .exec_without_returning(db)
            .await
            .unwrap();
        let taken = store::products::move_stock(db, self.tea, -3, now)
            .await
            .unwrap();
        assert!(taken.is_some(), "as many as are in stock");
        Kind::Order.encode(id)
    }

    async fn stock(&self) -> i64 {
        let db = self.app.running.app.db.write();
        let tea: Option<product::Model> = store::products::by_id(db, self.tea).await.unwrap();
        tea.unwrap().stock
    }

    async fn take(&self, call: &str, id: &str) -> Value {
        let query = format!("mutation($id: ID!) {{ it: {call} {{ {STEP} }} }}");
        self.app.query(&query, json!({ "id": id })).await["it"].take()
    }

    async fn advance(&self, id: &str) -> Value {
        self.take("advanceOrder(id: $id)", id).await
    }

    /// As if this person had written then, in this language.
    async fn wrote(&self, person: usize, at: DateTime<Utc>, language: &str) {
        let db = self.app.running.app.db.write();
        let address = format!("whatsapp:+97798{person:08}");
        let person = store::contacts::by_address(db, &address)
            .await
            .unwrap()
            .unwrap();
        for talk in store::conversations::of_contacts(db, [person.id])
            .await
            .unwrap()
        {
            let mut talk: conversation::ActiveModel = talk.into();
            talk.last_inbound_at = Set(Some(at));
            talk.update(db).await.unwrap();
        }
        let mut person: contact::ActiveModel = person.into();
        (person.language, person.name) = (Set(language.into()), Set(Some("Asha\nK".into())));
        person.update(db).await.unwrap();
    }
}

fn codes(payload: &Value) -> Vec<(&str, &str)> {
    let errors = payload["userErrors"].as_array().unwrap().iter();
    errors
        .map(|it| {
            let field = it["field"][0].as_str().unwrap_or("-");
            (it["code"].as_str().unwrap(), field)
        })
        .collect()
}

async fn each_step_is_taken_once_and_told_once_in_the_open_window(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let shop = Shop::open(backend, &stub).await;
    let id = shop.order(1, 1001).await;
    let mut told = Vec::new();
    for (number, status) in ["CONFIRMED", "PACKED", "SHIPPED", "DELIVERED"]
        .into_iter()
        .enumerate()
    {
        let call = format!("advanceOrder(id: $id, to: {status})");
        let taken = shop.take(&call, &id).await;
        assert_eq!(
            (&taken["order"]["status"], &taken["hint"]),
            (&json!(status), &Value::Null),
            "{taken}"
        );
        let message = &taken["message"];
        let way = json!([message["status"], message["lane"], message["to"]]);
        assert_eq!(way, json!(["QUEUED", "NORMAL", "whatsapp:+9779800000001"]));
        assert!(
            message["body"].as_str().unwrap().contains("1001"),
            "{message}"
        );
        let steps = taken["order"]["steps"].as_array().unwrap();
        assert_eq!(steps.len(), number + 2);
        let step = json!({ "status": status, "actorName": "test", "message": { "id": message["id"] }, "notToldBecause": null });
        assert_eq!(steps[number + 1], step);
        let again = shop.take(&call, &id).await;
        assert_eq!(
            (&again["message"]["id"], &again["order"]["version"]),
            (&message["id"], &json!(number + 2))
        );
        told.push(message["id"].clone());
    }
    for (call, field) in [
        ("advanceOrder(id: $id)", "id"),
        ("advanceOrder(id: $id, to: PACKED)", "id"),
        ("cancelOrder(id: $id)", "id"),
    ] {
        assert_eq!(
            codes(&shop.take(call, &id).await),
            [("ILLEGAL_STEP", field)],
            "{call}"
        );
    }
    let other = shop.order(1, 1002).await;
    for to in ["PACKED", "CANCELED"] {
        let leap = shop
            .take(&format!("advanceOrder(id: $id, to: {to})"), &other)
            .await;
        assert_eq!(codes(&leap), [("ILLEGAL_STEP", "to")]);
    }
    let unknown = shop.advance("ord_01h455vb4pex5vsknk084sn02q").await;
    assert_eq!(codes(&unknown), [("NOT_FOUND", "id")]);
    assert_eq!(codes(&shop.advance("msg_x").await), [("NOT_FOUND", "id")]);
    assert_eq!(shop.app.messages().await.len(), 4, "one message a step");
    let query = "query($id: ID!) { order(id: $id) { number total { amount currency } messages { id } contact { address orders { number } }
        conversation { lastMessage { id } } items { id sku name quantity unitPrice { amount } total { amount } product { sku } } } }";
    let order = shop.app.query(query, json!({ "id": id })).await["order"].take();
    let ids: Vec<Value> = order["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    assert_eq!(ids, told);
    assert_eq!(order["conversation"]["lastMessage"]["id"], told[3]);
    assert_eq!(
        order["contact"]["orders"],
        json!([{ "number": 1002 }, { "number": 1001 }])
    );
    let item = order["items"][0].clone();
    assert_eq!(
        (&item["unitPrice"]["amount"], &item["total"]["amount"]),
        (&json!("125.50"), &json!("376.50"))
    );
    let node = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on OrderItem { unitPrice { amount } } } }";
    let nodes = shop
        .app
        .query(node, json!({ "ids": [id, item["id"]] }))
        .await["nodes"]
        .take();
    let expected = json!([{ "__typename": "Order" }, { "__typename": "OrderItem", "unitPrice": { "amount": "125.50" } }]);
    assert_eq!(nodes, expected);
    // The queue takes them as any other message.
    let mut socket = Socket::follow(&shop.app, Some("e0")).await;
    shop.app
        .query(
            "mutation { resumeQueue(lane: NORMAL) { userErrors { code } } }",
            json!({}),
        )
        .await;
    for _ in 0..4 {
        socket.until(|it| it["status"] == "ACCEPTED").await;
    }
    assert_eq!((stub.requests(), stub.texts().len()), (4, 4));
    shop.app.running.stop().await;
}

async fn what_is_called_off_is_in_stock_again_once(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let shop = Shop::open(backend, &stub).await;
    let id = shop.order(1, 1001).await;
    shop.advance(&id).await;
    assert_eq!(shop.stock().await, 7);
    let long = format!("cancelOrder(id: $id, reason: \"{}\")", "x".repeat(301));
    assert_eq!(
        codes(&shop.take(&long, &id).await),
        [("TOO_LONG", "reason")]
    );
    let calls = (0..6).map(|n| {
        let call = format!("cancelOrder(id: $id, reason: \"sold *out*\\n{n}\")");
        let shop = &shop;
        let id = id.as_str();
        async move { shop.take(&call, id).await }
    });
    let payloads = futures_util::future::join_all(calls).await;
    assert_eq!(shop.stock().await, 10, "{payloads:?}");
    let first = &payloads[0];
    assert!(
        payloads
            .iter()
            .all(|it| it["message"]["id"] == first["message"]["id"]),
        "{payloads:?}"
    );
    assert!(
        payloads
            .iter()
            .all(|it| it["order"]["status"] == "CANCELED")
    );
    let reason = first["order"]["cancelReason"].as_str().unwrap();
    assert!(reason.starts_with("sold *out* "), "{reason}");
    let body = first["message"]["body"].as_str().unwrap();
    assert!(body.contains("sold out"), "no forged formatting: {body}");
    assert_eq!(shop.app.messages().await.len(), 2);
    assert_eq!(codes(&shop.advance(&id).await), [("ILLEGAL_STEP", "id")]);
    let shipped = shop.order(1, 1002).await;
    for _ in 0..3 {
        shop.advance(&shipped).await;
    }
    assert_eq!(
        codes(&shop.take("cancelOrder(id: $id)", &shipped).await),
        [("ILLEGAL_STEP", "id")]
    );
    assert_eq!(shop.stock().await, 7);
    shop.app.running.stop().await;
}

async fn many_who_press_at_once_take_one_step(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let shop = Shop::open(backend, &stub).await;
    let id = shop.order(1, 1001).await;
    let presses = (0..8).map(|_| shop.take("advanceOrder(id: $id, to: CONFIRMED)", &id));
    let payloads = futures_util::future::join_all(presses).await;
    let message = &payloads[0]["message"]["id"];
    assert!(message.is_string(), "{payloads:?}");
    assert!(
        payloads
            .iter()
            .all(|it| it["message"]["id"] == *message && it["order"]["version"] == 2)
    );
    // A step and the end of the order at one moment: one of them comes first, and both are told.
    let (step, end) = tokio::join!(
        shop.take("advanceOrder(id: $id, to: PACKED)", &id),
        shop.take("cancelOrder(id: $id)", &id)
    );
    assert_eq!(end["order"]["status"], "CANCELED", "{end}");
    let told = 2 + usize::from(step["message"]["id"].is_string());
    assert_eq!(shop.app.messages().await.len(), told, "{step}");
    assert_eq!(shop.stock().await, 10);
    shop.app.running.stop().await;
}
