//! One place of work: a folder, a database, an accounting Twilio, clients, and a server that comes and goes.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::accounting::Accounting;
use crate::support::accounting::plan::Plan;
use crate::support::{ACCOUNT, Backend, Process, Settings, TOKEN};
use crate::support::{free_port, have_written_to, new_database, new_token};

/// Our sender.
pub(super) const SENDER: &str = "+14155238886";

/// A send that a client was told to be accepted.
#[derive(Clone, Debug)]
pub(super) struct Send {
    pub(super) id: String,
    pub(super) body: String,
}

/// A customer's message whose webhook request was answered 200.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) from: String,
    pub(super) body: String,
}

/// What clients know.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    pub(super) sends: Vec<Send>,
    pub(super) letters: Vec<Letter>,
    /// Requests that got no answer, or one of 500 and more, and were made again.
    pub(super) broken: usize,
    pub(super) refused: usize,
}

/// The place.
pub(super) struct Site {
    pub(super) backend: Backend,
    pub(super) settings: Settings,
    pub(super) url: String,
    pub(super) token: String,
    pub(super) twilio: Accounting,
    pub(super) http: reqwest::Client,
    pub(super) ledger: Mutex<Ledger>,
    pub(super) numbers: AtomicUsize,
    pub(super) began: Instant,
    folder: TempDir,
}

impl Site {
    /// A place with the databases of this run.
    pub(super) async fn new(backend: Backend, plan: Plan) -> Arc<Self> {
        let settings = match backend {
            Backend::Sqlite => Vec::new(),
            Backend::Postgres => shared_services().await,
        };
        Self::with(backend, plan, settings).await
    }

    /// A place with settings of its own.
    pub(super) async fn with(
        backend: Backend,
        plan: Plan,
        more: Vec<(&'static str, String)>,
    ) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let twilio = Accounting::new(plan).await;
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let all = [
            ("PORT", port.to_string()),
            ("PUBLIC_URL", url.clone()),
            ("DATA_DIR", at("data")),
            ("LOG_DIR", at("logs")),
            ("TWILIO_API_BASE_URL", twilio.url()),
            ("TWILIO_ACCOUNT_SID", ACCOUNT.to_owned()),
            ("TWILIO_AUTH_TOKEN", TOKEN.to_owned()),
            ("WHATSAPP_PHONE_NUMBER", SENDER.to_owned()),
            ("SEND_RATE_PER_SENDER", "10000".to_owned()),
            // The account is of messages, not of lists that are registered.
            ("BOT_BUTTONS", "off".to_owned()),
            // The load and the account of it come as one viewer.
            ("API_RATE_PER_VIEWER", "0".to_owned()),
            ("SEND_CONCURRENCY", "64".to_owned()),
            ("SEND_MAX_ATTEMPTS", "12".to_owned()),
            ("UNCONFIRMED_GRACE_SECONDS", "1".to_owned()),
        ];
        let settings: Settings = all
            .into_iter()
            .chain(more)
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let token = tokio::task::block_in_place(|| new_token(&settings));
        have_written_to(&settings).await;
        Arc::new(Self {
            backend,
            settings,
            url,
            token,
            twilio,
            http: waybill::gateway::http_client(),
            ledger: Mutex::default(),
            numbers: AtomicUsize::new(1),
            began: Instant::now(),
            folder,
        })
    }

    /// Starts the server.
    pub(super) fn serve(&self) -> Server {
        Server::start(&["serve"], self.settings.clone(), "Dashboard")
    }

    /// Asks in GraphQL; `None` where no answer came, or only that something failed inside.
    pub(super) async fn query(&self, query: &str, variables: Value) -> Option<Value> {
        let request = self
            .http
            .post(format!("{}/graphql", self.url))
            .bearer_auth(&self.token)
            .json(&json!({ "query": query, "variables": variables }));
        let answer = request.send().await.ok()?;
        let mut answer: Value = answer.json().await.ok()?;
        answer
            .get("errors")
            .is_none()
            .then(|| answer["data"].take())
    }

    /// The end of the server's log.
    pub(super) fn log(&self) -> String {
        let text = std::fs::read_to_string(self.folder.path().join("logs/error.log"));
        let text = text.unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    /// How often the database ended one of the server's transactions because it waited in a circle with others.
    pub(super) fn deadlocks(&self) -> usize {
        let text = std::fs::read_to_string(self.folder.path().join("logs/app.log"));
        text.unwrap_or_default()
            .matches("deadlock detected")
            .count()
    }

    /// Tells that a case ended well.
    pub(super) fn passed(&self, case: &str, kills: usize) {
        let (ledger, books) = (self.ledger.lock().unwrap().clone(), self.twilio.books());
        let messages = ledger.sends.len() + ledger.letters.len();
        let again = ledger.broken + ledger.refused;
        let backend = format!("{:?}", self.backend);
        let seconds = self.began.elapsed().as_secs_f64();
        println!(
            "fault case  {case:<33}  {backend:<8}  {kills:>2} kills  {messages:>4} messages  {:>4} creates  {:>4} taken  {seconds:>5.1} s  (callbacks: {} told, {} refused, {} unheard; requests made again: {again}, {} of them after a 5xx; deadlocks: {})",
            books.creates.len(),
            books.taken.len(),
            books.told,
            books.refused,
            books.unheard,
            ledger.refused,
            self.deadlocks(),
        );
    }
}

/// A database on the PostgreSQL that all tests share, and their Redis where there is one.
async fn shared_services() -> Vec<(&'static str, String)> {
    let server = std::env::var("WAYBILL_TEST_POSTGRES").unwrap();
    let mut settings = vec![("DATABASE_URL", new_database(&server).await)];
    settings.extend(
        std::env::var("WAYBILL_TEST_REDIS")
            .ok()
            .map(|it| ("REDIS_URL", it)),
    );
    settings
}

/// A server that is killed and started again on the same port and data.
pub(super) struct Server {
    arguments: Vec<String>,
    settings: Settings,
    greeting: &'static str,
    process: Process,
    pub(super) kills: usize,
}

impl Server {
    /// Starts `waybill` with these arguments; it is up when it prints a line that begins with `greeting`.
    pub(super) fn start(arguments: &[&str], settings: Settings, greeting: &'static str) -> Self {
        let (process, _) =
            tokio::task::block_in_place(|| Process::start(arguments, &settings, &[greeting]));
        Self {
            arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
            settings,
            greeting,
            process,
            kills: 0,
        }
    }

    /// `kill -9`
    pub(super) fn kill(&mut self) {
        self.process.kill();
        self.kills += 1;
    }

    /// Starts it again after it was killed.
    pub(super) fn restart(&mut self) {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let start = || Process::start(&arguments, &self.settings, &[self.greeting]);
        self.process = tokio::task::block_in_place(start).0;
    }
}
