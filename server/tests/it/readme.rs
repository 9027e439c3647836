//! The README's curl examples, run as they stand there.

use std::process::Command;

use crate::support::{Backend, TestApp};

/// What an example's answer must hold, by a word of the example.
const EXPECTED: &[(&str, &str)] = &[
    ("whatsapp/webhook", "200"),
    ("whatsapp/send", "\"id\":\"msg_"),
    ("graphql", "\"nodes\":["),
    ("messages.csv", "createdAt"),
    ("metrics", "waybill_build_info"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_readmes_curl_examples_work() {
    let app = TestApp::new(Backend::Sqlite).await;
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let mut examples = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("curl ") {
            let mut example = line.to_owned();
            while example.ends_with('\\') {
                example.pop();
                example.push_str(lines.next().unwrap());
            }
            examples.push(example);
        }
    }
    for (word, expected) in EXPECTED {
        let example = examples
            .iter()
            .find(|it| it.contains(word))
            .unwrap_or_else(|| panic!("no example for {word}"));
        let command = example.replace("http://localhost:5000", &app.url);
        let (token, word) = (app.token.clone(), *word);
        let output = tokio::task::spawn_blocking(move || {
            Command::new("bash")
                .arg("-c")
                .arg(command)
                .env("WAYBILL_TOKEN", token)
                .output()
                .unwrap()
        });
        let output = output.await.unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains(expected),
            "{word}: {example}\n{text}"
        );
    }
    app.running.stop().await;
}
