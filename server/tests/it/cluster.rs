//! Hints between nodes through a real Redis, and what is left without it.

use std::time::Duration;

use entity::types::Lane;
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
        json!({ "status": "degraded", "database": "ok", "redis": "degraded", "spoolBytes": 0, "eventsLost": 0 })
    );
    let sent = app
        .send(json!({ "to": "+9779800000000", "body": "x", "lane": "IMMEDIATE" }))
        .await;
    assert_eq!(sent["message"]["status"], "ACCEPTED", "{sent}");
    app.running.stop().await;
}

/// A node that is part of `redis_url`, or alone.
async fn node(
    redis_url: Option<&str>,
    account: &str,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Cluster {
    let url = redis_url.map(Secret::new);
    let cluster = Cluster::new(url.as_ref(), account, 100).unwrap();
    cluster.listen(tasks, stop.clone());
    if redis_url.is_some() {
        until_ok(&cluster).await;
    }
    cluster
}

/// What holds for a sender's pace with and without Redis.
async fn a_pace_holds(redis_url: Option<&str>) {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let account = format!("AC{:032x}", rand::random::<u128>());
    let cluster = node(redis_url, &account, &tasks, &stop).await;
    let bulk = cluster.take_turns("a", Lane::Bulk, 50).await;
    assert!(
        bulk.wait(49) > Duration::from_millis(480),
        "100 a second: {bulk:?}"
    );
    let reply = cluster.take_turns("a", Lane::Immediate, 1).await;
    assert_eq!(
        reply.wait(0),
        Duration::ZERO,
        "a reply does not wait behind a broadcast"
    );
    assert_eq!(cluster.room("b"), 100, "another sender has its own pace");

    cluster.slow("a", Duration::from_secs(5)).await;
    assert_eq!((cluster.room("a"), cluster.room("b")), (0, 100));
    let held = cluster.take_turns("a", Lane::Immediate, 1).await;
    assert!(held.wait(0) > Duration::from_millis(4_500), "{held:?}");
    assert!(held.each_us > 19_000.0, "half the rate: {held:?}");
    let other = cluster.take_turns("b", Lane::Normal, 1).await;
    assert_eq!(other.wait(0), Duration::ZERO);
    stop.cancel();
    tasks.close();
    tasks.wait().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_senders_pace_holds_on_one_node() {
    a_pace_holds(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_senders_pace_holds_through_redis() {
    let Some(url) = redis_url() else { return };
    a_pace_holds(Some(&url)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_share_one_rate_with_redis_and_halve_it_without() {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let alone = node(None, "AC1", &tasks, &stop).await;
    alone.share_with(2);
    let share = alone.take_turns("a", Lane::Bulk, 1).await;
    assert!((share.each_us - 20_000.0).abs() < 1.0, "{share:?}");

    let Some(url) = redis_url() else { return };
    let account = format!("AC{:032x}", rand::random::<u128>());
    let one = node(Some(&url), &account, &tasks, &stop).await;
    let other = node(Some(&url), &account, &tasks, &stop).await;
    one.take_turns("a", Lane::Bulk, 100).await;
    let next = other.take_turns("a", Lane::Bulk, 1).await;
    assert!(next.wait(0) > Duration::from_millis(900), "{next:?}");
    stop.cancel();
    tasks.close();
    tasks.wait().await;
}
