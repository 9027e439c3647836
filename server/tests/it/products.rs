//! The catalogue: products added, changed, put away and counted; whole tables of them; the list and its order.

mod tables;

use serde_json::{Value, json};

use crate::support::{Backend, TestApp, on_both};
use tables::{counts, import};

on_both!(
    a_product_is_added_changed_and_put_away_and_the_log_tells_how,
    who_changes_what_somebody_else_changed_meanwhile_is_told_so,
    two_who_take_the_last_pieces_at_once_never_take_more_than_there_are,
    products_come_in_the_order_of_the_list_and_are_found_by_words,
);

const PRODUCT: &str = "product { id sku name names { language text } descriptions { language text } price { amount minor currency }
    stock isLowStock imageUrl isActive sort version archivedAt } userErrors { code field message }";

/// Runs one mutation with an input object; its payload.
async fn change(app: &TestApp, name: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {PRODUCT} }} }}");
    app.query(&query, json!({ "input": input })).await[name].take()
}

/// Runs one mutation on a product; its payload.
async fn on(app: &TestApp, call: &str, id: &Value) -> Value {
    let query = format!("mutation($id: ID!) {{ it: {call} {{ {PRODUCT} }} }}");
    app.query(&query, json!({ "id": id })).await["it"].take()
}

fn tea() -> Value {
    json!({
        "sku": "TEA-1", "names": [{ "language": "en", "text": "Ilam tea" }, { "language": "ne", "text": "इलाम चिया" }],
        "price": "1,250.50", "currency": "NPR", "stock": 6,
    })
}

async fn created(app: &TestApp, input: Value) -> Value {
    let made = change(app, "createProduct", input).await;
    assert_eq!(made["userErrors"], json!([]), "{made}");
    made["product"].clone()
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

async fn a_product_is_added_changed_and_put_away_and_the_log_tells_how(backend: Backend) {
    let app = TestApp::new(backend).await;
    let tea_1 = created(&app, tea()).await;
    let price = json!({ "amount": "1250.50", "minor": 125_050, "currency": "NPR" });
    assert_eq!(
        (&tea_1["price"], &tea_1["name"]),
        (&price, &json!("Ilam tea"))
    );
    assert_eq!(
        (&tea_1["stock"], &tea_1["isLowStock"]),
        (&json!(6), &json!(false))
    );
    assert_eq!(
        (&tea_1["isActive"], &tea_1["version"]),
        (&json!(true), &json!(1))
    );
    let again = change(&app, "createProduct", tea()).await;
    assert_eq!(codes(&again), [("SKU_TAKEN", "sku")]);
    assert_eq!(again["product"], Value::Null);
    let bad = json!({ "sku": "चिया", "names": [], "price": "free", "currency": "USD", "stock": -1, "imageUrl": "http://a" });
    let bad = change(&app, "createProduct", bad).await;
    let expected = [
        ("INVALID_SKU", "sku"),
        ("REQUIRED", "names"),
        ("INVALID_PRICE", "price"),
        ("INVALID_QUANTITY", "stock"),
        ("INVALID_URL", "imageUrl"),
    ];
    assert_eq!(codes(&bad), expected);

    let id = &tea_1["id"];
    let names = json!([{ "language": "en", "text": "Best tea" }]);
    let input = json!({ "id": id, "version": 1, "names": names, "price": "99", "imageUrl": "/shop/tea.svg", "sort": 7 });
    let changed = change(&app, "updateProduct", input).await["product"].take();
    assert_eq!(
        (&changed["name"], &changed["price"]["amount"]),
        (&json!("Best tea"), &json!("99.00"))
    );
    assert_eq!(
        (&changed["version"], &changed["sku"]),
        (&json!(2), &json!("TEA-1"))
    );
    let other = created(
        &app,
        json!({ "sku": "CUP", "names": names, "price": "1", "currency": "USD" }),
    )
    .await;
    let taken = json!({ "id": other["id"], "version": 1, "sku": "TEA-1" });
    assert_eq!(
        codes(&change(&app, "updateProduct", taken).await),
        [("SKU_TAKEN", "sku")]
    );
    let currency = json!({ "id": id, "version": 2, "currency": "USD" });
    assert_eq!(
        codes(&change(&app, "updateProduct", currency).await),
        [("REQUIRED", "price")]
    );

    let first = on(&app, "archiveProduct(id: $id)", id).await["product"].take();
    let second = on(&app, "archiveProduct(id: $id)", id).await["product"].take();
    assert!(first["archivedAt"].is_string());
    assert_eq!(first, second, "what is put away stays so since then");
    let back = on(&app, "unarchiveProduct(id: $id)", id).await["product"].take();
    assert_eq!(
        (&back["archivedAt"], &back["version"]),
        (&Value::Null, &json!(4))
    );
    for (call, code) in [
        (
            "archiveProduct(id: \"prd_01h455vb4pex5vsknk084sn02q\")",
            "NOT_FOUND",
        ),
        (
            "adjustStock(id: \"con_01h455vb4pex5vsknk084sn02q\", delta: 1)",
            "NOT_FOUND",
        ),
    ] {
        let query = format!("mutation {{ it: {call} {{ userErrors {{ code field }} }} }}");
        let payload = app.query(&query, json!({})).await["it"].take();
        assert_eq!(codes(&payload), [(code, "id")], "{payload}");
    }
    let node = "query($id: ID!) { node(id: $id) { __typename id } product(id: $id) { name(language: \"ne-NP\") } }";
    let found = app.query(node, json!({ "id": id })).await;
    assert_eq!(found["node"], json!({ "__typename": "Product", "id": id }));
    assert_eq!(found["product"]["name"], "Best tea");
    logged(app, id).await;
}

async fn logged(app: TestApp, id: &Value) {
    let admin = app.with_rights_of_an_admin().await;
    let query = "query($id: ID) { auditLog(filter: { target: $id }) { nodes { action actorName before after } } }";
    let log = admin.query(query, json!({ "id": id })).await["auditLog"]["nodes"].take();
    let actions: Vec<&Value> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["action"])
        .collect();
    assert_eq!(
        actions,
        [
            "unarchiveProduct",
            "archiveProduct",
            "updateProduct",
            "createProduct"
        ]
    );
    let before = json!({ "names": { "en": "Ilam tea", "ne": "इलाम चिया" }, "priceMinor": 125_050, "imageUrl": null, "sort": 0 });
    let after = json!({ "names": { "en": "Best tea" }, "priceMinor": 9_900, "imageUrl": "/shop/tea.svg", "sort": 7 });
    assert_eq!((&log[2]["before"], &log[2]["after"]), (&before, &after));
    admin.running.stop().await;
}

async fn who_changes_what_somebody_else_changed_meanwhile_is_told_so(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = created(&app, tea()).await["id"].take();
    let to = |price: &str| json!({ "id": id, "version": 1, "price": price });
    let (a, b) = tokio::join!(
        change(&app, "updateProduct", to("1")),
        change(&app, "updateProduct", to("2"))
    );
    let mut told = [codes(&a), codes(&b)];
    told.sort();
    assert_eq!(told, [vec![], vec![("CONFLICT", "version")]], "{a} {b}");
    // Pieces that come and go are in nobody's way.
    on(&app, "adjustStock(id: $id, delta: -1)", &id).await;
    let input = json!({ "id": id, "version": 2, "isActive": false });
    let changed = change(&app, "updateProduct", input).await["product"].take();
    assert_eq!(
        (&changed["isActive"], &changed["stock"]),
        (&json!(false), &json!(5))
    );
    app.running.stop().await;
}

async fn two_who_take_the_last_pieces_at_once_never_take_more_than_there_are(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = created(&app, tea()).await["id"].take();
    let takes = (0..10).map(|_| on(&app, "adjustStock(id: $id, delta: -4)", &id));
    let payloads = futures_util::future::join_all(takes).await;
    let done = payloads
        .iter()
        .filter(|it| it["product"]["stock"] == 2)
        .count();
    assert_eq!(done, 1, "{payloads:?}");
    let refused = payloads.iter().filter(|it| it["product"].is_null());
    assert!(
        refused
            .clone()
            .all(|it| codes(it) == [("OUT_OF_STOCK", "delta")])
    );
    assert_eq!(refused.count(), 9);
    let more = on(&app, "adjustStock(id: $id, delta: 10)", &id).await;
    assert_eq!(more["product"]["stock"], 12);
    for (delta, code) in [
        ("0", "INVALID_QUANTITY"),
        ("1000000000", "INVALID_QUANTITY"),
        ("-13", "OUT_OF_STOCK"),
        ("-9223372036854775808", "INVALID_QUANTITY"),
    ] {
        let payload = on(&app, &format!("adjustStock(id: $id, delta: {delta})"), &id).await;
        assert_eq!(codes(&payload), [(code, "delta")], "{delta}");
    }
    app.running.stop().await;
}

async fn products_come_in_the_order_of_the_list_and_are_found_by_words(backend: Backend) {
    let app = TestApp::new(backend).await;
    let row = |n: usize| {
        let (sort, stock) = (n % 3, if n == 7 { 5 } else { 6 });
        format!(
            "P-{n:02},Thing {n},वस्तु %_{n},{n},INR,{stock},{sort},{}\n",
            n != 8
        )
    };
    let rows: String = (0..23).map(row).collect();
    let table = format!("sku,name_en,description_ne,price,currency,stock,sort,active\n{rows}");
    assert_eq!(counts(&import(&app, &table, false).await), [23, 0, 0]);
    let query = "query($first: Int, $after: String, $last: Int, $before: String, $filter: ProductFilter) {
        products(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
            nodes { sku } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount { value } } }";
    let skus = |page: &Value| -> Vec<String> {
        let nodes = page["nodes"].as_array().unwrap().iter();
        nodes.map(|it| it["sku"].as_str().unwrap().into()).collect()
    };
    let (mut after, mut seen, mut cursors) = (Value::Null, Vec::new(), Vec::new());
    loop {
        let page = app
            .query(query, json!({ "first": 5, "after": after }))
            .await["products"]
            .take();
        seen.extend(skus(&page));
        cursors.extend(
            page["edges"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["cursor"].clone()),
        );
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let expected: Vec<String> = (0..3)
        .flat_map(|sort| (0..23).filter(move |n| n % 3 == sort))
        .map(|n| format!("P-{n:02}"))
        .collect();
    assert_eq!(seen, expected);
    let back = json!({ "last": 4, "before": cursors[10] });
    let back = app.query(query, back).await["products"].take();
    assert_eq!(skus(&back), seen[6..10]);
    assert_eq!(back["pageInfo"]["hasPreviousPage"], true);
    let end = app.query(query, json!({ "last": 2 })).await["products"].take();
    assert_eq!(skus(&end), seen[21..]);
    for (filter, count) in [
        (json!({}), 23),
        (json!({ "search": "THING" }), 23),
        (json!({ "search": "  12 thing " }), 1),
        (json!({ "search": "p-0" }), 10),
        (json!({ "search": "वस्तु %_2" }), 4),
        (json!({ "search": "%" }), 23),
        (json!({ "search": "_5" }), 1),
        (json!({ "search": "nothing" }), 0),
        (json!({ "isLowStock": true }), 1),
        (
            json!({ "isLowStock": false, "isActive": true, "isArchived": false }),
            21,
        ),
        (json!({ "isActive": false }), 1),
        (json!({ "isArchived": true }), 0),
        (json!({ "skus": ["P-01", "P-22", "gone"] }), 2),
    ] {
        let page = app.query(query, json!({ "filter": filter })).await["products"].take();
        assert_eq!(skus(&page).len(), count, "{filter}");
        assert_eq!(page["totalCount"]["value"], count, "{filter}");
    }
    for bad in [
        json!({ "after": "x" }),
        json!({ "after": "1.msg_x" }),
        json!({ "filter": { "search": "x".repeat(201) } }),
    ] {
        let answer = app.query_raw(query, bad).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{answer}"
        );
    }
    app.running.stop().await;
}
