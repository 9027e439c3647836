//! `waybill serve`

use std::net::SocketAddr;

use tokio::signal::unix::{SignalKind, signal};

use super::common::{Done, block_on, print, settings};
use crate::clock::Clock;
use crate::config::Config;
use crate::flows::access;
use crate::start::{Running, start};
use crate::telemetry;

pub(super) fn run() -> Done {
    let config = settings()?;
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
            app.public_url
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
