//! A server of one's own for each test, with its own database, and hands to use it.

pub(crate) mod accounting;
mod client;
mod lock;
mod outside;
mod process;
mod socket;
mod stub;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use entity::api_token::Scope;
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use waybill::clock::{Clock, Ids};
use waybill::config;
use waybill::flows::access::{self, TokenWish};
use waybill::gateway::simulator::Phones;
use waybill::start::{Running, start};
use waybill::store::{self, Db};

pub(crate) use outside::Outside;
pub(crate) use process::{Process, Settings, command, free_port, new_token, run};
pub(crate) use socket::{EVENTS, Socket};
pub(crate) use stub::{ACCOUNT, Answer, Stub, TOKEN};

/// Not a setting of the server: with it, the simulated Twilio has its rule of 24 hours, as it has for people. Without it
/// tests may write to strangers.
pub(crate) const WINDOW_RULE: &str = "test: with Twilio's rule of 24 hours";

/// Which database a test runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// Makes a test of an async function for each database. Without a PostgreSQL (see README) its half is skipped and says so.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::support::Backend::Sqlite).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if $crate::support::has_postgres() {
                    super::$name($crate::support::Backend::Postgres).await;
                }
            })+
        }
    };
}
pub(crate) use on_both;

/// A running server.
pub(crate) struct TestApp {
    pub(crate) running: Running,
    pub(crate) url: String,
    pub(crate) token: String,
    http: reqwest::Client,
    settings: HashMap<String, String>,
    folder: TempDir,
}

/// Whether `cargo xtask test` started a PostgreSQL for us.
pub(crate) fn has_postgres() -> bool {
    let has = std::env::var("WAYBILL_TEST_POSTGRES").is_ok();
    if !has {
        eprintln!("skipped: no WAYBILL_TEST_POSTGRES (cargo xtask test starts one)");
    }
    has
}

impl TestApp {
    /// A server in sandbox mode.
    pub(crate) async fn new(backend: Backend) -> Self {
        Self::with(backend, &[]).await
    }

    /// A server that takes `stub` for Twilio.
    pub(crate) async fn with_stub(backend: Backend, stub: &Stub) -> Self {
        let url = stub.url();
        Self::with(
            backend,
            &[
                ("TWILIO_API_BASE_URL", &url),
                ("TWILIO_ACCOUNT_SID", ACCOUNT),
                ("TWILIO_AUTH_TOKEN", TOKEN),
                ("WHATSAPP_PHONE_NUMBER", "+14155238886"),
                ("PUBLIC_URL", "http://waybill.test"),
                ("UNCONFIRMED_GRACE_SECONDS", "1"),
            ],
        )
        .await
    }

    /// A server with settings of its own.
    pub(crate) async fn with(backend: Backend, settings: &[(&str, &str)]) -> Self {
        Self::with_clock(backend, settings, Clock::system()).await
    }

    /// The same with a clock that may stand still.
    pub(crate) async fn with_clock(
        backend: Backend,
        settings: &[(&str, &str)],
        clock: Clock,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut all: HashMap<String, String> = settings
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        all.insert("PORT".into(), "0".into());
        // What is tapped is told with numbers, and nothing is for sale, where a test does not ask for more.
        for name in ["BOT_BUTTONS", "DEMO_SHOP"] {
            all.entry(name.into()).or_insert_with(|| "off".into());
        }
        all.insert(
            "DATA_DIR".into(),
            folder.path().join("data").display().to_string(),
        );
        if let Backend::Postgres = backend {
            let server = std::env::var("WAYBILL_TEST_POSTGRES").unwrap();
            all.insert("DATABASE_URL".into(), new_database(&server).await);
        }
        Self::started(all, folder, clock).await
    }

    async fn started(settings: HashMap<String, String>, folder: TempDir, clock: Clock) -> Self {
        let config = config::from_variables(&settings).unwrap();
        let running = start(config, clock).await.unwrap();
        let wish = TokenWish {
            name: "test".into(),
            scope: Scope::Send,
            life: Some(TimeDelta::hours(1)),
        };
        have_written(&running.app.db).await;
        let token = access::new_token(&running.app.db, &Clock::system(), &Ids::default(), wish)
            .await
            .unwrap()
            .1;
        let url = format!("http://{}", running.address);
        if !settings.contains_key(WINDOW_RULE)
            && let Some(simulator) = running.simulator
        {
            let phones = Phones::new(
                waybill::gateway::http_client(),
                &format!("http://{simulator}"),
            );
            let change = serde_json::json!({ "rules": { "window": false } });
            phones.change_world(&change).await.unwrap();
        }
        Self {
            running,
            url,
            token,
            http: waybill::gateway::http_client(),
            settings,
            folder,
        }
    }

    /// The same server with a token that may do everything.
    pub(crate) async fn with_rights_of_an_admin(mut self) -> Self {
        let wish = TokenWish {
            name: "admin".into(),
            scope: Scope::Manage,
            life: Some(TimeDelta::hours(1)),
        };
        let (clock, ids) = (Clock::system(), Ids::default());
        let token = access::new_token(&self.running.app.db, &clock, &ids, wish);
        self.token = token.await.unwrap().1;
        self
    }

    /// Another node on the same database; on PostgreSQL.
    pub(crate) async fn beside(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = self.settings.clone();
        let data = folder.path().join("data").display().to_string();
        settings.insert("DATA_DIR".into(), data);
        Self::started(settings, folder, Clock::system()).await
    }

    /// The folder of its database.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Stops the server as SIGTERM does, and starts it again on the same database.
    pub(crate) async fn restart(self) -> Self {
        self.restart_after(|_| ()).await
    }

    /// The same, with a change to the data folder in between.
    pub(crate) async fn restart_after(self, change: impl FnOnce(&Path)) -> Self {
        let Self {
            running,
            settings,
            folder,
            ..
        } = self;
        running.stop().await;
        change(&folder.path().join("data"));
        Self::started(settings, folder, Clock::system()).await
    }
}

/// Numbers that begin with this, up to [`PEOPLE`], are people who wrote to us a moment ago: they may be sent free text.
const NUMBERS: &str = "whatsapp:+97798";
const PEOPLE: usize = 200;

/// Makes them known.
pub(crate) async fn have_written(db: &Db) {
    let people: Vec<String> = (0..PEOPLE).map(|n| format!("{NUMBERS}{n:08}")).collect();
    let people = people.iter().map(String::as_str).collect();
    let (sender, now) = ("whatsapp:+14155238886", Clock::system().now());
    store::bench::have_written(db, &people, sender, now)
        .await
        .unwrap();
}

/// The same in the database of a server that runs as a process of its own.
pub(crate) async fn have_written_to(settings: &Settings) {
    let config = config::from_variables(settings).unwrap();
    let db = store::open(config.database_url.expose()).await.unwrap();
    have_written(&db).await;
    db.close().await;
}

/// An empty database on a PostgreSQL of this run.
pub(crate) async fn new_database(server: &str) -> String {
    let name = format!("it_{:032x}", rand::random::<u128>());
    let connection = Database::connect(server).await.unwrap();
    connection
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .unwrap();
    connection.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}
