//! The scenario files: played on both databases, and shown to fail when the world is not as they say.

use std::process::{Command, Output};

use waybill::config::Secret;
use waybill::gateway::http_client;
use waybill::simulator::scenario::{Failure, Scenario, Server, Stage, play};

use crate::support::{Backend, TestApp, WINDOW_RULE, on_both};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios");
/// Every file, with a change of it that breaks its point: what is replaced, and by what.
const FILES: [(&str, &str, &str); 14] = [
    ("burst_63018", "fail with 63018", "fail with 63003"),
    (
        "callbacks_reordered",
        "callbacks come reversed",
        "callbacks come usual",
    ),
    (
        "duplicate_webhook",
        "webhooks come twice",
        "asha writes \"hi\"",
    ),
    (
        "happy_path_to_read",
        "asha writes \"hi\"",
        "asha writes \"hi\"\ncallbacks skip read",
    ),
    ("opt_out_at_twilio", "rule is on", "rule is off"),
    (
        "shop_last_item",
        "bina writes \"yes\"",
        "asha writes \"yes\"",
    ),
    (
        "shop_order_canceled",
        "operator cancels order of asha \"No *coffee* this week\"",
        "operator advances order of asha",
    ),
    (
        "shop_order_english",
        "asha writes \"1 = 3\"",
        "asha writes \"1 = 4\"",
    ),
    (
        "shop_order_nepali",
        "maya writes \"हटाउ १\"",
        "maya writes \"हटाउ २\"",
    ),
    (
        "shop_out_of_stock",
        "shop has 0 of TEA-ILAM-100",
        "shop has 9 of TEA-ILAM-100",
    ),
    (
        "shop_person_and_back",
        "asha writes \"person\"",
        "asha writes \"persons\"",
    ),
    (
        "stop_and_start",
        "asha writes \"Stop.\"",
        "asha writes \"Don't stop.\"",
    ),
    (
        "twilio_down_for_a_while",
        "twilio takes and drops next 1",
        "twilio drops next 1",
    ),
    (
        "window_closed_63016",
        "asha's clock moves 25h",
        "asha's clock moves 23h",
    ),
];

on_both!(
    burst_63018,
    callbacks_reordered,
    duplicate_webhook,
    happy_path_to_read,
    opt_out_at_twilio,
    shop_last_item,
    shop_order_canceled,
    shop_order_english,
    shop_order_nepali,
    shop_out_of_stock,
    shop_person_and_back,
    stop_and_start,
    twilio_down_for_a_while,
    window_closed_63016,
);

async fn burst_63018(backend: Backend) {
    plays(backend, "burst_63018").await;
}

async fn callbacks_reordered(backend: Backend) {
    plays(backend, "callbacks_reordered").await;
}

async fn duplicate_webhook(backend: Backend) {
    plays(backend, "duplicate_webhook").await;
}

async fn happy_path_to_read(backend: Backend) {
    plays(backend, "happy_path_to_read").await;
}

async fn opt_out_at_twilio(backend: Backend) {
    plays(backend, "opt_out_at_twilio").await;
}

async fn shop_last_item(backend: Backend) {
    plays(backend, "shop_last_item").await;
}

async fn shop_order_canceled(backend: Backend) {
    plays(backend, "shop_order_canceled").await;
}

async fn shop_order_english(backend: Backend) {
    plays(backend, "shop_order_english").await;
}

async fn shop_order_nepali(backend: Backend) {
    plays(backend, "shop_order_nepali").await;
}

async fn shop_out_of_stock(backend: Backend) {
    plays(backend, "shop_out_of_stock").await;
}

async fn shop_person_and_back(backend: Backend) {
    plays(backend, "shop_person_and_back").await;
}

async fn stop_and_start(backend: Backend) {
    plays(backend, "stop_and_start").await;
}

async fn twilio_down_for_a_while(backend: Backend) {
    plays(backend, "twilio_down_for_a_while").await;
}

async fn window_closed_63016(backend: Backend) {
    plays(backend, "window_closed_63016").await;
}

#[test]
fn every_scenario_in_the_repository_is_played() {
    let files = std::fs::read_dir(FOLDER).unwrap();
    let mut names: Vec<String> = files
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    let played: Vec<String> = FILES
        .iter()
        .map(|it| format!("{}.scenario", it.0))
        .collect();
    assert_eq!(names, played);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_in_the_documentation_is_played_as_it_stands_there() {
    let page = std::fs::read_to_string(format!("{FOLDER}/../docs/simulator.md")).unwrap();
    let example = page.split("```text\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let failure = outcome(Backend::Sqlite, example).await;
    assert!(failure.is_none(), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_scenario_fails_where_its_point_is_broken() {
    let broken = FILES.map(|(name, point, other)| async move {
        let text = text(name);
        assert!(text.contains(point), "{name}");
        let spoilt = text.replace(point, other);
        let failure = outcome(Backend::Sqlite, &spoilt).await;
        assert!(
            failure.is_some(),
            "{name}: with {other:?} it is played to its end"
        );
    });
    futures_util::future::join_all(broken).await;
}

#[test]
fn the_command_says_by_its_exit_and_words_how_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let good = file(
        "good",
        "phone asha +9779800000001 \"Asha\"\nasha writes \"hi\"\nasha gets \"Welcome\"\n",
    );
    let sad = file(
        "sad",
        "phone asha +9779800000001 \"Asha\"\nasha writes \"hi\"\nasha gets \"Farewell\"\nasha has 7 messages\n",
    );
    let wrong = file(
        "wrong",
        "phone asha +9779800000001 \"Asha\"\nasha writs \"hi\"\n",
    );
    let lines = |output: &Output| String::from_utf8(output.stdout.clone()).unwrap();

    let played = waybill(&["--scenario", &good, &good]);
    assert_eq!(played.status.code(), Some(0));
    assert_eq!(lines(&played).matches("✓").count(), 6);
    let played = waybill(&["--scenario", &sad]);
    assert_eq!(played.status.code(), Some(1));
    let told = lines(&played);
    assert!(
        told.contains("✗")
            && told.contains("line 3")
            && told.contains("expected  a message on asha's phone"),
        "{told}"
    );
    assert!(
        told.contains("seen      \"*Welcome, Asha!*") && !told.contains("7 messages"),
        "{told}"
    );
    let played = waybill(&["--json", "--scenario", &sad]);
    let told = lines(&played);
    let last: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(
        (played.status.code(), &last["ok"]),
        (Some(1), &serde_json::json!(false))
    );
    let played = waybill(&["--scenario", &good, &wrong]);
    let fault = String::from_utf8(played.stderr.clone()).unwrap();
    assert_eq!(
        (played.status.code(), lines(&played)),
        (Some(2), String::new()),
        "nothing is played"
    );
    assert!(
        fault.contains(&format!("{wrong}:2: \"writs\" is not expected here")),
        "{fault}"
    );
    assert_eq!(waybill(&["--scenario", "/nowhere"]).status.code(), Some(2));
    assert!(lines(&waybill(&["--scenario-help"])).contains("NAME gets \"text\" [within TIME]"));
}

fn waybill(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_waybill"))
        .arg("simulator")
        .args(arguments)
        .env_clear()
        .output()
        .unwrap()
}

fn text(name: &str) -> String {
    std::fs::read_to_string(format!("{FOLDER}/{name}.scenario")).unwrap()
}

async fn plays(backend: Backend, name: &str) {
    let failure = outcome(backend, &text(name)).await;
    if let Some((line, failure)) = failure {
        panic!(
            "{name}:{line}: expected {}; seen {}",
            failure.expected, failure.seen
        );
    }
}

/// Where a scenario failed, and why.
async fn outcome(backend: Backend, text: &str) -> Option<(usize, Failure)> {
    let scenario = Scenario::parse(text).unwrap();
    let own = scenario.settings().iter();
    let mut settings: Vec<(&str, &str)> = own.map(|it| (it.0.as_str(), it.1.as_str())).collect();
    settings.extend([(WINDOW_RULE, "on"), ("UNCONFIRMED_GRACE_SECONDS", "2")]);
    let app = TestApp::with(backend, &settings).await;
    let stage = Stage {
        http: http_client(),
        simulator_url: format!("http://{}", app.running.simulator.unwrap()),
        account: app.running.app.account.clone(),
        server: Server::new(http_client(), &app.url, Secret::new(&*app.token)),
    };
    let mut failure = None;
    let was_well = play(&scenario, &stage, |step| {
        failure = step.fault.clone().map(|it| (step.line, it));
    })
    .await;
    assert_eq!(was_well, failure.is_none());
    app.running.stop().await;
    failure
}
