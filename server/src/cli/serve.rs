//! `waybill serve`

use std::net::SocketAddr;

use entity::node;
use tokio::signal::unix::{SignalKind, signal};

use super::common::{Done, block_on, print, settings};
use crate::clock::Clock;
use crate::config::Config;
use crate::flows::access;
use crate::gateway::wire::without_credentials;
use crate::start::{Running, start};
use crate::telemetry;

/// What to start.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(after_help = "Examples:
  waybill serve                    everything in one process
  waybill serve --role api         webhook, API and dashboard; needs PostgreSQL and a worker beside it
  waybill serve --role worker      the queue; any number of them, each with probes on its own PORT")]
pub(super) struct Arguments {
    /// What this process does
    #[arg(long, value_enum, default_value_t = Role::All)]
    role: Role,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Role {
    /// Everything
    All,
    /// Webhook, API and dashboard
    Api,
    /// The queue
    Worker,
}

impl From<Role> for node::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::All => Self::All,
            Role::Api => Self::Api,
            Role::Worker => Self::Worker,
        }
    }
}

pub(super) fn run(arguments: Arguments) -> Done {
    let mut config = settings()?;
    config.role = arguments.role.into();
    let _logs = telemetry::start(&config)?;
    block_on(serve(config))
}

async fn serve(config: Config) -> Done {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let running = start(config, Clock::system())
        .await
        .map_err(|error| error.to_string())?;
    greet(&running).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: finishing what is under way");
    running.stop().await;
    Ok(())
}

async fn greet(running: &Running) -> Done {
    let app = &running.app;
    if !app.config.role.serves() {
        print(&format!("Worker      http://{}/", running.address));
        return Ok(());
    }
    let link = access::new_link(&app.db, &app.clock, &app.ids)
        .await
        .map_err(|error| error.to_string())?;
    let url = dashboard_url(&app.config, running.address);
    if app.config.is_sandbox() {
        print(
            "Sandbox     no Twilio credentials: Twilio is simulated, nothing leaves this machine",
        );
    } else {
        let senders: Vec<&str> = app
            .senders()
            .iter()
            .map(entity::types::Address::as_str)
            .collect();
        print(&format!(
            "Twilio      {} as {}",
            app.account.account_sid,
            senders.join(", ")
        ));
        print(&format!(
            "Webhook     {}/api/v1/whatsapp/webhook",
            without_credentials(&app.public_url)
        ));
    }
    print(&format!("Dashboard   {url}/"));
    print(&format!(
        "Sign in     {url}/sign-in/{link}   (works once, for one hour)"
    ));
    Ok(())
}

/// Where a person on this machine opens the dashboard.
pub(super) fn dashboard_url(config: &Config, address: SocketAddr) -> String {
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
