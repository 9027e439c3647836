//! A Twilio to talk to: its Messages resource, its signed callbacks, and virtual phones that write to the webhook.
//! Reached over HTTP only; shares the provider's words with the client and nothing else.

mod api;
mod callbacks;
mod phones;
mod refusals;
mod world;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, secret};
use crate::config::{Secret, TwilioAccount};
use crate::gateway::http_client;
use world::World;

/// What kind of Twilio it is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose messages it takes.
    pub account: TwilioAccount,
    /// Where phones' messages go.
    pub webhook_url: String,
    /// How long a create takes to be answered.
    pub create_delay: Duration,
    /// Pauses before `sent`, `delivered` and `read`.
    pub schedule: [Duration; 3],
}

/// A simulator that runs.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// Where it listens.
    pub address: SocketAddr,
    /// The account it made up, or was given.
    pub account: TwilioAccount,
}

#[derive(Debug)]
struct Simulator {
    settings: Settings,
    world: World,
    clock: Clock,
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
            webhook_url,
            create_delay: Duration::ZERO,
            schedule,
        }
    }
}

/// Serves until `stop`.
///
/// # Errors
/// That the listener has no address.
pub fn spawn(
    listener: TcpListener,
    settings: Settings,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> std::io::Result<Simulated> {
    let simulated = Simulated {
        address: listener.local_addr()?,
        account: settings.account.clone(),
    };
    let simulator = Arc::new(Simulator {
        settings,
        world: World::default(),
        clock: Clock::system(),
        http: http_client(),
        tasks: tasks.clone(),
        stop: stop.clone(),
    });
    let serve = axum::serve(listener, router(simulator))
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    tasks.spawn(serve.into_future());
    Ok(simulated)
}

fn router(simulator: Shared) -> Router {
    Router::new()
        .route(
            "/2010-04-01/Accounts/{account}/Messages.json",
            post(api::create).get(api::list),
        )
        .route(
            "/2010-04-01/Accounts/{account}/Messages/{message}",
            get(api::fetch),
        )
        .route("/simulator/phones", get(phones::all))
        .route("/simulator/messages", post(phones::write))
        .fallback(api::unknown)
        .with_state(simulator)
}
