//! Every setting: name, default, meaning, example. Checked as a whole before anything starts.

mod fault;
mod read;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use chrono::FixedOffset;
use entity::node::Role;
use entity::types::Address;
use ipnet::IpNet;

pub use fault::{ConfigErrors, Fault};
pub use read::{from_environment, from_variables, inspect, inspect_environment};

/// A value that is never logged, printed or sent to a client.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

/// How log lines on the terminal and in the files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A Twilio account.
#[derive(Clone, Debug)]
pub struct TwilioAccount {
    /// `AC` and 32 hex digits.
    pub account_sid: String,
    /// Signs webhooks and opens the API.
    pub auth_token: Secret,
    /// Accepted on webhooks as well while the token is rotated.
    pub auth_token_secondary: Option<Secret>,
    /// `MG…`: lets Twilio choose the sender.
    pub messaging_service_sid: Option<String>,
}

/// A key of Twilio's beta of shared keys, which sign webhooks in the auth token's stead.
#[derive(Clone, Debug)]
pub struct SharedKey {
    /// What a request calls it.
    pub id: String,
    /// What it signs with.
    pub secret: Secret,
}

/// The effective settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes any free one.
    pub port: u16,
    /// Folder of the database and caches.
    pub data_dir: PathBuf,
    /// Folder of `app.log` and `error.log`.
    pub log_dir: PathBuf,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// A `tracing` filter, e.g. `info` or `waybill=debug`.
    pub log_level: String,
    /// `sqlite://…` or `postgres://…`; holds a password, so it is a secret.
    pub database_url: Secret,
    /// `redis://…`.
    pub redis_url: Option<Secret>,
    /// What Twilio calls, without a slash at the end; `None` in sandbox mode: the loopback address.
    pub public_url: Option<String>,
    /// The account; `None` is sandbox mode.
    pub twilio: Option<TwilioAccount>,
    /// Where Twilio's API is.
    pub twilio_api_base_url: String,
    /// Our addresses; the first is the default sender.
    pub senders: Vec<Address>,
    /// Who may call the webhook; empty: everyone with a right signature.
    pub webhook_ip_allowlist: Vec<IpNet>,
    /// Also accepted on webhooks that name one of them.
    pub shared_keys: Vec<SharedKey>,
    /// Whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Messages a second and sender.
    pub send_rate_per_sender: u32,
    /// Requests to Twilio at one time.
    pub send_concurrency: usize,
    /// Tries before a passing failure is final.
    pub send_max_attempts: i32,
    /// After how many days messages and webhook events are deleted; `None`: never.
    pub retention_days: Option<u16>,
    /// How long Twilio's list is searched for an unconfirmed message before it is sent again.
    pub unconfirmed_grace: Duration,
    /// The first administrator's password, while they have none.
    pub admin_password: Option<Secret>,
    /// Points a second that one viewer of the API has; 0: no limit.
    pub api_rate_per_viewer: u32,
    /// Pages of these origins may call the API with a token.
    pub cors_allowed_origins: Vec<HeaderValue>,
    /// All that tokens may run, by hash or name; `None`: everything.
    pub persisted_operations: Option<Arc<HashMap<String, String>>>,
    /// Whether the bot offers lists and buttons. Not to simulated phones: the dashboard shows their messages in words.
    pub bot_buttons: bool,
    /// How long the bot is silent after somebody asked for a person, unless it is handed back before.
    pub bot_silence: Duration,
    /// Whether an empty shop gets products to try.
    pub demo_shop: bool,
    /// Who hears of new orders.
    pub shop_alert_to: Vec<Address>,
    /// The template by which they do, outside of the 24-hour window; `HX…`.
    pub shop_alert_template: Option<String>,
    /// The shop's clock, for days that customers read.
    pub shop_utc_offset: FixedOffset,
    /// What this process does; told on the command line.
    pub role: Role,
}

/// One row of the settings table.
#[derive(Debug)]
pub struct Setting {
    /// The environment variable.
    pub name: &'static str,
    /// What holds without it, for people.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// A right value.
    pub example: &'static str,
    /// Whether its value is masked when shown.
    pub is_secret: bool,
}

const fn open(
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
    example: &'static str,
) -> Setting {
    Setting {
        name,
        default,
        meaning,
        example,
        is_secret: false,
    }
}

const fn secret(
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
    example: &'static str,
) -> Setting {
    Setting {
        name,
        default,
        meaning,
        example,
        is_secret: true,
    }
}

/// Every setting there is; the README's table is this one.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    open("TWILIO_ACCOUNT_SID", "none: sandbox mode", "Twilio account", "AC00112233445566778899aabbccddeeff"),
    secret("TWILIO_AUTH_TOKEN", "none", "opens Twilio's API and signs its webhooks", "32 hex digits"),
    secret("TWILIO_AUTH_TOKEN_SECONDARY", "none", "also accepted on webhooks while the token is rotated", "32 hex digits"),
    secret("TWILIO_SHARED_KEYS", "none", "shared keys that sign webhooks (keyid=secret, commas)", "KY0123=secret"),
    open("TWILIO_WHATSAPP_FROM", "none", "our senders, separated by commas; the first is the default", "whatsapp:+14155238886"),
    open("WHATSAPP_PHONE_NUMBER", "none", "our sender, where TWILIO_WHATSAPP_FROM is absent", "+14155238886"),
    open("TWILIO_MESSAGING_SERVICE_SID", "none", "sends through this messaging service", "MG00112233445566778899aabbccddeeff"),
    open("TWILIO_API_BASE_URL", "https://api.twilio.com", "where Twilio's API is", "http://127.0.0.1:5001"),
    open("PUBLIC_URL", "none: needed with Twilio", "this server as Twilio calls it; signatures are checked against it", "https://wa.example.com"),
    open("HOST", "127.0.0.1", "address to listen on", "0.0.0.0"),
    open("PORT", "5000", "port to listen on; 0 takes any free one", "8080"),
    secret("DATABASE_URL", "sqlite in DATA_DIR", "the database", "postgres://waybill@localhost/waybill"),
    secret("REDIS_URL", "none", "carries wake-ups, live events and each sender's pace between nodes", "redis://127.0.0.1:6379"),
    open("DATA_DIR", "./data", "folder of the database, of what waits for it while it is away, and of at most 1 GiB of media", "/var/lib/waybill"),
    open("LOG_DIR", "./logs", "folder of app.log and error.log", "/var/log/waybill"),
    open("LOG_FORMAT", "text", "text or json", "json"),
    open("LOG_LEVEL", "info,sea_orm_migration=warn", "what is logged (a tracing filter)", "waybill=debug,info"),
    open("WEBHOOK_IP_ALLOWLIST", "everyone", "networks that may call the webhook (CIDR, commas)", "203.0.113.0/24"),
    open("TRUSTED_PROXIES", "none", "networks whose X-Forwarded headers are believed (CIDR, commas)", "10.0.0.0/8"),
    open("SEND_RATE_PER_SENDER", "80", "messages a second and sender", "20"),
    open("SEND_CONCURRENCY", "32", "requests to Twilio at one time", "8"),
    open("SEND_MAX_ATTEMPTS", "5", "tries before a passing failure is final", "8"),
    open("RETENTION_DAYS", "none: for ever", "messages and webhook events are deleted after so many days", "90"),
    secret("ADMIN_PASSWORD", "none: a link signs in", "password of the first administrator, while they have none; at least 12 characters", "a long sentence"),
    open("UNCONFIRMED_GRACE_SECONDS", "60", "how long an unclear send is looked for at Twilio before it is repeated", "120"),
    open("BOT_BUTTONS", "on; off in sandbox mode", "the bot offers lists and buttons (on, off); what can't be tapped is always told with numbers", "off"),
    open("BOT_SILENCE_HOURS", "12", "how long the bot is silent after a customer asked for a person, unless it is handed back before", "24"),
    open("DEMO_SHOP", "on in sandbox mode", "an empty shop is filled with a dozen products to try (on, off)", "off"),
    open("SHOP_ALERT_TO", "none", "numbers that hear of every new order (commas)", "+9779800000000"),
    open("SHOP_ALERT_TEMPLATE", "none", "the template for them outside of the 24-hour window: 1 number, 2 total, 3 customer", "HX00112233445566778899aabbccddeeff"),
    open("SHOP_UTC_OFFSET", "+00:00", "the shop's time, for days that customers read", "+05:45"),
    open("API_RATE_PER_VIEWER", "500", "points a second and viewer of the API: an operation costs 1, and 1 for each 100 fields; 0: no limit, of subscriptions neither", "100"),
    open("CORS_ALLOWED_ORIGINS", "none", "other sites whose pages may call the API, with a token (commas)", "https://crm.example.com"),
    open("PERSISTED_OPERATIONS", "none: everything", "JSON file {hash or name: query}: all that tokens may run", "operations.json"),
];

impl Config {
    /// Whether Waybill talks to its own simulator.
    pub fn is_sandbox(&self) -> bool {
        self.twilio.is_none()
    }

    /// Whether the database is the SQLite file of this one process.
    pub fn is_sqlite(&self) -> bool {
        self.database_url.expose().starts_with("sqlite:")
    }
}
