//! Redis is killed, comes back empty, and is emptied: nothing is lost, and what crosses nodes crosses again.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use tokio::sync::Mutex;

use super::check::Crashed;
use super::faults_on_both;
use super::load::Load;
use super::site::Site;
use crate::support::accounting::plan::Plan;
use crate::support::{Backend, command, new_database};

faults_on_both!(redis_goes_and_comes_back_empty);

/// There is one Redis that may be killed.
static REDIS: Mutex<()> = Mutex::const_new(());
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(700);

async fn redis_goes_and_comes_back_empty(backend: Backend) {
    let Ok(url) = std::env::var("WAYBILL_TEST_FAULTS_REDIS") else {
        eprintln!("skipped: no WAYBILL_TEST_FAULTS_REDIS (cargo xtask test starts one)");
        return;
    };
    let _alone = REDIS.lock().await;
    let mut settings = vec![("REDIS_URL", url.clone())];
    if let Backend::Postgres = backend {
        let server = std::env::var("WAYBILL_TEST_POSTGRES").unwrap();
        settings.push(("DATABASE_URL", new_database(&server).await));
    }
    let site = Site::with(backend, Plan::calm(19), settings).await;
    let server = site.serve();
    let load = Load::start(&site);
    let mut kills = 0;
    for _ in 0..2 {
        tokio::time::sleep(PAUSE).await;
        flush(&url);
        tokio::time::sleep(PAUSE).await;
        command("WAYBILL_TEST_FAULTS_REDIS_KILL");
        kills += 1;
        tokio::time::sleep(PAUSE).await;
        command("WAYBILL_TEST_FAULTS_REDIS_START");
    }
    tokio::time::sleep(PAUSE).await;
    load.stop().await;
    site.settled(Crashed::No, PATIENCE).await;
    drop(server);
    site.passed("Redis killed and emptied", kills);
}

/// Empties Redis.
fn flush(url: &str) {
    let address = url.trim_start_matches("redis://");
    let mut redis = TcpStream::connect(address).unwrap();
    redis.write_all(b"FLUSHALL\r\n").unwrap();
    let mut answer = [0; 5];
    redis.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"+OK\r\n");
}
