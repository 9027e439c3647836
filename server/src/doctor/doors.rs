//! Does Twilio find us: the webhook from outside, its signature, and whether every event was kept?

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;

use super::storage::Base;
use super::twilio::{Account, State};
use super::work::is_served;
use super::{CREDENTIALS, Finding, PUBLIC_URL, Subject, WORKER, host, ms};
use crate::clock::secret;
use crate::gateway::reach::Webhook;
use crate::gateway::twilio::API_URL;
use crate::gateway::wire::without_credentials;

/// Who has not reported itself by then is not waited for: it is no fault by itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the webhook is reached under the public URL, and takes Twilio's signature over it.
pub(super) async fn public_url(subject: &Subject, account: &Account, base: &Base) -> Finding {
    if let Some(fault) = subject.fault(PUBLIC_URL) {
        return fault;
    }
    let way = account.way.as_ref();
    let known = way.and_then(|it| Some((it.public_url.as_deref()?, &it.token)));
    let (Some((url, token)), State::Open | State::Unreachable) = (known, account.state) else {
        return Finding::needs(CREDENTIALS);
    };
    if is_served(subject, base) == Some(false) {
        return Finding::needs(WORKER);
    }
    let shown = without_credentials(url);
    let is_live = subject.config.twilio.is_some() && subject.config.twilio_api_base_url == API_URL;
    if is_live && is_local(host(url)) {
        let measured = format!("{shown} is an address of this network");
        return Finding::fail(
            measured,
            "set PUBLIC_URL to an https address that the internet reaches",
        );
    }
    let finding = match subject.caller.webhook(url, token, &secret()).await {
        Ok(answer) => judged(&answer, &shown),
        Err(error) => Finding::fail(
            format!("{shown} can't be reached: {error}"),
            format!(
                "check PUBLIC_URL, the DNS of {} and the proxy before waybill serve; if only this machine can't reach it, run waybill doctor elsewhere",
                host(&shown)
            ),
        ),
    };
    if is_live && finding.fix.is_none() && !url.starts_with("https://") {
        let fix = "put TLS before it and set PUBLIC_URL to https://…: Twilio refuses plain http unless its checks are off";
        return Finding::warn(finding.measured, fix);
    }
    finding
}

fn judged(answer: &Webhook, url: &str) -> Finding {
    match answer {
        Webhook::Ours { took } => Finding::ok(format!("{url} takes our signature, {}", ms(*took))),
        Webhook::Refused { expected } => {
            let asked = format!("{url}/api/v1/whatsapp/webhook");
            let fix = if *expected == asked {
                "the server there has another TWILIO_AUTH_TOKEN: restart it with the present settings".to_owned()
            } else {
                format!(
                    "make PUBLIC_URL the same where waybill serve runs, and what Twilio calls: the server there expects {expected}"
                )
            };
            Finding::fail(format!("{url} refuses our signature"), fix)
        }
        Webhook::Moved { to } => Finding::fail(
            format!("{url} redirects to {to}"),
            "set PUBLIC_URL to where it leads: a redirect loses what Twilio posts",
        ),
        Webhook::Stranger {
            status: status @ 500..,
        } => Finding::fail(
            format!("{url} answers with HTTP {status}"),
            "a proxy answers for waybill serve: check where it forwards to",
        ),
        Webhook::Stranger { status } => Finding::warn(
            format!("{url} reached something that is not this Waybill (HTTP {status})"),
            "check PUBLIC_URL and what the proxy forwards: /api/v1/whatsapp/webhook must reach waybill serve of this version",
        ),
    }
}

/// Whether Twilio can't call it, since it has no meaning outside.
fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[');
    let bare = match (bare.split_once(']'), host.split_once(':')) {
        (Some((inside, _)), _) if host.starts_with('[') => inside,
        (_, Some((name, _))) => name,
        _ => bare,
    };
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(it)) => {
            it.is_loopback() || it.is_private() || it.is_link_local() || it.is_unspecified()
        }
        Ok(IpAddr::V6(it)) => it.is_loopback() || it.is_unique_local() || it.is_unspecified(),
        Err(_) => {
            bare == "localhost"
                || [".localhost", ".local", ".internal"]
                    .iter()
                    .any(|end| bare.ends_with(end))
        }
    }
}

/// Whether every webhook event was kept, and none waits on disk.
pub(super) async fn events(subject: &Subject, account: &Account) -> Finding {
    let folder = &subject.config.data_dir;
    let lost = match &subject.server {
        Some(app) => Some(app.metrics.lost.get()),
        None => lost(subject, account).await,
    };
    if let Some(lost @ 1..) = lost {
        let fix = "make room in DATA_DIR and look after the database; Waybill fetches inbound messages that it lost from Twilio's list; a restart begins the count anew";
        return Finding::fail(format!("{lost} webhook events lost since the start"), fix);
    }
    let (waiting, unreadable) = spooled(folder);
    if unreadable > 0 {
        let measured = format!(
            "{unreadable} bytes in {} could not be read back",
            folder.display()
        );
        return Finding::warn(measured, "look at the .bad files there, then remove them");
    }
    if waiting > 0 {
        let measured = format!(
            "{waiting} bytes wait in {} for the database",
            folder.display()
        );
        let fix = "look after the database, and let waybill serve run: it takes them up by itself";
        return Finding::warn(measured, fix);
    }
    if lost.is_none() {
        let measured =
            "none waits on disk; whether some were lost is told by a running waybill serve only";
        return Finding::skip(measured, "start waybill serve, or look at its /readyz");
    }
    Finding::ok("none lost since the start, none waits on disk")
}

/// As a running server reports; `None`: none answers.
async fn lost(subject: &Subject, account: &Account) -> Option<u64> {
    let config = &subject.config;
    let here = if config.host.is_unspecified() {
        IpAddr::from([127, 0, 0, 1])
    } else {
        config.host
    };
    let here = std::net::SocketAddr::new(here, config.port);
    let public = account.way.as_ref().and_then(|it| it.public_url.clone());
    for url in [Some(format!("http://{here}")), public]
        .into_iter()
        .flatten()
    {
        let answer = timeout(PATIENCE, subject.caller.readiness(&url)).await;
        if let Ok(Ok(Some(it))) = answer {
            return Some(it.events_lost);
        }
    }
    None
}

/// Bytes that wait on disk, and bytes that nobody could read.
fn spooled(folder: &Path) -> (u64, u64) {
    let (mut waiting, mut unreadable) = (0, 0);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let size = entry.metadata().map_or(0, |it| it.len());
        if !name.starts_with("spool-") {
            continue;
        }
        if name.ends_with(".jsonl") {
            waiting += size;
        } else if name.ends_with(".bad") {
            unreadable += size;
        }
    }
    (waiting, unreadable)
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn twilio_can_not_call_an_address_of_this_network() {
        for local in [
            "localhost:5000",
            "127.0.0.1",
            "10.1.2.3:80",
            "192.168.0.9",
            "[::1]:5000",
            "[fd00::1]",
            "shop.local",
            "0.0.0.0",
        ] {
            assert!(is_local(local), "{local}");
        }
        for public in [
            "wa.example.com",
            "wa.example.com:8443",
            "203.0.113.9",
            "[2001:db8::1]:443",
            "localhost.example.com",
        ] {
            assert!(!is_local(public), "{public}");
        }
    }

    #[test]
    fn what_answers_at_the_public_url_is_told_apart() {
        let url = "https://wa.example.com";
        let finding = |answer| judged(&answer, url);
        let expected = |it: &str| Webhook::Refused {
            expected: it.to_owned(),
        };
        let same = finding(expected("https://wa.example.com/api/v1/whatsapp/webhook"));
        assert!(same.fix.unwrap().contains("TWILIO_AUTH_TOKEN"));
        let other = finding(expected("http://wa.example.com/api/v1/whatsapp/webhook"));
        assert!(
            other
                .fix
                .unwrap()
                .contains("expects http://wa.example.com/")
        );
        assert_eq!(
            finding(Webhook::Stranger { status: 502 }).status,
            Status::Fail
        );
        assert_eq!(
            finding(Webhook::Stranger { status: 200 }).status,
            Status::Warn
        );
        let moved = Webhook::Moved {
            to: "https://www.example.com/".to_owned(),
        };
        assert_eq!(finding(moved).status, Status::Fail);
    }

    #[test]
    fn what_waits_on_disk_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("spool-1.jsonl", "12345"),
            ("spool-2.jsonl", "1"),
            ("spool-1.bad", "123"),
            ("waybill.db", "1"),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(spooled(folder.path()), (6, 3));
        assert_eq!(spooled(Path::new("/no/such")), (0, 0));
    }
}
