//! `waybill simulator`

mod scenario;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use entity::types::Address;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::common::{Done, block_on, print};
use crate::config::Secret;
use crate::simulator::{Settings, spawn};

/// What kind of Twilio is simulated.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  waybill simulator                                     a Twilio on port 5001, until Ctrl-C
  waybill simulator --scenario scenarios/*.scenario     each file with a server of its own; exit 1: an expectation failed, 2: not a scenario
  waybill simulator --scenario-help                     how scenarios are written

docs/simulator.md tells of its API and of the controls of its world.")]
pub(super) struct Arguments {
    /// Port to listen on; 0 takes any free one
    #[arg(long, default_value_t = 5001)]
    port: u16,
    /// Where virtual phones' messages go
    #[arg(long, default_value = "http://127.0.0.1:5000/api/v1/whatsapp/webhook")]
    webhook_url: String,
    /// Where statuses of messages go that name no place themselves; nowhere without it
    #[arg(long)]
    status_url: Option<String>,
    /// Account to answer for; one is made up without it
    #[arg(long)]
    account_sid: Option<String>,
    /// Its auth token; one is made up without it
    #[arg(long)]
    auth_token: Option<String>,
    /// An API key that opens it too, e.g. SK00112233445566778899aabbccddeeff:secret
    #[arg(long, value_name = "SK…:SECRET", value_parser = api_key)]
    api_key: Option<(String, String)>,
    /// Its messaging service; any well-formed one is taken without it
    #[arg(long, value_name = "MG…")]
    messaging_service_sid: Option<String>,
    /// An address of the business, e.g. +14155238886; may be repeated; any address is taken without it
    #[arg(long = "sender", value_name = "NUMBER", value_parser = sender)]
    senders: Vec<String>,
    /// Milliseconds until a create is answered
    #[arg(long, default_value_t = 0)]
    create_delay_ms: u64,
    /// Play these scenarios, each with a server of its own in sandbox mode, and end
    #[arg(long = "scenario", value_name = "FILE", num_args = 1..)]
    scenarios: Vec<PathBuf>,
    /// Print every form of a scenario's steps, and end
    #[arg(long)]
    scenario_help: bool,
    /// For scenarios: a PostgreSQL server, postgres://…, where each gets a database of its own; SQLite without it
    #[arg(long, value_name = "URL", requires = "scenarios")]
    database_url: Option<String>,
    /// For scenarios: print JSON, one object a line
    #[arg(long, requires = "scenarios")]
    json: bool,
}

impl Arguments {
    /// Whether scenarios are asked for, rather than a Twilio.
    pub(super) fn plays(&self) -> bool {
        self.scenario_help || !self.scenarios.is_empty()
    }
}

/// Plays scenarios. Exit 0: all as expected, 1: an expectation failed, 2: a file is no scenario.
pub(super) fn play(arguments: &Arguments) -> ExitCode {
    if arguments.scenario_help {
        print(crate::simulator::scenario::help().trim_end());
        return ExitCode::SUCCESS;
    }
    scenario::play_all(
        &arguments.scenarios,
        arguments.database_url.as_deref(),
        arguments.json,
    )
}

pub(super) fn run(arguments: Arguments) -> Done {
    block_on(serve(arguments))
}

async fn serve(arguments: Arguments) -> Done {
    let address = SocketAddr::from(([127, 0, 0, 1], arguments.port));
    let settings = settings(arguments);
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

fn settings(arguments: Arguments) -> Settings {
    let mut settings = Settings::for_webhook(arguments.webhook_url);
    settings.create_delay = Duration::from_millis(arguments.create_delay_ms);
    settings.status_url = arguments.status_url;
    settings.senders = arguments.senders;
    settings.api_key = arguments
        .api_key
        .map(|(sid, secret)| (sid, Secret::new(secret)));
    settings.account.messaging_service_sid = arguments.messaging_service_sid;
    if let Some(sid) = arguments.account_sid {
        settings.account.account_sid = sid;
    }
    if let Some(token) = arguments.auth_token {
        settings.account.auth_token = Secret::new(token);
    }
    settings
}

fn api_key(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once(':');
    match pair {
        Some((sid, secret)) if sid.starts_with("SK") && !secret.is_empty() => {
            Ok((sid.to_owned(), secret.to_owned()))
        }
        _ => Err("SK… and its secret are expected, with a colon between them".to_owned()),
    }
}

fn sender(text: &str) -> Result<String, String> {
    let address = Address::parse(text);
    address
        .map(|it| it.as_str().to_owned())
        .map_err(|error| error.to_string())
}
