//! What other programs rely on: the printed schema, its descriptions, its limits, the README's settings.

use serde_json::json;
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

#[test]
fn everything_in_the_schema_has_a_description() {
    let schema = waybill::graphql::sdl();
    let mut previous = "";
    for line in schema.lines() {
        let text = line.trim();
        let is_plain =
            text.is_empty() || text.starts_with(['"', '}', ')', '#']) || text.starts_with("schema");
        let is_root = ["query:", "mutation:", "subscription:", "directive "]
            .iter()
            .any(|it| text.starts_with(it));
        let is_in_description =
            !text.contains([':', '{', '(']) && !text.chars().all(|c| c.is_uppercase() || c == '_');
        if !is_plain
            && !is_root
            && !is_in_description
            && !previous.ends_with("\"\"\"")
            && !schema_text(line)
        {
            panic!("no description: {line}");
        }
        previous = text;
    }
}

/// Lines within a description are no definitions.
fn schema_text(line: &str) -> bool {
    let text = line.trim();
    text.ends_with('.') || text.contains(". ")
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
