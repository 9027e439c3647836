//! `waybill simulator`

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::common::{Done, block_on, print};
use crate::config::Secret;
use crate::simulator::{Settings, spawn};

/// What kind of Twilio is simulated.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Port to listen on; 0 takes any free one
    #[arg(long, default_value_t = 5001)]
    port: u16,
    /// Where virtual phones' messages go
    #[arg(long, default_value = "http://127.0.0.1:5000/api/v1/whatsapp/webhook")]
    webhook_url: String,
    /// Account to answer for; one is made up without it
    #[arg(long)]
    account_sid: Option<String>,
    /// Its auth token; one is made up without it
    #[arg(long)]
    auth_token: Option<String>,
    /// Milliseconds until a create is answered
    #[arg(long, default_value_t = 0)]
    create_delay_ms: u64,
}

pub(super) fn run(arguments: Arguments) -> Done {
    block_on(serve(arguments))
}

async fn serve(arguments: Arguments) -> Done {
    let mut settings = Settings::for_webhook(arguments.webhook_url);
    settings.create_delay = Duration::from_millis(arguments.create_delay_ms);
    if let Some(sid) = arguments.account_sid {
        settings.account.account_sid = sid;
    }
    if let Some(token) = arguments.auth_token {
        settings.account.auth_token = Secret::new(token);
    }
    let address = SocketAddr::from(([127, 0, 0, 1], arguments.port));
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("--port: can't listen on {address}: {error}"))?;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let token = settings.account.auth_token.clone();
    let simulated = spawn(listener, settings, &tasks, &stop).map_err(|error| error.to_string())?;
    print(&format!("TWILIO_API_BASE_URL=http://{}", simulated.address));
    print(&format!(
        "TWILIO_ACCOUNT_SID={}",
        simulated.account.account_sid
    ));
    print(&format!("TWILIO_AUTH_TOKEN={}", token.expose()));
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| error.to_string())?;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    Ok(())
}
