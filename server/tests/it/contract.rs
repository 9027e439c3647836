//! What other programs rely on: the printed schema, its descriptions, its limits, the README's settings.

use serde_json::{Value, json};
use waybill::config::SETTINGS;

use crate::support::{Backend, TestApp};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn schema_graphql_is_the_printed_schema() {
    let file = std::fs::read_to_string(format!("{ROOT}/schema.graphql")).unwrap();
    let printed = waybill::graphql::sdl();
    assert!(
        file.trim() == printed.trim(),
        "run: cargo run -- schema > schema.graphql"
    );
}

/// Everything of an introspected schema that has no description, by name.
fn undescribed(schema: &Value) -> Vec<String> {
    let mut bare = Vec::new();
    let items = |of: &Value, key: &str| of[key].as_array().cloned().unwrap_or_default();
    for kind in items(schema, "types") {
        let name = kind["name"].as_str().unwrap().to_owned();
        if name.starts_with("__")
            || ["String", "Int", "Float", "Boolean", "ID"].contains(&name.as_str())
        {
            continue;
        }
        let mut parts = vec![(name.clone(), kind.clone())];
        for key in ["fields", "inputFields", "enumValues"] {
            for part in items(&kind, key) {
                let path = format!("{name}.{}", part["name"].as_str().unwrap());
                parts.extend(
                    items(&part, "args")
                        .into_iter()
                        .map(|it| (format!("{path}({})", it["name"]), it)),
                );
                parts.push((path, part));
            }
        }
        bare.extend(
            parts
                .into_iter()
                .filter(|it| it.1["description"].as_str().unwrap_or("").is_empty())
                .map(|it| it.0),
        );
    }
    bare
}

#[tokio::test]
async fn everything_in_the_schema_has_a_description() {
    let app = TestApp::new(Backend::Sqlite).await;
    let part = "name description";
    let query = format!(
        "{{ __schema {{ types {{ {part} fields {{ {part} args {{ {part} }} }} inputFields {{ {part} }} enumValues {{ {part} }} }} }} }}"
    );
    let data = app.query(&query, json!({})).await;
    let bare = undescribed(&data["__schema"]);
    assert!(bare.is_empty(), "no description: {bare:?}");
    assert!(data["__schema"]["types"].as_array().unwrap().len() > 20);
    app.running.stop().await;
}

#[test]
fn the_readme_names_every_setting_with_its_default() {
    let readme = std::fs::read_to_string(format!("{ROOT}/README.md")).unwrap();
    for setting in SETTINGS {
        let row = format!(
            "| `{}` | {} | {} |",
            setting.name, setting.default, setting.meaning
        );
        assert!(readme.contains(&row), "the README lacks: {row}");
    }
}

#[tokio::test]
async fn each_limit_answers_with_its_own_name() {
    let app = TestApp::new(Backend::Sqlite).await;
    let nested = "message { timeline { ".repeat(8) + "cursor" + &" } }".repeat(8);
    let deep = format!("{{ messages(first: 1) {{ nodes {{ timeline {{ {nested} }} }} }} }}");
    let answer = app.query_raw(&deep, json!({})).await;
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("deep"),
        "{answer}"
    );
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "QUERY_TOO_DEEP");
    assert_eq!(extensions["limit"], 16);
    assert!(extensions["actual"].as_u64().unwrap() > 16, "{answer}");
    assert_eq!(extensions["requestId"].as_str().map(str::len), Some(36));
    let page = "messages(first: 100) { nodes { id body status attempts { id outcome } timeline { cursor kind } } }";
    let wide: String = (0..20).map(|n| format!("a{n}: {page} ")).collect();
    let answer = app.query_raw(&format!("{{ {wide} }}"), json!({})).await;
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("complex"),
        "{answer}"
    );
    let get = app
        .get("/graphql?query=mutation%7BretryMessage(id%3A%22x%22)%7BuserErrors%7Bcode%7D%7D%7D");
    let refused = get.bearer_auth(&app.token).send().await.unwrap();
    assert_eq!(refused.status(), 405);
    let stranger = app
        .post("/graphql")
        .json(&json!({ "query": "{ __schema { types { name } } }" }))
        .send()
        .await
        .unwrap();
    assert_eq!(stranger.status(), 401);
    app.running.stop().await;
}
