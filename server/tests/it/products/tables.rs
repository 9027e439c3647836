//! Whole tables of products, through the API and from the command line.

use serde_json::{Value, json};

use super::{codes, created, tea};
use crate::support::{Backend, Settings, TestApp, on_both, run};

on_both!(
    a_table_comes_in_as_a_whole_or_not_at_all,
    a_table_comes_in_from_the_command_line,
);

pub(super) async fn import(app: &TestApp, csv: &str, dry_run: bool) -> Value {
    let query = "mutation($csv: String!, $dry: Boolean) { importProducts(csv: $csv, dryRun: $dry) {
        createdCount updatedCount unchangedCount badRows { row column code } userErrors { code field } } }";
    app.query(query, json!({ "csv": csv, "dry": dry_run }))
        .await["importProducts"]
        .take()
}

pub(super) fn counts(payload: &Value) -> [&Value; 3] {
    ["createdCount", "updatedCount", "unchangedCount"].map(|it| &payload[it])
}

async fn a_table_comes_in_as_a_whole_or_not_at_all(backend: Backend) {
    let app = TestApp::new(backend).await;
    created(&app, tea()).await;
    let header =
        "\u{feff}sku,name_en,name_ne,description_en,price,currency,stock,image_url,active,sort\r\n";
    let good = "TEA-1,Ilam tea,,\"Strong, \"\"good\"\"\r\nand dark\",\"1,300\",NPR,,/shop/tea.svg,,3\r\nCUP,Cup,कप,,12.5,USD,१०,,no,1\r\n";
    let bad = format!("{header}{good},No code,,,1,NPR,1,,,\r\nPOT,Pot,,,a lot,NPR,-2,,,\r\n");
    let faults = json!([
        { "row": 5, "column": "sku", "code": "INVALID_SKU" },
        { "row": 6, "column": "price", "code": "INVALID_PRICE" },
        { "row": 6, "column": "stock", "code": "INVALID_QUANTITY" },
    ]);
    let dry = import(&app, &bad, true).await;
    assert_eq!(
        (&dry["badRows"], &dry["userErrors"]),
        (&faults, &json!([])),
        "{dry}"
    );
    assert_eq!(counts(&dry), [1, 1, 0]);
    let refused = import(&app, &bad, false).await;
    assert_eq!(
        (&refused["badRows"], codes(&refused)),
        (&faults, vec![("BAD_ROWS", "csv")])
    );
    let all = "{ products { totalCount { value isExact } nodes { sku name descriptions { text } names { text } price { amount currency } stock isActive imageUrl version } } }";
    let before = app.query(all, json!({})).await["products"].take();
    assert_eq!(before["totalCount"], json!({ "value": 1, "isExact": true }));
    assert_eq!(before["nodes"][0]["version"], 1, "nothing was stored");

    let table = format!("{header}{good}");
    assert_eq!(counts(&import(&app, &table, true).await), [1, 1, 0]);
    let stored = import(&app, &table, false).await;
    assert_eq!(counts(&stored), [1, 1, 0], "{stored}");
    let after = app.query(all, json!({})).await["products"]["nodes"].take();
    let cup = json!({ "sku": "CUP", "name": "Cup", "descriptions": [], "names": [{ "text": "Cup" }, { "text": "कप" }],
        "price": { "amount": "12.50", "currency": "USD" }, "stock": 10, "isActive": false, "imageUrl": null, "version": 1 });
    let tea = json!({ "sku": "TEA-1", "name": "Ilam tea", "descriptions": [{ "text": "Strong, \"good\"\nand dark" }],
        "names": [{ "text": "Ilam tea" }], "price": { "amount": "1300.00", "currency": "NPR" }, "stock": 6, "isActive": true,
        "imageUrl": "/shop/tea.svg", "version": 2 });
    assert_eq!(
        after,
        json!([cup, tea]),
        "an empty cell of a text takes it away; one of the stock leaves it"
    );
    assert_eq!(counts(&import(&app, &table, false).await), [0, 0, 2]);
    for (csv, code) in [
        ("", "INVALID_TABLE"),
        ("sku,name_en,price\n", "INVALID_TABLE"),
        ("sku,name_en,price,currency\n", "EMPTY"),
    ] {
        let refused = import(&app, csv, true).await;
        assert_eq!(codes(&refused), [(code, "csv")]);
        assert_eq!(counts(&refused), [&Value::Null; 3]);
    }
    let many: String = (0..2_000)
        .map(|n| format!("N-{n},Number {n},1,NPR\n"))
        .collect();
    let many = import(&app, &format!("sku,name_en,price,currency\n{many}"), false).await;
    assert_eq!(counts(&many), [2_000, 0, 0], "{many}");
    app.running.stop().await;
}

async fn a_table_comes_in_from_the_command_line(backend: Backend) {
    let app = TestApp::new(backend).await;
    let url = app.running.app.config.database_url.expose().to_owned();
    let data = app.data_dir().display().to_string();
    let settings = Settings::from([("DATABASE_URL".into(), url), ("DATA_DIR".into(), data)]);
    let file = app.data_dir().join("products.csv");
    let path = file.to_str().unwrap().to_owned();
    let wish = ["shop", "import", path.as_str(), "--json"];
    std::fs::write(
        &file,
        "sku,name_ne,price,currency\nA,चिया,\"1,000\",NPR\nB,,1,NPR\n",
    )
    .unwrap();
    let bad = run(&wish, &settings).await;
    assert!(!bad.status.success());
    let told: Value = serde_json::from_slice(&bad.stdout).unwrap();
    assert_eq!(told["badRows"][0]["row"], 3);
    assert_eq!(told["badRows"][0]["column"], "name_ne");
    std::fs::write(&file, "sku,name_ne,price,currency\nA,चिया,\"1,000\",NPR\n").unwrap();
    let dry = run(&["shop", "import", &path, "--dry-run"], &settings).await;
    assert_eq!(
        String::from_utf8_lossy(&dry.stdout),
        "1 would be added, 0 would be changed, 0 as they are\n"
    );
    let done = run(&wish, &settings).await;
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let list = run(&["shop", "products"], &settings).await;
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(
        list.contains("NPR 1000.00") && list.contains("चिया"),
        "{list}"
    );
    std::fs::write(&file, b"sku,name_en\n\xff\xfe").unwrap();
    let latin = run(&wish, &settings).await;
    assert!(String::from_utf8_lossy(&latin.stderr).contains("UTF-8"));
    app.running.stop().await;
}
