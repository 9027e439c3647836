//! A Twilio to talk to: its API, its signed callbacks, and virtual phones that write to the webhook.
//! Reached over HTTP only; shares the provider's words with the client and nothing else.

mod api;
mod connection;
mod control;
mod delivery;
mod guard;
mod phones;
pub mod scenario;
mod world;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use axum::routing::{get, post};
use axum::{Router, middleware};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, secret};
use crate::config::{Secret, TwilioAccount};
use crate::gateway::http_client;
use world::World;
use world::controls::Controls;

/// What kind of Twilio it is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose messages it takes.
    pub account: TwilioAccount,
    /// A second way in: `SK…` and its secret.
    pub api_key: Option<(String, Secret)>,
    /// The business's addresses, with channel; empty: any address is.
    pub senders: Vec<String>,
    /// Where phones' messages go.
    pub webhook_url: String,
    /// Where statuses of messages go that name no place themselves.
    pub status_url: Option<String>,
    /// How long a create takes to be answered.
    pub create_delay: Duration,
    /// Pauses before `sent`, `delivered` and `read`.
    pub schedule: [Duration; 3],
    /// Where the account and the phones are remembered over a restart.
    pub memory: Option<Memory>,
}

/// Where a simulator is remembered.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The file; readable for its owner only.
    pub path: PathBuf,
    /// The server it belongs to, for whoever reads the file.
    pub public_url: String,
}

/// A simulator that runs.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// Where it listens.
    pub address: SocketAddr,
    /// The account it made up, was given, or remembered.
    pub account: TwilioAccount,
}

#[derive(Debug)]
struct Simulator {
    settings: Settings,
    /// Where it is, without a slash at the end.
    base_url: String,
    world: World,
    clock: Clock,
    /// How far its clock is off, in seconds.
    clock_offset: AtomicI64,
    /// Creates under way.
    creating: AtomicUsize,
    /// Wakes whoever waits for a phone.
    phones_changed: Notify,
    /// Wakes whoever writes the memory.
    memory_changed: Notify,
    http: reqwest::Client,
    tasks: TaskTracker,
    stop: CancellationToken,
}

type Shared = Arc<Simulator>;

impl Settings {
    /// A made-up account, and a schedule like a real run's, only quicker.
    pub fn for_webhook(webhook_url: String) -> Self {
        let account = TwilioAccount {
            account_sid: world::new_sid("AC"),
            auth_token: Secret::new(secret()),
            auth_token_secondary: None,
            messaging_service_sid: None,
        };
        let schedule = [80, 300, 900].map(Duration::from_millis);
        Self {
            account,
            api_key: None,
            senders: Vec::new(),
            webhook_url,
            status_url: None,
            create_delay: Duration::ZERO,
            schedule,
            memory: None,
        }
    }
}

impl Simulator {
    /// Now, by the simulator's clock.
    fn now(&self) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::seconds(self.clock_offset.load(Ordering::Relaxed))
    }

    /// The business's address that is used where none is named.
    fn default_sender(&self) -> &str {
        let first = self.settings.senders.first();
        first.map_or("whatsapp:+14155238886", String::as_str)
    }

    /// Phones changed: their waiters look again, and the memory is written.
    fn notice_phones(&self) {
        self.phones_changed.notify_waiters();
        self.memory_changed.notify_one();
    }
}

/// Serves until `stop`.
///
/// # Errors
/// That the listener has no address, or that its memory can't be written.
pub fn spawn(
    listener: TcpListener,
    mut settings: Settings,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> std::io::Result<Simulated> {
    let address = listener.local_addr()?;
    let remembered = settings
        .memory
        .as_ref()
        .and_then(|it| world::memory::read(&it.path));
    let phones = remembered.map(|it| it.take(&mut settings.account));
    let simulated = Simulated {
        address,
        account: settings.account.clone(),
    };
    let usual = Controls::usual(settings.create_delay, settings.schedule);
    let simulator = Arc::new(Simulator {
        world: World::new(usual, phones.unwrap_or_default()),
        settings,
        base_url: format!("http://{address}"),
        clock: Clock::system(),
        clock_offset: AtomicI64::new(0),
        creating: AtomicUsize::new(0),
        phones_changed: Notify::new(),
        memory_changed: Notify::new(),
        http: http_client(),
        tasks: tasks.clone(),
        stop: stop.clone(),
    });
    world::memory::keep(&simulator, address)?;
    let service = router(simulator).into_make_service_with_connect_info::<connection::Caller>();
    let serve = axum::serve(connection::Listener(listener), service)
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    tasks.spawn(serve.into_future());
    Ok(simulated)
}

fn router(simulator: Shared) -> Router {
    let control = Router::new()
        .route(
            "/simulator/world",
            get(control::world).patch(control::change_world),
        )
        .route("/simulator/reset", post(control::reset))
        .route("/simulator/phones", get(phones::all))
        .route(
            "/simulator/phones/{address}",
            get(phones::one).patch(phones::change),
        )
        .route("/simulator/messages", post(phones::write))
        .layer(middleware::from_fn(guard::only_from_here));
    Router::new()
        .merge(api::router())
        .merge(control)
        .layer(axum::extract::DefaultBodyLimit::max(guard::BODY_LIMIT))
        .fallback(api::unknown)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(middleware::from_fn_with_state(
            simulator.clone(),
            guard::stamp,
        ))
        .with_state(simulator)
}
