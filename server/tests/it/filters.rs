//! Filters of lists, whatever they list.

use serde_json::json;

use crate::support::{Backend, TestApp};

/// 40,000 values were more than a statement can hold: an error of ours, in the log and in the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_of_a_filter_takes_a_hundred_values_and_says_so() {
    let app = TestApp::new(Backend::Sqlite).await;
    for (list, argument, kind, value) in [
        ("messages", "status", "MessageStatus", json!("READ")),
        ("messages", "errorCode", "Int", json!(63_016)),
        ("conversations", "state", "ConversationState", json!("BOT")),
        ("orders", "statuses", "OrderStatus", json!("CONFIRMED")),
        ("products", "skus", "String", json!("TEA-1")),
    ] {
        let query = format!(
            "query($v: [{kind}!]) {{ {list}(filter: {{ {argument}: $v }}) {{ nodes {{ id }} }} }}"
        );
        let ask = async |count| {
            let values = vec![value.clone(); count];
            app.query_raw(&query, json!({ "v": values })).await
        };
        assert!(ask(100).await.get("errors").is_none(), "{query}");
        let answer = ask(40_000).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        let words = error["message"].as_str().unwrap();
        assert!(
            words.contains(argument) && words.contains("at most 100"),
            "{words}"
        );
    }
    app.running.stop().await;
}
