//! The SQL, one noun a file. Every function takes a connection or transaction first; none begins one of its own.

pub mod asked_once;
pub mod attempts;
pub mod audit;
pub mod baskets;
pub mod bench;
pub mod bulk_jobs;
pub mod checkout;
pub mod contact_book;
pub mod contacts;
pub mod conversations;
mod drawn;
pub mod failures;
pub mod look;
pub mod message_events;
pub mod messages;
pub mod nodes;
pub mod offers;
pub mod order_templates;
pub mod orders;
pub mod pauses;
pub mod people;
pub mod products;
pub mod queue;
pub mod saved_views;
pub mod search;
pub mod shelf;
mod sql;
pub mod standing;
pub mod stats;
mod turns;
mod tx;
pub mod users;
pub mod webhook_events;
pub mod webhook_refusals;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use migration::MigratorTrait as _;
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use turns::Turns;
pub use tx::Tx;

/// Pages in the memory of the writing SQLite connection: the negative number counts KiB.
const WRITER_CACHE: &str = "-16000";
/// The same for each reading one.
const READER_CACHE: &str = "-4000";
/// The log of an SQLite database is folded into its file after so many pages.
const CHECKPOINT_PAGES: &str = "4000";
/// A connection that was idle for longer is asked whether it still stands, before it is used.
const TRUSTED: Duration = Duration::from_secs(1);
/// A statement that waits longer for somebody else's lock gives up: before those who wait for it do, who would not know then
/// whether it was done after all.
const BUSY_TIMEOUT: Duration = Duration::from_millis(1_500);
/// The same for PostgreSQL; and a node that vanished in the middle of a transaction holds the others up for seconds only.
const POSTGRES: [(&str, &str); 4] = [
    ("lock_timeout", "1500"),
    ("idle_in_transaction_session_timeout", "10000"),
    ("tcp_keepalives_idle", "15"),
    ("tcp_keepalives_interval", "5"),
];
const LOOK_EVERY: Duration = Duration::from_millis(500);
const LOOK_DEADLINE: Duration = Duration::from_secs(2);

/// The database: on SQLite one writing connection and many readers, on PostgreSQL one pool for both.
#[derive(Clone, Debug)]
pub struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
    is_well: Arc<AtomicBool>,
    /// Statements on the reading connection so far.
    asked: Arc<AtomicU64>,
    /// One at a time on SQLite.
    turns: Option<Arc<Semaphore>>,
    /// For reads that look through the whole log.
    turns_to_look: Turns,
}

/// Opens the database at `url`, making the folder and file of an SQLite database.
///
/// # Errors
/// What the database said, or that the folder could not be made.
pub async fn open(url: &str) -> Result<Db, DbErr> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path
            .trim_start_matches("//")
            .split('?')
            .next()
            .unwrap_or_default();
        make_folder_of(Path::new(path))?;
        let write = Database::connect(sqlite(url, 1, WRITER_CACHE)).await?;
        let read = Database::connect(sqlite(url, 8, READER_CACHE)).await?;
        return Ok(Db::new(write, read));
    }
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(20)
        .acquire_timeout(Duration::from_secs(3))
        .test_before_acquire_if_idle_for(TRUSTED)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|it| it.options(POSTGRES));
    let pool = Database::connect(options).await?;
    Ok(Db::new(pool.clone(), pool))
}

/// Brings the schema up to date; returns how many steps were taken.
///
/// # Errors
/// What the database said.
pub async fn migrate(db: &Db) -> Result<usize, DbErr> {
    let pending = migration::Migrator::get_pending_migrations(&db.write)
        .await?
        .len();
    migration::Migrator::up(&db.write, None).await?;
    Ok(pending)
}

/// Begins a transaction that may write. On SQLite it takes the write lock at once, so it never fails halfway.
///
/// # Errors
/// What the database said.
pub async fn begin(db: &Db) -> Result<Tx, DbErr> {
    let turn = match &db.turns {
        Some(turns) => Arc::clone(turns).acquire_owned().await.ok(),
        None => None,
    };
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let inner = db.write.begin_with_options(options).await?;
    Ok(Tx::new(inner, turn))
}

/// Whether an error is about what was to be stored rather than about the database: trying again would not help.
/// Source: PostgreSQL's classes 22 and 23, SQLite's result codes TOOBIG, CONSTRAINT and MISMATCH.
pub fn is_about_content(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let Some(code) = error.as_database_error().and_then(DatabaseError::code) else {
        return false;
    };
    let is_sqlites = |code: u32| matches!(code & 0xff, 18..=20);
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => is_sqlites(number),
        _ => code.starts_with("22") || code.starts_with("23"),
    }
}

/// Whether the database answers.
///
/// # Errors
/// What the database said.
pub async fn ping(db: &Db) -> Result<(), DbErr> {
    db.read.ping().await
}

/// Looks again and again whether the database answers, until the stop.
pub async fn watch(db: Db, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(LOOK_EVERY))
        .await
        .is_some()
    {
        let answer = tokio::time::timeout(LOOK_DEADLINE, db.write.ping()).await;
        db.found(matches!(answer, Ok(Ok(()))));
    }
}

impl Db {
    fn new(write: DatabaseConnection, mut read: DatabaseConnection) -> Self {
        let asked = Arc::<AtomicU64>::default();
        let counter = Arc::clone(&asked);
        read.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let turns = (!is_postgres(&write)).then(|| Arc::new(Semaphore::new(1)));
        Self {
            turns,
            turns_to_look: Turns::default(),
            write,
            read,
            is_well: Arc::new(AtomicBool::new(true)),
            asked,
        }
    }

    /// Reads messages of a filter; where no index narrows it, when it is its turn.
    ///
    /// # Errors
    /// What the database said.
    pub async fn search<T, F>(
        &self,
        filter: &messages::Filter,
        read: impl FnOnce(DatabaseConnection, messages::Filter) -> F,
    ) -> Result<T, DbErr>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        let reading = read(self.read.clone(), filter.clone());
        if !filter.looks_through() {
            return reading.await;
        }
        self.turns_to_look.take(reading).await
    }

    /// Whether the database answered when it was last looked at.
    pub fn is_well(&self) -> bool {
        self.is_well.load(Ordering::Relaxed)
    }

    /// Somebody waited in vain: until the next look nobody else needs to.
    pub fn seems_down(&self) {
        self.found(false);
    }

    fn found(&self, is_well: bool) {
        let was_well = self.is_well.swap(is_well, Ordering::Relaxed);
        if was_well && !is_well {
            tracing::error!("the database does not answer");
        } else if !was_well && is_well {
            tracing::info!("the database is back");
        }
    }

    /// Statements that reading took so far: a list's cost must not grow with its rows.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// A connection for reading.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// A connection for a single writing statement.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Closes every connection; SQLite folds its log into the file.
    pub async fn close(self) {
        for connection in [self.read, self.write] {
            if let Err(error) = connection.close().await {
                tracing::debug!(%error, "a database connection was closed already");
            }
        }
    }
}

fn sqlite(url: &str, connections: u32, cache: &'static str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .sqlx_logging(false);
    options.map_sqlx_sqlite_opts(move |it| {
        it.create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .pragma("cache_size", cache)
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
    });
    options
}

fn make_folder_of(file: &Path) -> Result<(), DbErr> {
    let Some(folder) = file.parent().filter(|it| !it.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|error| {
        DbErr::Custom(format!(
            "can't make the folder {}: {error}",
            folder.display()
        ))
    })
}

fn is_postgres(connection: &impl ConnectionTrait) -> bool {
    connection.get_database_backend() == DbBackend::Postgres
}
