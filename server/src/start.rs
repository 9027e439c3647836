//! Puts the parts together, and takes them apart again without losing anything.

use std::fs::File;
use std::net::SocketAddr;
use std::time::Duration;

use entity::node::Role;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::{App, Parts, for_life};
use crate::auth::guests::{self, Guests};
use crate::auth::password::Passwords;
use crate::auth::viewer::Acquaintances;
use crate::clock::{Clock, Ids};
use crate::cluster::Cluster;
use crate::config::Config;
use crate::flows::outbound;
use crate::flows::outbound::door::{Accepting, Settling};
use crate::flows::refusals::{self, Refusals};
use crate::flows::shop;
use crate::flows::shop::offer::Registering;
use crate::flows::unlisted::Unlisted;
use crate::flows::users;
use crate::gateway::breaker::Breaker;
use crate::gateway::http_client;
use crate::gateway::simulator::Phones;
use crate::gateway::twilio::Twilio;
use crate::http::serve::PATIENCE;
use crate::intake::{self, door::Intake};
use crate::media::Fetching;
use crate::metrics::Metrics;
use crate::queue::{self, Places};
use crate::simulator::{self, Simulated};
use crate::store::{self, Db};
use crate::{http, presence};

/// Requests and sends that are under way when a stop is asked for may take this long.
const DRAIN: Duration = Duration::from_secs(25);

/// Why a server did not start; each names what to change.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database did not open, or its schema could not be brought up to date.
    #[error("DATABASE_URL: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// The address is taken or not ours.
    #[error("HOST, PORT: can't listen on {address}: {reason}")]
    Listen {
        /// What was tried.
        address: SocketAddr,
        /// What the system said.
        reason: std::io::Error,
    },
    /// Another process has the SQLite file.
    #[error(
        "DATA_DIR: another waybill uses {0}; stop it, or use PostgreSQL for more than one process"
    )]
    InUse(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// A running server.
#[derive(Debug)]
pub struct Running {
    /// Its parts.
    pub app: App,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where its simulated Twilio listens, in sandbox mode.
    pub simulator: Option<SocketAddr>,
    closing: CancellationToken,
    http: JoinHandle<()>,
    /// Records answers; ends after everything that may bring one.
    recorder: JoinHandle<()>,
    stop_recorder: CancellationToken,
    /// Holds the SQLite file for this process.
    _lock: Option<File>,
}

/// Starts everything: database, simulator where there is no account, HTTP, queue.
///
/// # Errors
/// See [`StartError`].
pub async fn start(config: Config, clock: Clock) -> Result<Running, StartError> {
    check_role(&config)?;
    let lock = lock_database(&config)?;
    let db = store::open(config.database_url.expose()).await?;
    let steps = store::migrate(&db).await?;
    if steps > 0 {
        tracing::info!(steps, "the database schema is up to date now");
    }
    let wanted = SocketAddr::new(config.host, config.port);
    let listener = listen(wanted).await?;
    let address = listener.local_addr().map_err(|reason| StartError::Listen {
        address: wanted,
        reason,
    })?;
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let simulated = match &config.twilio {
        Some(_) => None,
        None => Some(simulate(&config, address, &tasks, &stop).await?),
    };
    let app = assemble(config, db, clock, address, simulated.as_ref(), tasks, stop)?;
    let stop_recorder = CancellationToken::new();
    let recorder = recorder(&app, stop_recorder.clone());
    users::set_first_password(&app).await.map_err(|error| {
        StartError::Other(format!("ADMIN_PASSWORD: {}", crate::error::words(&error)))
    })?;
    if let Err(error) = shop::open(&app).await {
        let error = crate::error::words(&error);
        tracing::error!(error, "the shop could not be opened");
    }
    run(&app)?;
    let closing = app.closing.clone();
    let router = if app.config.role.serves() {
        http::router(app.clone())
    } else {
        http::probes(app.clone())
    };
    let serve = http::serve::serve(listener, router, PATIENCE, closing.clone());
    let http = app.tasks.spawn(serve);
    tracing::info!(%address, is_sandbox = app.config.is_sandbox(), node = app.node, "listening");
    Ok(Running {
        app,
        address,
        simulator: simulated.map(|it| it.address),
        closing,
        http,
        recorder,
        stop_recorder,
        _lock: lock,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "it outlives the tracked tasks: they bring it their answers"
)]
fn recorder(app: &App, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(for_life(
        "recorder",
        outbound::record_all(app.clone(), stop),
    ))
}

/// Everything that goes on in the background.
fn run(app: &App) -> Result<(), StartError> {
    app.cluster.listen(&app.tasks, app.stop.clone());
    app.tasks
        .spawn(store::watch(app.db.clone(), app.stop.clone()));
    intake::start(app).map_err(|error| {
        let folder = app.config.data_dir.display();
        StartError::Other(format!(
            "DATA_DIR: {folder}: the spool can't be opened: {error}"
        ))
    })?;
    outbound::start(app);
    presence::start(app);
    refusals::start(app);
    guests::start(app);
    if app.config.role.works() {
        queue::start(app);
    }
    Ok(())
}

impl Running {
    /// Stops: takes no new requests, answers those under way, settles what was sent, closes the database.
    pub async fn stop(self) {
        self.closing.cancel();
        if tokio::time::timeout(DRAIN, self.http).await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
        self.app.stop.cancel();
        self.app.tasks.close();
        if tokio::time::timeout(DRAIN, self.app.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                "some sends did not end in time; Twilio is asked about them at the next start"
            );
        }
        self.stop_recorder.cancel();
        if tokio::time::timeout(DRAIN, self.recorder).await.is_err() {
            tracing::warn!("some answers could not be recorded in time");
        }
        presence::leave(&self.app).await;
        let closing = self.app.db.clone().close();
        if tokio::time::timeout(DRAIN, closing).await.is_err() {
            tracing::warn!("the database was still reading for somebody who has gone");
        }
        tracing::info!("stopped");
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|reason| StartError::Listen { address, reason })
}

async fn simulate(
    config: &Config,
    server: SocketAddr,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<Simulated, StartError> {
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let public_url = public_url(config, server);
    let webhook_url = format!("{public_url}/api/v1/whatsapp/webhook");
    let senders = config.senders.iter().map(|it| it.as_str().to_owned());
    let settings = simulator::Settings {
        senders: senders.collect(),
        status_url: Some(format!("{public_url}/api/v1/whatsapp/status")),
        memory: Some(simulator::Memory {
            path: config.data_dir.join("simulator.json"),
            public_url,
        }),
        ..simulator::Settings::for_webhook(webhook_url)
    };
    simulator::spawn(listener, settings, tasks, stop)
        .map_err(|error| StartError::Other(format!("the simulator did not start: {error}")))
}

fn assemble(
    config: Config,
    db: Db,
    clock: Clock,
    address: SocketAddr,
    simulated: Option<&Simulated>,
    tasks: TaskTracker,
    stop: CancellationToken,
) -> Result<App, StartError> {
    let http = http_client();
    let (base_url, account) = match (simulated, &config.twilio) {
        (Some(it), _) => (format!("http://{}", it.address), it.account.clone()),
        (None, Some(account)) => (config.twilio_api_base_url.clone(), account.clone()),
        (None, None) => {
            return Err(StartError::Other(
                "neither an account nor a simulator".to_owned(),
            ));
        }
    };
    let node = format!("node-{:08x}", rand::random::<u32>());
    Ok(App::new(Parts {
        twilio: Twilio::new(http.clone(), &base_url, &account),
        phones: simulated.map(|_| Phones::new(http, &base_url)),
        public_url: public_url(&config, address),
        cluster: Cluster::new(
            config.redis_url.as_ref(),
            &account.account_sid,
            config.send_rate_per_sender,
        )
        .map_err(StartError::Other)?,
        breaker: Breaker::default(),
        intake: Intake::default(),
        refusals: Refusals::default(),
        unlisted: Unlisted::default(),
        accepting: Accepting::default(),
        settling: Settling::default(),
        places: Places::default(),
        acquaintances: Acquaintances::default(),
        guests: Guests::default(),
        passwords: Passwords::default(),
        templates: outbound::Templates::default(),
        offers: Registering::default(),
        fetching: Fetching::default(),
        metrics: Metrics::default(),
        started_at: clock.now(),
        ids: Ids::default(),
        closing: CancellationToken::new(),
        account,
        config,
        db,
        clock,
        node,
        tasks,
        stop,
    }))
}

/// What Twilio calls; without a setting the loopback address, which only the simulator can reach.
fn public_url(config: &Config, address: SocketAddr) -> String {
    let own = || {
        let host = if address.ip().is_unspecified() {
            [127, 0, 0, 1].into()
        } else {
            address.ip()
        };
        format!("http://{}", SocketAddr::new(host, address.port()))
    };
    config.public_url.clone().unwrap_or_else(own)
}

/// Several processes need a database that takes several, and one Twilio for all.
fn check_role(config: &Config) -> Result<(), StartError> {
    if config.role == Role::All {
        return Ok(());
    }
    let needed = if config.is_sqlite() {
        "--role needs PostgreSQL (DATABASE_URL=postgres://…): an SQLite file belongs to one process"
    } else if config.is_sandbox() {
        "--role needs TWILIO_ACCOUNT_SID and the rest of the account: the sandbox's simulator lives in one process (or start one for all with waybill simulator)"
    } else {
        return Ok(());
    };
    Err(StartError::Other(needed.to_owned()))
}

/// One process a file: the lease rules of SQLite count on it.
fn lock_database(config: &Config) -> Result<Option<File>, StartError> {
    let Some(path) = config.database_url.expose().strip_prefix("sqlite:") else {
        return Ok(None);
    };
    let path = path
        .trim_start_matches("//")
        .split('?')
        .next()
        .unwrap_or_default()
        .to_owned();
    if path.contains(":memory:") {
        return Err(StartError::Other(
            "DATABASE_URL: a database in memory loses everything at the stop; name a file"
                .to_owned(),
        ));
    }
    let other = |error: std::io::Error| StartError::Other(format!("DATA_DIR: {path}: {error}"));
    if let Some(folder) = std::path::Path::new(&path).parent() {
        std::fs::create_dir_all(folder).map_err(other)?;
    }
    let lock = File::create(format!("{path}.lock")).map_err(other)?;
    lock.try_lock().map_err(|_| StartError::InUse(path))?;
    Ok(Some(lock))
}
