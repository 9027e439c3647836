//! Does Twilio know us: the account, the senders, and what time it is there?

use chrono::TimeDelta;
use entity::types::Address;

use super::sandbox::{self, Sandbox};
use super::{CREDENTIALS, Finding, SENDER, Subject, host, ms};
use crate::clock::Clock;
use crate::config::{Secret, TwilioAccount};
use crate::domain::catalogue;
use crate::gateway::twilio::account::{AccountJson, Denied, Seen, SenderJson};
use crate::gateway::twilio::{AskError, Twilio};

/// Twilio's shared sandbox sender, which is nobody's own and in nobody's list.
pub(super) const SHARED_SENDER: &str = "whatsapp:+14155238886";
/// In sandbox mode Twilio is a part of the server.
pub(super) const NOT_RUNNING: &str =
    "sandbox mode, and no waybill serve is running here (DATA_DIR)";
/// A clock that is off by more should be looked at.
const OFF: TimeDelta = TimeDelta::seconds(5);
/// A clock that is off by more breaks what is measured by it.
const FAR_OFF: TimeDelta = TimeDelta::seconds(60);

/// The way to Twilio, as far as it is known, and what came of going it.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) way: Option<Way>,
    pub(super) state: State,
    /// How far our clock is ahead of Twilio's.
    ahead: Option<TimeDelta>,
}

/// How Twilio is reached, and how it reaches us.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) twilio: Twilio,
    pub(super) api: String,
    pub(super) account_sid: String,
    pub(super) token: Secret,
    pub(super) public_url: Option<String>,
    /// It is the simulator of a running server.
    pub(super) is_sandbox: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// Twilio opened.
    Open,
    /// It did not: what is signed with this token proves nothing.
    Refused,
    /// Nobody answered; the token may be right.
    #[default]
    Unreachable,
    /// In sandbox mode: nobody runs.
    NotRunning,
}

impl Way {
    /// `None`: in sandbox mode, no server has told where its simulator is.
    pub(super) fn of(subject: &Subject) -> Option<Self> {
        if let Some(app) = &subject.server {
            return Some(Self {
                twilio: app.twilio.clone(),
                api: if app.config.is_sandbox() {
                    "the simulator".to_owned()
                } else {
                    app.config.twilio_api_base_url.clone()
                },
                account_sid: app.account.account_sid.clone(),
                token: app.account.auth_token.clone(),
                public_url: Some(app.public_url.clone()),
                is_sandbox: app.config.is_sandbox(),
            });
        }
        match &subject.config.twilio {
            Some(account) => Some(Self {
                twilio: subject
                    .caller
                    .twilio(&subject.config.twilio_api_base_url, account),
                api: subject.config.twilio_api_base_url.clone(),
                account_sid: account.account_sid.clone(),
                token: account.auth_token.clone(),
                public_url: subject.config.public_url.clone(),
                is_sandbox: false,
            }),
            None => sandbox::read(&subject.config.data_dir).map(|it| Self::of_sandbox(subject, it)),
        }
    }

    fn of_sandbox(subject: &Subject, sandbox: Sandbox) -> Self {
        let account = TwilioAccount {
            account_sid: sandbox.account_sid,
            auth_token: sandbox.auth_token,
            auth_token_secondary: None,
            messaging_service_sid: None,
        };
        Self {
            twilio: subject.caller.twilio(&sandbox.api, &account),
            api: sandbox.api,
            account_sid: account.account_sid,
            token: account.auth_token,
            public_url: Some(sandbox.public_url),
            is_sandbox: true,
        }
    }
}

/// Whether Twilio opens with our credentials.
pub(super) async fn credentials(subject: &Subject) -> (Finding, Account) {
    if let Some(fault) = subject.fault(CREDENTIALS) {
        let unset = Account {
            state: State::Refused,
            ..Account::default()
        };
        return (fault, unset);
    }
    let Some(way) = Way::of(subject) else {
        return not_running();
    };
    let asked_at = subject.clock.now();
    let seen = way.twilio.account().await;
    let (finding, state, ahead) = match seen {
        // Whoever answers otherwise at the simulator's old place is somebody else.
        Err(_)
        | Ok(Seen {
            account: Err(_), ..
        }) if way.is_sandbox && subject.server.is_none() => {
            return not_running();
        }
        Err(error) => {
            let host = host(&way.api);
            let fix = format!("check this machine's way to {host}: DNS, firewall, proxy");
            let finding = Finding::fail(format!("{host} can't be reached: {error}"), fix);
            (finding, State::Unreachable, None)
        }
        Ok(seen) => {
            let ahead = ahead(&subject.clock, asked_at, &seen);
            let (finding, state) = opened(&seen, host(&way.api));
            (finding, state, ahead)
        }
    };
    let account = Account {
        way: Some(way),
        state,
        ahead,
    };
    (finding, account)
}

fn not_running() -> (Finding, Account) {
    let account = Account {
        state: State::NotRunning,
        ..Account::default()
    };
    let fix = "start it: waybill serve; or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN for a real account";
    let finding = Finding::fail(NOT_RUNNING, fix);
    (finding, account)
}

/// Between question and answer, as Twilio's time is that of some moment in between; it is cut to seconds.
fn ahead(clock: &Clock, asked_at: chrono::DateTime<chrono::Utc>, seen: &Seen) -> Option<TimeDelta> {
    let between = asked_at + (clock.now() - asked_at) / 2;
    seen.date
        .map(|date| between - date - TimeDelta::milliseconds(500))
}

fn opened(seen: &Seen, host: &str) -> (Finding, State) {
    match &seen.account {
        Ok(account) => account_found(account, &ms(seen.took)),
        Err(denied) => (denial(*denied, host), denied_state(*denied)),
    }
}

fn account_found(account: &AccountJson, took: &str) -> (Finding, State) {
    let status = account.status.as_deref().unwrap_or("status unknown");
    let name = account.friendly_name.as_deref().unwrap_or_default();
    let kind = account.kind.as_deref().unwrap_or("type unknown");
    let measured = format!("\"{name}\", {status}, {kind}, {took}");
    match status {
        "active" => (Finding::ok(measured), State::Open),
        "suspended" | "closed" => {
            let fix = "Twilio sends nothing for this account: look at its billing and messages in Twilio's console";
            (Finding::fail(measured, fix), State::Refused)
        }
        _ => {
            let fix = "look at the account in Twilio's console";
            (Finding::warn(measured, fix), State::Open)
        }
    }
}

fn denied_state(denied: Denied) -> State {
    if denied.status >= 500 {
        State::Unreachable
    } else {
        State::Refused
    }
}

fn denial(denied: Denied, host: &str) -> Finding {
    let Denied { status, code } = denied;
    let measured = match code {
        Some(code) => format!("{host} answered with HTTP {status}, code {code}"),
        None => format!("{host} answered with HTTP {status}"),
    };
    let fix = match (status, code) {
        (401, _) | (_, Some(20003)) => {
            "TWILIO_AUTH_TOKEN is not this account's: copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from Twilio's console"
                .to_owned()
        }
        (404, _) => "TWILIO_ACCOUNT_SID is unknown there: copy it from Twilio's console; check TWILIO_API_BASE_URL".to_owned(),
        (500.., _) => "Twilio has trouble: see status.twilio.com; Waybill goes on by itself".to_owned(),
        (_, Some(code)) => catalogue::find(code).map_or_else(
            || format!("see {}", catalogue::page_of(code)),
            |it| it.next_step.to_owned(),
        ),
        (_, None) => "this is not Twilio's answer: check TWILIO_API_BASE_URL and any proxy on the way".to_owned(),
    };
    Finding::fail(measured, fix)
}

/// Whether each sender is one of the account's, and online.
pub(super) async fn sender(subject: &Subject, account: &Account) -> Finding {
    if let Some(fault) = subject.fault(SENDER) {
        return fault;
    }
    let Some(way) = account
        .way
        .as_ref()
        .filter(|_| account.state == State::Open)
    else {
        return Finding::needs(CREDENTIALS);
    };
    let listed = way.twilio.senders().await;
    let found: Vec<Finding> = match &listed {
        Ok(listed) => senders_of(subject)
            .map(|it| one_sender(it, listed))
            .collect(),
        Err(error) => senders_of(subject).map(|it| untold(it, error)).collect(),
    };
    worst(found)
}

fn senders_of(subject: &Subject) -> impl Iterator<Item = &str> {
    subject.config.senders.iter().map(Address::as_str)
}

fn one_sender(sender: &str, listed: &[SenderJson]) -> Finding {
    let found = listed
        .iter()
        .find(|it| it.sender_id.as_deref() == Some(sender));
    let Some(found) = found else {
        return if sender == SHARED_SENDER {
            shared()
        } else {
            let fix = "check TWILIO_WHATSAPP_FROM against the WhatsApp senders in Twilio's console";
            Finding::warn(format!("{sender} is none of the account's senders"), fix)
        };
    };
    let status = found.status.as_deref().unwrap_or("status unknown");
    let measured = format!("{sender} {status}");
    match status {
        "ONLINE" | "ONLINE:UPDATING" => Finding::ok(measured),
        "OFFLINE" => {
            let reasons = found.offline_reasons.as_deref().unwrap_or_default();
            let reason = reasons.iter().find_map(|it| it.message.clone());
            let fix = reason.unwrap_or_else(|| "no reason is told".to_owned());
            Finding::fail(
                measured,
                format!("look at the sender in Twilio's console: {fix}"),
            )
        }
        _ => Finding::warn(
            measured,
            "wait until it is ONLINE, or look at it in Twilio's console",
        ),
    }
}

fn shared() -> Finding {
    Finding::ok(format!("{SHARED_SENDER}, Twilio's shared sandbox sender"))
}

fn untold(sender: &str, error: &AskError) -> Finding {
    if sender == SHARED_SENDER {
        return shared();
    }
    let measured = format!("{sender} is well-formed; its state is not known: {error}");
    Finding::warn(measured, "look at the sender in Twilio's console")
}

/// One finding for several: the worst one's fix, everything that was measured.
fn worst(found: Vec<Finding>) -> Finding {
    let measured: Vec<String> = found.iter().map(|it| it.measured.clone()).collect();
    let worst = found.into_iter().max_by_key(|it| it.status as u8);
    let mut finding = worst.unwrap_or_else(|| Finding::ok("none"));
    finding.measured = measured.join(", ");
    finding
}

/// Whether our clock is Twilio's.
pub(super) fn clock(account: &Account) -> Finding {
    let Some(ahead) = account.ahead else {
        return Finding::needs(CREDENTIALS);
    };
    let off = ahead.abs();
    let seconds = off.as_seconds_f64();
    let side = if ahead > TimeDelta::zero() {
        "ahead of"
    } else {
        "behind"
    };
    let measured = format!("{seconds:.1} s {side} Twilio's");
    let fix =
        "set this machine's clock (NTP): idempotency, reply windows and sign-in links depend on it";
    if off > FAR_OFF {
        Finding::fail(measured, fix)
    } else if off > OFF {
        Finding::warn(measured, fix)
    } else {
        // Twilio tells whole seconds.
        Finding::ok(format!(
            "within {:.0} s of Twilio's",
            seconds.ceil().max(1.0)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    fn account_ahead_by(seconds: i64) -> Account {
        Account {
            ahead: Some(TimeDelta::seconds(seconds)),
            ..Account::default()
        }
    }

    #[test]
    fn a_clock_that_is_off_is_told_by_how_much() {
        for (seconds, status) in [
            (0, Status::Ok),
            (-5, Status::Ok),
            (6, Status::Warn),
            (-60, Status::Warn),
            (61, Status::Fail),
            (-90_000, Status::Fail),
        ] {
            assert_eq!(
                clock(&account_ahead_by(seconds)).status,
                status,
                "{seconds}"
            );
        }
        assert_eq!(clock(&Account::default()).status, Status::Skip);
        assert!(
            clock(&account_ahead_by(-7))
                .measured
                .contains("7.0 s behind")
        );
    }

    #[test]
    fn what_twilio_denies_names_the_setting() {
        let fix = |status, code| denial(Denied { status, code }, "h").fix.unwrap();
        assert!(fix(401, Some(20003)).contains("TWILIO_AUTH_TOKEN"));
        assert!(fix(404, Some(20404)).contains("TWILIO_ACCOUNT_SID"));
        assert!(fix(503, None).contains("status.twilio.com"));
        assert!(fix(418, None).contains("TWILIO_API_BASE_URL"));
        assert!(fix(403, Some(20008)).contains("live credentials"));
    }

    #[test]
    fn a_suspended_account_fails_and_an_active_one_does_not() {
        let account = |status: &str| AccountJson {
            status: Some(status.to_owned()),
            ..AccountJson::default()
        };
        for (status, expected) in [
            ("active", (Status::Ok, State::Open)),
            ("suspended", (Status::Fail, State::Refused)),
            ("closed", (Status::Fail, State::Refused)),
            ("new word", (Status::Warn, State::Open)),
        ] {
            let (finding, state) = account_found(&account(status), "1 ms");
            assert_eq!((finding.status, state), expected, "{status}");
        }
    }

    #[test]
    fn a_sender_must_be_listed_and_online() {
        let listed = |status: &str| SenderJson {
            sender_id: Some("whatsapp:+351910000001".to_owned()),
            status: Some(status.to_owned()),
            ..SenderJson::default()
        };
        let of = |status| one_sender("whatsapp:+351910000001", &[listed(status)]).status;
        assert_eq!(
            (of("ONLINE"), of("CREATING"), of("OFFLINE")),
            (Status::Ok, Status::Warn, Status::Fail)
        );
        assert_eq!(
            one_sender("whatsapp:+351910000002", &[listed("ONLINE")]).status,
            Status::Warn
        );
        assert_eq!(one_sender(SHARED_SENDER, &[]).status, Status::Ok);
        let both = worst(vec![
            Finding::ok("a"),
            Finding::warn("b", "do"),
            Finding::ok("c"),
        ]);
        assert_eq!(
            (both.status, both.measured.as_str()),
            (Status::Warn, "a, b, c")
        );
    }
}
