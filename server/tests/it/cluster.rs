//! Hints between nodes through a real Redis, and what is left without it.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use waybill::cluster::{Cluster, ComponentState};
use waybill::config::Secret;

use crate::support::{Backend, TestApp};

const PATIENCE: Duration = Duration::from_secs(10);

/// The Redis that `cargo xtask test` started.
fn redis_url() -> Option<String> {
    let url = std::env::var("WAYBILL_TEST_REDIS").ok();
    if url.is_none() {
        eprintln!("skipped: no WAYBILL_TEST_REDIS (cargo xtask test starts one)");
    }
    url
}

async fn until_ok(cluster: &Cluster) {
    let is_ok = async {
        while cluster.redis_state() != ComponentState::Ok {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, is_ok)
        .await
        .expect("Redis did not answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hint_of_one_node_reaches_the_other() {
    let Some(url) = redis_url() else { return };
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let node = || {
        let cluster = Cluster::new(Some(&Secret::new(url.clone())), "AC1", 80).unwrap();
        cluster.listen(&tasks, stop.clone());
        cluster
    };
    let (one, other) = (node(), node());
    until_ok(&one).await;
    until_ok(&other).await;
    // What a node hears when it comes up is not what this is about.
    other.work().await;
    let mut log = other.log();
    log.mark_unchanged();

    one.wake();
    tokio::time::timeout(PATIENCE, other.work())
        .await
        .expect("no wake-up came");
    one.log_grew();
    tokio::time::timeout(PATIENCE, log.changed())
        .await
        .expect("no hint came")
        .unwrap();
    stop.cancel();
    tasks.close();
    tasks.wait().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_redis_a_server_is_degraded_and_does_its_work() {
    // Nobody listens on this port.
    let app = TestApp::with(Backend::Sqlite, &[("REDIS_URL", "redis://127.0.0.1:1")]).await;
    let ready: Value = app
        .get("/readyz")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        ready,
        json!({ "status": "degraded", "database": "ok", "redis": "degraded" })
    );
    let sent = app
        .send(json!({ "to": "+9779800000000", "body": "x", "lane": "IMMEDIATE" }))
        .await;
    assert_eq!(sent["message"]["status"], "ACCEPTED", "{sent}");
    app.running.stop().await;
}
