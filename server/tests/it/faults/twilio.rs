//! Twilio answers 429, 500, nothing, resets, takes and drops; its callbacks come early, twice, in any order, or never.

use std::time::Duration;

use super::check::Crashed;
use super::faults_on_both;
use super::site::Site;
use crate::support::Backend;
use crate::support::accounting::plan::{CHAOS, Plan, RESTLESS, WILD};

faults_on_both!(every_answer_and_none, callbacks_astray);

/// Some requests are never answered: ten seconds each, and their message may need several tries.
const PATIENCE: Duration = Duration::from_secs(90);
const SENDS: usize = 300;
const LETTERS: usize = 40;

async fn every_answer_and_none(backend: Backend) {
    let plan = Plan {
        seed: 16,
        creates: CHAOS,
        deaf: 50,
        callbacks: RESTLESS,
        latency: Duration::from_millis(40),
    };
    run(backend, plan, "every answer of Twilio, and none").await;
}

async fn callbacks_astray(backend: Backend) {
    let plan = Plan {
        callbacks: WILD,
        ..Plan::calm(17)
    };
    run(backend, plan, "callbacks astray").await;
}

async fn run(backend: Backend, plan: Plan, case: &str) {
    let site = Site::new(backend, plan).await;
    let server = site.serve();
    let letters = async {
        for _ in 0..LETTERS {
            site.write().await;
        }
    };
    tokio::join!(site.send_many(SENDS), letters);
    site.settled(Crashed::No, PATIENCE).await;
    site.passed(case, server.kills);
    let deadlocks = site.deadlocks();
    assert_eq!(
        deadlocks,
        0,
        "its own transactions waited in a circle: {}",
        site.log()
    );
}
