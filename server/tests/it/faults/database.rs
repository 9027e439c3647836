//! The database restarts, is away for five seconds, or is held by another writer.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use tokio::sync::Mutex;

use super::check::Crashed;
use super::faults_on_both;
use super::load::Load;
use super::site::Site;
use crate::support::accounting::plan::Plan;
use crate::support::{Backend, command, new_database};

faults_on_both!(the_database_goes_and_comes_back);

/// An answer that could not be recorded waits until its lease has ended, a minute after it was claimed.
const PATIENCE: Duration = Duration::from_secs(110);
/// How often PostgreSQL ends without a word: restarts, and at last a stop.
const KILLS: usize = 3;
const AWAY: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_secs(1);

/// There is one PostgreSQL that may be stopped.
static POSTGRES: Mutex<()> = Mutex::const_new(());

/// The PostgreSQL that may be stopped.
fn own_postgres() -> Option<String> {
    let url = std::env::var("WAYBILL_TEST_FAULTS_POSTGRES").ok();
    if url.is_none() {
        eprintln!("skipped: no WAYBILL_TEST_FAULTS_POSTGRES (cargo xtask test starts one)");
    }
    url
}

async fn the_database_goes_and_comes_back(backend: Backend) {
    match backend {
        Backend::Sqlite => held_by_another_writer().await,
        Backend::Postgres => restarted_and_stopped().await,
    }
}

async fn restarted_and_stopped() {
    let Some(url) = own_postgres() else { return };
    let _alone = POSTGRES.lock().await;
    let settings = vec![("DATABASE_URL", new_database(&url).await)];
    let site = Site::with(Backend::Postgres, Plan::calm(18), settings).await;
    let server = site.serve();
    let load = Load::start(&site);
    for _ in 1..KILLS {
        tokio::time::sleep(PAUSE).await;
        command("WAYBILL_TEST_FAULTS_POSTGRES_RESTART");
    }
    tokio::time::sleep(PAUSE).await;
    command("WAYBILL_TEST_FAULTS_POSTGRES_STOP");
    tokio::time::sleep(AWAY).await;
    command("WAYBILL_TEST_FAULTS_POSTGRES_START");
    tokio::time::sleep(PAUSE).await;
    load.stop().await;
    site.settled(Crashed::Yes, PATIENCE).await;
    drop(server);
    site.passed("PostgreSQL restarted and stopped", KILLS);
}

async fn held_by_another_writer() {
    let site = Site::new(Backend::Sqlite, Plan::calm(18)).await;
    let server = site.serve();
    let load = Load::start(&site);
    let file = format!("sqlite:{}/waybill.db", site.settings["DATA_DIR"]);
    let mut options = ConnectOptions::new(file);
    options.max_connections(1);
    let other = Database::connect(options).await.unwrap();
    for held in [PAUSE, AWAY + PAUSE] {
        tokio::time::sleep(PAUSE).await;
        other
            .execute_unprepared("PRAGMA busy_timeout = 20000")
            .await
            .unwrap();
        other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
        tokio::time::sleep(held).await;
        other.execute_unprepared("COMMIT").await.unwrap();
    }
    load.stop().await;
    site.settled(Crashed::Yes, PATIENCE).await;
    site.passed("SQLite held by another writer", server.kills);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "cargo xtask test --only faults"]
async fn webhooks_are_answered_200_while_postgresql_is_away() {
    let Some(url) = own_postgres() else { return };
    let _alone = POSTGRES.lock().await;
    let settings = vec![("DATABASE_URL", new_database(&url).await)];
    let site = Site::with(Backend::Postgres, Plan::calm(20), settings).await;
    let mut server = site.serve();
    site.write().await;
    command("WAYBILL_TEST_FAULTS_POSTGRES_STOP");
    for _ in 0..10 {
        site.write().await;
    }
    let ledger = site.ledger.lock().unwrap().clone();
    // What is in the spool outlives the process too.
    server.kill();
    command("WAYBILL_TEST_FAULTS_POSTGRES_START");
    server.restart();
    assert_eq!(
        (ledger.letters.len(), ledger.broken, ledger.refused),
        (11, 0, 0),
        "each was answered 200 at once"
    );
    site.settled(Crashed::Yes, PATIENCE).await;
    site.passed("webhooks without PostgreSQL", server.kills);
}
