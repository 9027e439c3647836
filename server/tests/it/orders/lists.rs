//! Lists of orders, whose they are, and who sees what of them.

use chrono::{TimeDelta, Utc};
use entity::api_token::Scope;
use entity::types::Kind;
use serde_json::{Value, json};

use super::Shop;
use crate::access::{ask, token};
use crate::support::{Backend, Stub, TestApp, on_both};

on_both!(
    orders_are_listed_filtered_and_cost_the_same_for_many_as_for_one,
    orders_follow_two_contacts_who_become_one_and_go_with_who_is_erased,
    a_viewer_reads_orders_with_masked_numbers_and_changes_nothing,
);

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
    for person in 0..4 {
        shop.wrote(person, Utc::now(), "en").await;
    }
    for list in [
        "orders(first: N) { totalCount { value } nodes { total { amount } contact { name orders { number } } conversation { sender lastMessage { body } }
            items { total { amount } product { name price { amount } } } steps { status message { status } } messages { body } } }",
        "contacts(first: N, filter: { search: \"Asha\" }) { nodes { orders(first: 2) { number items { product { sku } } } } }",
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
