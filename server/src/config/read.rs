//! Reads the settings from variables: all faults are found at once, each names its variable, the fault and an example.

mod api;
mod shop;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use entity::node::Role;
use entity::types::Address;
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use crate::auth::password::fault_of;
use crate::gateway::twilio::API_URL;

use super::fault::{ConfigErrors, ENV_FILE, Fault};
use super::{Config, LogFormat, SETTINGS, Secret, SharedKey, TwilioAccount};

/// Twilio's shared sandbox number: what the simulator answers for.
const SIMULATED_SENDER: &str = "whatsapp:+14155238886";

/// Reads the environment, then what `.env` in the working folder adds to it.
///
/// # Errors
/// One line for each fault.
pub fn from_environment() -> Result<Config, ConfigErrors> {
    faultless(inspect_environment())
}

/// The same with every fault beside it: where a value is wrong the default stands, or nothing.
pub fn inspect_environment() -> (Config, Vec<Fault>) {
    let (mut variables, mut faults) = match env_file(Path::new(ENV_FILE)) {
        Ok(variables) => (variables, Vec::new()),
        Err(fault) => (HashMap::new(), vec![fault]),
    };
    // A variable that is no text is none of ours.
    let own = std::env::vars_os();
    variables.extend(
        own.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    );
    let (config, others) = inspect(&variables);
    faults.extend(others);
    (config, faults)
}

fn env_file(path: &Path) -> Result<HashMap<String, String>, Fault> {
    if !path.exists() {
        return Ok(HashMap::new());
    }
    let entries =
        dotenvy::from_path_iter(path).map_err(|error| Fault::of_file(error.to_string()))?;
    entries
        .map(|it| it.map_err(|_| Fault::of_file("a line is not NAME=value".to_owned())))
        .collect()
}

/// Reads settings from `variables`; names that are not settings are left alone.
///
/// # Errors
/// One line for each fault.
pub fn from_variables(variables: &HashMap<String, String>) -> Result<Config, ConfigErrors> {
    faultless(inspect(variables))
}

/// The same with every fault beside it: where a value is wrong the default stands, or nothing.
pub fn inspect(variables: &HashMap<String, String>) -> (Config, Vec<Fault>) {
    let mut reader = Reader {
        variables,
        faults: Vec::new(),
    };
    (reader.config(), reader.faults)
}

fn faultless((config, faults): (Config, Vec<Fault>)) -> Result<Config, ConfigErrors> {
    if faults.is_empty() {
        return Ok(config);
    }
    Err(ConfigErrors(
        faults.iter().map(ToString::to_string).collect(),
    ))
}

struct Reader<'a> {
    variables: &'a HashMap<String, String>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn config(&mut self) -> Config {
        let data_dir = PathBuf::from(self.text("DATA_DIR").unwrap_or_else(|| "./data".to_owned()));
        let twilio = self.account();
        let is_sandbox = twilio.is_none();
        Config {
            host: self
                .parsed("HOST", "not an IP address")
                .unwrap_or([127, 0, 0, 1].into()),
            port: self
                .parsed("PORT", "not a port (0 to 65535)")
                .unwrap_or(5000),
            log_dir: PathBuf::from(self.text("LOG_DIR").unwrap_or_else(|| "./logs".to_owned())),
            log_format: self.log_format(),
            log_level: self.log_level(),
            database_url: self.database_url(&data_dir),
            redis_url: self
                .url("REDIS_URL", &["redis://", "rediss://", "unix://"])
                .map(Secret::new),
            public_url: self.public_url(twilio.is_some()),
            twilio_api_base_url: self
                .url("TWILIO_API_BASE_URL", &["https://", "http://"])
                .map_or_else(|| API_URL.to_owned(), |it| without_slash(&it)),
            senders: self.senders(twilio.is_some()),
            twilio,
            webhook_ip_allowlist: self.networks("WEBHOOK_IP_ALLOWLIST"),
            shared_keys: self.shared_keys(),
            trusted_proxies: self.networks("TRUSTED_PROXIES"),
            send_rate_per_sender: self.within("SEND_RATE_PER_SENDER", 80, 1, 10_000),
            send_concurrency: self.within("SEND_CONCURRENCY", 32, 1, 1_000),
            send_max_attempts: self.within("SEND_MAX_ATTEMPTS", 5, 1, 100),
            retention_days: self.retention_days(),
            unconfirmed_grace: Duration::from_secs(self.within(
                "UNCONFIRMED_GRACE_SECONDS",
                60,
                1,
                3_600,
            )),
            admin_password: self.admin_password(),
            bot_buttons: self.is_on("BOT_BUTTONS", !is_sandbox),
            demo_shop: self.is_on("DEMO_SHOP", is_sandbox),
            bot_silence: self.bot_silence(),
            shop_alert_to: self.alert_to(),
            shop_alert_template: self.alert_template(),
            shop_utc_offset: self.utc_offset(),
            api_rate_per_viewer: self.within("API_RATE_PER_VIEWER", 500, 0, 1_000_000),
            cors_allowed_origins: self.origins(),
            persisted_operations: self.operations().map(Arc::new),
            data_dir,
            role: Role::All,
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        debug_assert!(
            SETTINGS.iter().any(|it| it.name == name),
            "{name} is not in the table"
        );
        self.variables
            .get(name)
            .map(|it| it.trim().to_owned())
            .filter(|it| !it.is_empty())
    }

    /// Notes a fault. The value is shown unless it is a secret.
    fn fault(&mut self, name: &'static str, what: &str) {
        let setting = SETTINGS.iter().find(|it| it.name == name);
        let value = self.text(name);
        self.faults.push(Fault {
            setting: name,
            value: value.filter(|_| !setting.is_some_and(|it| it.is_secret)),
            what: what.to_owned(),
            example: setting.map_or("", |it| it.example),
        });
    }

    fn parsed<T: FromStr>(&mut self, name: &'static str, fault: &str) -> Option<T> {
        let parsed = self.text(name)?.parse().ok();
        if parsed.is_none() {
            self.fault(name, fault);
        }
        parsed
    }

    fn within<T>(&mut self, name: &'static str, default: T, least: T, most: T) -> T
    where
        T: FromStr + PartialOrd + Copy + fmt::Display,
    {
        if self.text(name).is_none() {
            return default;
        }
        let fault = format!("not a whole number from {least} to {most}");
        match self.parsed::<T>(name, &fault) {
            Some(value) if value >= least && value <= most => value,
            Some(_) => {
                self.fault(name, &fault);
                default
            }
            None => default,
        }
    }

    fn retention_days(&mut self) -> Option<u16> {
        self.text("RETENTION_DAYS")?;
        Some(self.within("RETENTION_DAYS", 1, 1, 3_650))
    }

    fn url(&mut self, name: &'static str, schemes: &[&str]) -> Option<String> {
        let value = self.text(name)?;
        let rest = schemes.iter().find_map(|scheme| value.strip_prefix(scheme));
        if rest.is_some_and(|it| !it.is_empty() && !it.contains(char::is_whitespace)) {
            return Some(value);
        }
        self.fault(
            name,
            &format!("not a URL that begins with {}", schemes.join(" or ")),
        );
        None
    }

    fn log_format(&mut self) -> LogFormat {
        match self.text("LOG_FORMAT").as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(_) => {
                self.fault("LOG_FORMAT", "neither text nor json");
                LogFormat::Text
            }
        }
    }

    fn log_level(&mut self) -> String {
        let default = || "info,sea_orm_migration=warn".to_owned();
        let Some(level) = self.text("LOG_LEVEL") else {
            return default();
        };
        if EnvFilter::builder().parse(&level).is_ok() {
            return level;
        }
        self.fault("LOG_LEVEL", "not a tracing filter");
        default()
    }

    fn database_url(&mut self, data_dir: &Path) -> Secret {
        let file = || format!("sqlite://{}", data_dir.join("waybill.db").display());
        let schemes = ["sqlite:", "postgres://", "postgresql://"];
        Secret::new(self.url("DATABASE_URL", &schemes).unwrap_or_else(file))
    }

    fn public_url(&mut self, is_live: bool) -> Option<String> {
        let url = self
            .url("PUBLIC_URL", &["https://", "http://"])
            .map(|it| without_slash(&it));
        if url.is_none() && is_live && self.text("PUBLIC_URL").is_none() {
            self.fault(
                "PUBLIC_URL",
                "needed with Twilio credentials: the address that Twilio calls",
            );
        }
        url
    }

    fn account(&mut self) -> Option<TwilioAccount> {
        let sid = self.text("TWILIO_ACCOUNT_SID");
        let token = self.text("TWILIO_AUTH_TOKEN");
        let service = self.text("TWILIO_MESSAGING_SERVICE_SID");
        if service.as_deref().is_some_and(|it| !is_sid(it, "MG")) {
            self.fault("TWILIO_MESSAGING_SERVICE_SID", "not MG and 32 hex digits");
        }
        match (sid, token) {
            (None, None) => None,
            (Some(_), None) => {
                self.fault(
                    "TWILIO_AUTH_TOKEN",
                    "missing beside TWILIO_ACCOUNT_SID (unset both for sandbox mode)",
                );
                None
            }
            (None, Some(_)) => {
                self.fault(
                    "TWILIO_ACCOUNT_SID",
                    "missing beside TWILIO_AUTH_TOKEN (unset both for sandbox mode)",
                );
                None
            }
            (Some(account_sid), Some(token)) => {
                if !is_sid(&account_sid, "AC") {
                    self.fault("TWILIO_ACCOUNT_SID", "not AC and 32 hex digits");
                }
                Some(TwilioAccount {
                    account_sid,
                    auth_token: Secret::new(token),
                    auth_token_secondary: self.text("TWILIO_AUTH_TOKEN_SECONDARY").map(Secret::new),
                    messaging_service_sid: service,
                })
            }
        }
    }

    fn senders(&mut self, is_live: bool) -> Vec<Address> {
        let name = ["TWILIO_WHATSAPP_FROM", "WHATSAPP_PHONE_NUMBER"]
            .into_iter()
            .find(|name| self.text(name).is_some());
        let Some(name) = name else {
            if is_live {
                self.fault(
                    "TWILIO_WHATSAPP_FROM",
                    "needed with Twilio credentials: our sender",
                );
            }
            return Address::parse(SIMULATED_SENDER).into_iter().collect();
        };
        let mut senders = Vec::new();
        for part in self.text(name).unwrap_or_default().split(',') {
            match Address::parse(part) {
                Ok(address) if address.e164().is_some() => senders.push(address),
                Ok(_) => self.fault(name, "a sender of ours has a number"),
                Err(error) => self.fault(name, &error.to_string()),
            }
        }
        senders
    }

    fn shared_keys(&mut self) -> Vec<SharedKey> {
        const NAME: &str = "TWILIO_SHARED_KEYS";
        let mut keys = Vec::new();
        for part in self.text(NAME).unwrap_or_default().split(',') {
            match part.split_once('=').map(|(id, it)| (id.trim(), it.trim())) {
                Some((id, secret)) if !id.is_empty() && !secret.is_empty() => {
                    keys.push(SharedKey {
                        id: id.to_owned(),
                        secret: Secret::new(secret),
                    });
                }
                None if part.trim().is_empty() => {}
                _ => self.fault(NAME, "a part is not keyid=secret"),
            }
        }
        keys
    }

    fn admin_password(&mut self) -> Option<Secret> {
        const NAME: &str = "ADMIN_PASSWORD";
        let password = self.text(NAME)?;
        if let Some(fault) = fault_of(&password, "admin") {
            self.fault(NAME, fault);
            return None;
        }
        Some(Secret::new(password))
    }

    fn networks(&mut self, name: &'static str) -> Vec<IpNet> {
        let mut networks = Vec::new();
        for part in self
            .text(name)
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
        {
            if part.is_empty() {
                continue;
            }
            let host = part.parse::<std::net::IpAddr>().map(IpNet::from);
            match part.parse().or(host) {
                Ok(network) => networks.push(canonical(network)),
                Err(_) => self.fault(name, &format!("\"{part}\" is not a network in CIDR form")),
            }
        }
        networks
    }
}

/// A network of IPv4 addresses mapped into IPv6 (`::ffff:10.0.0.0/104`) as the IPv4 network it stands for.
fn canonical(network: IpNet) -> IpNet {
    const MAPPED_BITS: u8 = 96;
    let IpNet::V6(six) = network else {
        return network;
    };
    let bits = six.prefix_len().checked_sub(MAPPED_BITS);
    let four = bits.zip(six.addr().to_ipv4_mapped());
    four.and_then(|(bits, address)| IpNet::new(address.into(), bits).ok())
        .unwrap_or(network)
}

fn without_slash(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}
