//! Is everything in order, and if not, what is to be done? Checks that look at one thing each, run side by side, change
//! nothing and tell no secret. What depends on something that failed is skipped, so that one fault is told once.

mod cache;
mod console;
mod doors;
mod sandbox;
mod storage;
mod twilio;
mod work;

use std::future::Future;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Fault};
use crate::gateway::reach::Caller;

use storage::Base;
use twilio::Account;

pub use cache::Cache;
pub use console::{Console, Part, Url, console};

/// How long each check may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "HealthStatus")]
pub enum Status {
    /// In order.
    Ok,
    /// It works, but somebody should look at it.
    Warn,
    /// It does not work.
    Fail,
    /// Not looked at, as it depends on something that failed. Never of a whole report.
    Skip,
}

impl Status {
    /// As in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
            Self::Skip => "SKIP",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, e.g. `database`.
    pub name: &'static str,
    /// How it is.
    pub status: Status,
    /// What was measured or read.
    pub measured: String,
    /// What to do; `None` when nothing is.
    pub fix: Option<String>,
    /// How long the looking took.
    pub took: Duration,
}

/// What all checks found.
#[derive(Clone, Debug)]
pub struct Report {
    /// When they began.
    pub at: DateTime<Utc>,
    /// In a fixed order.
    pub checks: Vec<Check>,
}

impl Report {
    /// The worst of the checks: `OK`, `WARN` or `FAIL`.
    pub fn status(&self) -> Status {
        let has = |status| self.checks.iter().any(|it| it.status == status);
        if has(Status::Fail) {
            Status::Fail
        } else if has(Status::Warn) {
            Status::Warn
        } else {
            Status::Ok
        }
    }
}

/// What is examined: a running server from within, or what the settings say of one.
#[derive(Debug)]
pub struct Subject {
    config: Config,
    faults: Vec<Fault>,
    clock: Clock,
    caller: Caller,
    server: Option<App>,
}

impl Subject {
    /// What settings say, which may have faults.
    pub fn of_settings(config: Config, faults: Vec<Fault>, clock: Clock) -> Self {
        Self {
            config,
            faults,
            clock,
            caller: Caller::default(),
            server: None,
        }
    }

    /// The server of which the caller is a part.
    pub fn of_server(app: &App) -> Self {
        Self {
            config: app.config.clone(),
            faults: Vec::new(),
            clock: app.clock.clone(),
            caller: Caller::default(),
            server: Some(app.clone()),
        }
    }

    /// What is wrong with the settings of one check.
    fn fault(&self, check: &str) -> Option<Finding> {
        let own: Vec<&Fault> = self.faults_of(check).collect();
        let first = own.first()?;
        let told: Vec<String> = own.iter().map(|it| it.told()).collect();
        Some(Finding::fail(
            told.join("; "),
            format!("correct it, e.g. {}", first.right()),
        ))
    }

    fn faults_of(&self, check: &str) -> impl Iterator<Item = &Fault> {
        self.faults
            .iter()
            .filter(move |it| owner(it.setting) == check)
    }
}

const SETTINGS: &str = "settings";
const CREDENTIALS: &str = "credentials";
const SENDER: &str = "sender";
const DATABASE: &str = "database";
const DISK: &str = "disk";
const REDIS: &str = "redis";
const WORKER: &str = "worker";
const QUEUE: &str = "queue";
const EVENTS: &str = "events";
const PUBLIC_URL: &str = "public URL";
const CLOCK: &str = "clock";
/// As reported: what others depend on comes first.
const ORDER: [&str; 11] = [
    SETTINGS,
    CREDENTIALS,
    SENDER,
    CLOCK,
    DATABASE,
    DISK,
    REDIS,
    WORKER,
    QUEUE,
    EVENTS,
    PUBLIC_URL,
];

/// The check that tells what is wrong with a setting.
fn owner(setting: &str) -> &'static str {
    match setting {
        "TWILIO_ACCOUNT_SID" | "TWILIO_AUTH_TOKEN" | "TWILIO_API_BASE_URL" => CREDENTIALS,
        "TWILIO_WHATSAPP_FROM" | "WHATSAPP_PHONE_NUMBER" | "TWILIO_MESSAGING_SERVICE_SID" => SENDER,
        "DATABASE_URL" => DATABASE,
        "REDIS_URL" => REDIS,
        "PUBLIC_URL" => PUBLIC_URL,
        _ => SETTINGS,
    }
}

/// What a check says.
#[derive(Debug)]
struct Finding {
    status: Status,
    measured: String,
    fix: Option<String>,
}

impl Finding {
    fn ok(measured: impl Into<String>) -> Self {
        Self {
            status: Status::Ok,
            measured: measured.into(),
            fix: None,
        }
    }

    fn warn(measured: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            status: Status::Warn,
            measured: measured.into(),
            fix: Some(fix.into()),
        }
    }

    fn fail(measured: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            status: Status::Fail,
            measured: measured.into(),
            fix: Some(fix.into()),
        }
    }

    /// It depends on another check, which tells what to do.
    fn needs(check: &str) -> Self {
        Self::skip(format!("needs {check}"), format!("see {check}"))
    }

    fn skip(measured: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            status: Status::Skip,
            measured: measured.into(),
            fix: Some(fix.into()),
        }
    }
}

/// Looks at everything: at most twice the deadline of a check, since some wait for what others found.
pub async fn examine(subject: &Subject) -> Report {
    let at = subject.clock.now();
    let settings = timed(SETTINGS, async { (settings(subject), ()) }).await.0;
    let mut checks = vec![settings];
    let (account, base) = Box::pin(ground(subject, &mut checks)).await;
    Box::pin(rest(subject, &account, &base, &mut checks)).await;
    if subject.server.is_none() {
        base.close().await;
    }
    let place = |it: &Check| ORDER.iter().position(|name| *name == it.name);
    checks.sort_by_key(place);
    Report { at, checks }
}

/// What the rest stands on.
async fn ground(subject: &Subject, checks: &mut Vec<Check>) -> (Account, Base) {
    let (credentials, database, disk, redis) = tokio::join!(
        timed(CREDENTIALS, twilio::credentials(subject)),
        timed(DATABASE, storage::database(subject)),
        timed(DISK, async { (storage::disk(subject), ()) }),
        timed(REDIS, plain(storage::redis(subject))),
    );
    checks.extend([credentials.0, database.0, disk.0, redis.0]);
    (
        credentials.1.unwrap_or_default(),
        database.1.unwrap_or_default(),
    )
}

async fn rest(subject: &Subject, account: &Account, base: &Base, checks: &mut Vec<Check>) {
    let (sender, worker, queue, events, public_url, clock) = tokio::join!(
        timed(SENDER, plain(twilio::sender(subject, account))),
        timed(WORKER, async { (work::worker(subject, account, base), ()) }),
        timed(QUEUE, plain(work::queue(subject, base))),
        timed(EVENTS, plain(doors::events(subject, account))),
        timed(PUBLIC_URL, plain(doors::public_url(subject, account, base))),
        timed(CLOCK, async { (twilio::clock(account), ()) }),
    );
    checks.extend([sender.0, worker.0, queue.0, events.0, public_url.0, clock.0]);
}

async fn plain(check: impl Future<Output = Finding>) -> (Finding, ()) {
    (check.await, ())
}

/// Runs a check for so long as it may take; what others need of it is lost when it is late.
async fn timed<T>(
    name: &'static str,
    check: impl Future<Output = (Finding, T)>,
) -> (Check, Option<T>) {
    within(DEADLINE, name, check).await
}

async fn within<T>(
    deadline: Duration,
    name: &'static str,
    check: impl Future<Output = (Finding, T)>,
) -> (Check, Option<T>) {
    let started = Instant::now();
    let answer = tokio::time::timeout(deadline, check).await.ok();
    let (finding, found) = answer.map_or_else(
        || {
            let measured = format!("no answer in {} s", deadline.as_secs());
            (Finding::fail(measured, late(name)), None)
        },
        |(finding, found)| (finding, Some(found)),
    );
    let check = Check {
        name,
        status: finding.status,
        measured: finding.measured,
        fix: finding.fix,
        took: started.elapsed(),
    };
    (check, found)
}

/// What to look at when a check got no answer.
fn late(check: &str) -> &'static str {
    match check {
        CREDENTIALS | SENDER | CLOCK => "check this machine's way to Twilio: DNS, firewall, proxy",
        DATABASE | WORKER | QUEUE => {
            "check that the database of DATABASE_URL is up and not overloaded"
        }
        REDIS => "check that the Redis of REDIS_URL is up, or unset REDIS_URL",
        PUBLIC_URL => "check PUBLIC_URL, its DNS and the proxy before waybill serve",
        _ => "look at this machine's load",
    }
}

fn settings(subject: &Subject) -> Finding {
    subject.fault(SETTINGS).unwrap_or_else(|| {
        let account = subject.config.twilio.as_ref();
        Finding::ok(match account {
            Some(it) => format!("in order; Twilio account {}", it.account_sid),
            None => "in order; sandbox mode".to_owned(),
        })
    })
}

/// A time as people read it.
fn ms(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

/// How long ago something was.
fn ago(seconds: i64) -> String {
    match seconds.max(0) {
        it @ 0..120 => format!("{it} s"),
        it @ 120..7_200 => format!("{} min", it / 60),
        it => format!("{} h", it / 3_600),
    }
}

/// The host of a URL, which is what a firewall or DNS is asked about; never what stands before an `@`.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |it| it.1);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_without_what_is_secret_in_its_url() {
        for (url, expected) in [
            ("https://api.twilio.com", "api.twilio.com"),
            ("https://me:pass@h.example:8443/in?a=b", "h.example:8443"),
            ("http://[::1]:5000/x", "[::1]:5000"),
        ] {
            assert_eq!(host(url), expected);
        }
    }

    #[test]
    fn each_setting_belongs_to_a_check_that_is_made() {
        let made = [SETTINGS, CREDENTIALS, SENDER, DATABASE, REDIS, PUBLIC_URL];
        for it in crate::config::SETTINGS {
            assert!(made.contains(&owner(it.name)), "{}", it.name);
        }
    }

    #[tokio::test]
    async fn a_check_that_hangs_fails_after_its_deadline_and_says_where_to_look() {
        let deadline = Duration::from_millis(1);
        let (check, found) = within(deadline, REDIS, plain(std::future::pending())).await;
        assert_eq!((check.status, found), (Status::Fail, None));
        assert!(check.fix.is_some_and(|it| it.contains("REDIS_URL")));
    }
}
