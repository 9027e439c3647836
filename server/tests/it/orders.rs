//! Orders: each step once, the customer told of each once, and what is called off in stock again.

use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::Scope;
use entity::order::OrderStatus;
use entity::types::Kind;
use entity::{contact, conversation, order, order_item, order_step, product};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, EntityTrait as _, IntoActiveModel as _, Set,
};
use serde_json::{Value, json};
use uuid::Uuid;
use waybill::store;

use crate::access::{ask, token};
use crate::support::{Backend, Socket, Stub, TestApp, on_both};

on_both!(
    each_step_is_taken_once_and_told_once_in_the_open_window,
    a_closed_window_needs_a_template_and_without_one_the_step_is_taken_with_a_hint,
    who_opted_out_or_is_blocked_is_not_told_and_the_step_keeps_the_reason,
    what_is_called_off_is_in_stock_again_once,
    many_who_press_at_once_take_one_step,
    orders_are_listed_filtered_and_cost_the_same_for_many_as_for_one,
    orders_follow_two_contacts_who_become_one_and_go_with_who_is_erased,
    a_viewer_reads_orders_with_masked_numbers_and_changes_nothing,
);

const TEMPLATE: &str = "HX00112233445566778899aabbccddeeff";
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

async fn a_closed_window_needs_a_template_and_without_one_the_step_is_taken_with_a_hint(
    backend: Backend,
) {
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
        json!({ "1": "1001", "2": "NPR 376.50", "3": "Asha K" })
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

/// The least of some runs: what the server reads by itself meanwhile comes on top.
async fn statements(app: &TestApp, query: &str) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..8 {
        let before = app.running.app.db.asked();
        app.query(query, json!({})).await;
        least = least.min(app.running.app.db.asked() - before);
    }
    least
}

async fn orders_are_listed_filtered_and_cost_the_same_for_many_as_for_one(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let shop = Shop::open(backend, &stub).await;
    let restock = format!(
        "mutation {{ adjustStock(id: \"{}\", delta: 90) {{ product {{ stock }} }} }}",
        Kind::Product.encode(shop.tea)
    );
    shop.app.query(&restock, json!({})).await;
    let mut ids = Vec::new();
    for n in 0..12_i64 {
        let id = shop.order(usize::try_from(n).unwrap() % 4, 1_001 + n).await;
        shop.advance(&id).await;
        ids.push(id);
    }
    shop.advance(&ids[3]).await;
    for list in [
        "orders(first: N) { totalCount { value } nodes { total { amount } contact { name orders { number } } conversation { sender lastMessage { body } }
            items { total { amount } product { name price { amount } } } steps { status message { status } } messages { body } } }",
        "contacts(first: N) { nodes { orders(first: 2) { number items { product { sku } } } } }",
        "products(first: N) { nodes { name price { amount } } totalCount { value } }",
    ] {
        let of = |count: &str| format!("{{ {} }}", list.replace('N', count));
        let (one, many) = (statements(&shop.app, &of("1")).await, statements(&shop.app, &of("12")).await);
        assert!(one > 1, "{list} reads nothing");
        assert_eq!(one, many, "{list}");
    }
    let query = "query($first: Int, $after: String, $last: Int, $before: String, $filter: OrderFilter) {
        orders(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
            nodes { id contact { id } } pageInfo { hasNextPage endCursor } totalCount { value isExact } } }";
    let of = |page: &Value| -> Vec<String> {
        page["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].as_str().unwrap().into())
            .collect()
    };
    let first = shop.app.query(query, json!({ "first": 5 })).await["orders"].take();
    let rest = json!({ "first": 50, "after": first["pageInfo"]["endCursor"] });
    let rest = shop.app.query(query, rest).await["orders"].take();
    let newest_first: Vec<String> = ids.iter().rev().cloned().collect();
    assert_eq!([of(&first), of(&rest)].concat(), newest_first);
    let back = json!({ "last": 2, "before": newest_first[6] });
    assert_eq!(
        of(&shop.app.query(query, back).await["orders"]),
        newest_first[4..6]
    );
    let now = Utc::now();
    let person = &first["nodes"][0]["contact"]["id"];
    for (filter, count) in [
        (json!({}), 12),
        (json!({ "statuses": ["PACKED"] }), 1),
        (json!({ "statuses": ["PACKED", "CONFIRMED"] }), 12),
        (json!({ "contactId": person }), 3),
        (json!({ "number": 1_005 }), 1),
        (json!({ "search": "1005" }), 1),
        (json!({ "search": "#1005" }), 1),
        (json!({ "search": "+9779800000003" }), 3),
        (json!({ "search": "tea" }), 12),
        (json!({ "search": "coffee" }), 0),
        (
            json!({ "createdFrom": now - TimeDelta::hours(1), "createdTo": now }),
            12,
        ),
        (json!({ "createdTo": now - TimeDelta::hours(1) }), 0),
    ] {
        let page = shop.app.query(query, json!({ "filter": filter })).await["orders"].take();
        assert_eq!(of(&page).len(), count, "{filter}");
        assert_eq!(
            page["totalCount"],
            json!({ "value": count, "isExact": true })
        );
    }
    for bad in [
        json!({ "filter": { "contactId": "ord_x" } }),
        json!({ "after": "prd_x" }),
    ] {
        let answer = shop.app.query_raw(query, bad).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{answer}"
        );
    }
    shop.app.running.stop().await;
}

async fn orders_follow_two_contacts_who_become_one_and_go_with_who_is_erased(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let mut shop = Shop::open(backend, &stub).await;
    let (open, left) = (shop.order(1, 1001).await, shop.order(2, 1002).await);
    for _ in 0..3 {
        shop.advance(&left).await;
    }
    let whose = "query($a: ID!, $b: ID!) { a: order(id: $a) { contact { id } } b: order(id: $b) { contact { id } conversation { contact { id } } } }";
    let ids = json!({ "a": open, "b": left });
    let before = shop.app.query(whose, ids.clone()).await;
    let into = before["a"]["contact"]["id"].clone();
    let merge = "mutation($from: ID!, $into: ID!) { mergeContacts(from: $from, into: $into) { userErrors { code } contact { orders { number } } } }";
    let pair = json!({ "from": before["b"]["contact"]["id"], "into": into });
    let merged = shop.app.query(merge, pair).await["mergeContacts"].take();
    assert_eq!(
        merged["contact"]["orders"].as_array().unwrap().len(),
        2,
        "{merged}"
    );
    let after = shop.app.query(whose, ids).await;
    assert_eq!(
        (
            &after["b"]["contact"]["id"],
            &after["b"]["conversation"]["contact"]["id"]
        ),
        (&into, &into)
    );
    assert_eq!(shop.stock().await, 4);
    shop.app = shop.app.with_rights_of_an_admin().await;
    let erase = "mutation($id: ID!) { eraseContact(id: $id) { erased { contacts orders } userErrors { code } } }";
    let erased =
        shop.app.query(erase, json!({ "id": into })).await["eraseContact"]["erased"].take();
    assert_eq!(erased, json!({ "contacts": 1, "orders": 2 }));
    assert_eq!(shop.stock().await, 7, "what had not left is in stock again");
    let none = "{ orders { nodes { id } } }";
    assert_eq!(
        shop.app.query(none, json!({})).await["orders"]["nodes"],
        json!([])
    );
    shop.app.running.stop().await;
}

async fn a_viewer_reads_orders_with_masked_numbers_and_changes_nothing(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let shop = Shop::open(backend, &stub).await;
    let id = shop.order(1, 1001).await;
    shop.take("cancelOrder(id: $id, reason: \"call 9800000001\")", &id)
        .await;
    let reader = token(&shop.app, Scope::Read).await.1;
    let query = "{ orders { nodes { number cancelReason contact { address } messages { to } } } }";
    let seen = ask(&shop.app, &reader, query, json!({})).await;
    assert!(seen.get("errors").is_none(), "{seen}");
    let order = &seen["data"]["orders"]["nodes"][0];
    assert_eq!(
        (&order["number"], &order["cancelReason"]),
        (&json!(1001), &json!("call 980•••••01"))
    );
    assert_eq!(order["contact"]["address"], "whatsapp:+977•••••01");
    assert_eq!(order["messages"][0]["to"], "whatsapp:+977•••••01");
    let search = "{ orders(filter: { search: \"98\" }) { nodes { id } } }";
    let refused = ask(&shop.app, &reader, search, json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let number = "{ orders(filter: { number: 1001, search: \"tea\" }) { nodes { id } } }";
    let found = ask(&shop.app, &reader, number, json!({})).await;
    assert_eq!(found["data"]["orders"]["nodes"][0]["id"], json!(id));
    shop.app.running.stop().await;
}
