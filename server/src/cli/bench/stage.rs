//! Where a round is played: an empty database, a stub of Twilio, a server between them; all gone afterwards.

use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use entity::types::MessageStatus as S;
use entity::webhook_event::WebhookState;

use super::child::{Child, Server, token};
use super::stub::Totals;
use crate::cli::common::tell;
use crate::cli::place::{Folder, sibling};
use crate::store::{self, Db};

/// The account of every stage.
pub(super) const ACCOUNT_SID: &str = "AC00112233445566778899aabbccddeeff";
/// Signs its webhooks.
pub(super) const AUTH_TOKEN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
/// Its sender.
pub(in crate::cli::bench) const SENDER: &str = "whatsapp:+14155238886";
/// What its webhooks are signed for. Nobody connects to it.
pub(super) const PUBLIC_URL: &str = "https://bench.example.com";

/// How often is asked whether the work is done.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// States of messages that wait or are on their way.
const OPEN: [S; 3] = [S::Queued, S::Sending, S::Unconfirmed];
/// States of messages that Twilio took.
const TAKEN: [S; 5] = [S::Accepted, S::Sent, S::Delivered, S::Read, S::Undelivered];

/// The databases to measure on.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Targets {
    /// Measures on this PostgreSQL server too: makes an empty database there for each round, and drops it
    #[arg(long = "database", value_name = "URL")]
    databases: Vec<String>,
    /// Lets the servers on PostgreSQL use this Redis
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
}

/// One database to measure on.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// A file in a temporary folder.
    Sqlite,
    /// A server, and a Redis beside it.
    Postgres {
        /// From 1.
        number: usize,
        /// Any database of the server.
        url: String,
        /// Where there is one.
        redis: Option<String>,
    },
}

impl Targets {
    /// SQLite, then each PostgreSQL.
    pub(super) fn all(&self) -> Result<Vec<Target>, String> {
        let mut all = vec![Target::Sqlite];
        for (url, number) in self.databases.iter().zip(1..) {
            if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
                return Err("--database: not a URL that begins with postgres://".to_owned());
            }
            let (url, redis) = (url.clone(), self.redis.clone());
            all.push(Target::Postgres { number, url, redis });
        }
        Ok(all)
    }
}

impl Target {
    /// The head of its column.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Sqlite => "SQLite".to_owned(),
            Self::Postgres { number, redis, .. } => {
                let number = if *number > 1 {
                    format!(" {number}")
                } else {
                    String::new()
                };
                let redis = redis.as_ref().map_or("", |_| " + Redis");
                format!("PostgreSQL{number}{redis}")
            }
        }
    }
}

/// A running server with all that belongs to it.
#[derive(Debug)]
pub(super) struct Stage {
    /// The server.
    pub(super) server: Server,
    /// Its Twilio.
    pub(super) stub: Child,
    /// Where that listens.
    pub(super) stub_address: SocketAddr,
    /// The server's database, read past the server.
    pub(super) db: Db,
    /// Lets its bearer send.
    pub(super) token: String,
    _folder: Folder,
}

impl Stage {
    /// Plays a round on an empty database of `target`, with `settings` beside the usual ones. Ctrl-C ends it in order.
    pub(super) async fn with<T>(
        target: &Target,
        settings: &[(&'static str, String)],
        round: impl AsyncFnOnce(&Self) -> Result<T, String>,
    ) -> Result<T, String> {
        match target {
            Target::Sqlite => {
                let folder = Folder::new()?;
                let file = folder.path().join("data/waybill.db");
                let url = format!("sqlite://{}", file.display());
                Self::play(folder, url, settings, round).await
            }
            Target::Postgres { url, redis, .. } => {
                let server = open(url).await?;
                let name = format!("waybill_bench_{:032x}", rand::random::<u128>());
                told(store::bench::create_database(&server, &name).await)?;
                let mut settings = settings.to_vec();
                settings.extend(redis.clone().map(|it| ("REDIS_URL", it)));
                let played =
                    Self::play(Folder::new()?, sibling(url, &name), &settings, round).await;
                let dropped = told(store::bench::drop_database(&server, &name).await);
                server.close().await;
                dropped.and(played)
            }
        }
    }

    async fn play<T>(
        folder: Folder,
        database: String,
        settings: &[(&'static str, String)],
        round: impl AsyncFnOnce(&Self) -> Result<T, String>,
    ) -> Result<T, String> {
        let (stub, stub_address) = Child::of_bench("stub")?;
        let mut all = vec![
            ("DATABASE_URL", database.clone()),
            ("PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("TWILIO_ACCOUNT_SID", ACCOUNT_SID.to_owned()),
            ("TWILIO_AUTH_TOKEN", AUTH_TOKEN.to_owned()),
            ("TWILIO_WHATSAPP_FROM", SENDER.to_owned()),
            ("TWILIO_API_BASE_URL", format!("http://{stub_address}")),
            // The stub knows no lists.
            ("BOT_BUTTONS", "off".to_owned()),
        ];
        all.extend_from_slice(settings);
        let stage = Self {
            token: token(&folder, &all)?,
            server: Server::start(&folder, &all)?,
            db: open(&database).await?,
            stub,
            stub_address,
            _folder: folder,
        };
        let played = unless_interrupted(round(&stage)).await;
        if let Some(error) = stage.server.first_error() {
            tell(&format!("the server logged an error: {error}"));
        }
        stage.db.close().await;
        played
    }

    /// Webhook events that wait, and messages that wait or are on their way.
    pub(super) async fn waiting(&self) -> Result<u64, String> {
        let events = store::bench::events_in(self.db.read(), WebhookState::Pending).await;
        let messages = store::bench::messages_in(self.db.read(), &OPEN).await;
        Ok(told(events)? + told(messages)?)
    }

    /// Waits until nothing waits, or for `patience`; what waits still.
    pub(super) async fn work_off(&self, patience: Duration) -> Result<u64, String> {
        let began = Instant::now();
        while told(store::bench::is_any_waiting(self.db.read(), &OPEN).await)?
            && began.elapsed() < patience
        {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.waiting().await
    }

    /// Waits until so many messages are stored as taken by Twilio. Before the stub has that many the database is left
    /// alone: counting costs it more than telling costs the stub.
    pub(super) async fn accepted(&self, wanted: usize, patience: Duration) -> Result<(), String> {
        let began = Instant::now();
        while Totals::of(self.stub_address).await?.messages < wanted && began.elapsed() < patience {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        loop {
            let is = told(store::bench::messages_in(self.db.read(), &TAKEN).await)?;
            if is >= wanted as u64 {
                return Ok(());
            }
            if began.elapsed() > patience {
                let seconds = patience.as_secs();
                return Err(format!(
                    "only {is} of {wanted} messages were ACCEPTED after {seconds} s"
                ));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Checks that Twilio was asked for so many messages, and for none of them twice.
    pub(super) async fn none_twice(&self, wanted: usize) -> Result<(), String> {
        let totals = Totals::of(self.stub_address).await?;
        let expected = Totals {
            creates: wanted,
            messages: wanted,
        };
        if totals == expected {
            return Ok(());
        }
        let Totals { creates, messages } = totals;
        Err(format!(
            "Twilio was asked {creates} times for {messages} messages; right were {wanted}, each once"
        ))
    }
}

/// Does it, unless Ctrl-C comes: then what was begun is put away in order.
pub(super) async fn unless_interrupted<T>(
    task: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    tokio::select! {
        done = task => done,
        _ = tokio::signal::ctrl_c() => Err("interrupted".to_owned()),
    }
}

async fn open(url: &str) -> Result<Db, String> {
    told(store::open(url).await)
}

/// An error in words.
pub(super) fn told<T>(result: Result<T, impl std::fmt::Display>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}
