//! One process answers, two send, on one PostgreSQL and Redis: each dies in the middle of its work.

use std::time::Duration;

use super::check::Crashed;
use super::follower::Follower;
use super::load::Load;
use super::site::{Server, Site};
use crate::support::accounting::plan::Plan;
use crate::support::accounting::{Fate, Hop};
use crate::support::{Backend, has_postgres};

/// A dead worker's messages are its own until their leases end, half a minute after they were claimed.
const PATIENCE: Duration = Duration::from_secs(110);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "cargo xtask test --only faults"]
async fn workers_and_the_api_die_and_the_others_go_on() {
    if !has_postgres() {
        return;
    }
    let site = Site::new(Backend::Postgres, Plan::calm(21)).await;
    let mut api = Server::start(
        &["serve", "--role", "api"],
        site.settings.clone(),
        "Dashboard",
    );
    let mut settings = site.settings.clone();
    settings.insert("PORT".to_owned(), "0".to_owned());
    let worker = || Server::start(&["serve", "--role", "worker"], settings.clone(), "Worker");
    let mut workers = [worker(), worker()];
    let follower = Follower::start(&site);
    let load = Load::start(&site);
    for nth in 0..4 {
        let mut hold = site
            .twilio
            .hold([Hop::Received, Hop::Taken][nth % 2], |_| true);
        hold.reached().await;
        workers[nth / 2].kill();
        hold.release(Fate::Goes);
        site.send_many(10).await;
        workers[nth / 2].restart();
    }
    for _ in 0..2 {
        site.send().await;
        api.kill();
        api.restart();
    }
    load.stop().await;
    let messages = site.settled(Crashed::Yes, PATIENCE).await;
    follower.compare(&messages).await;
    let kills = api.kills + workers.iter().map(|it| it.kills).sum::<usize>();
    site.passed("api and workers killed", kills);
}
