//! The Doctor's checks: where each belongs, why it matters, and the whole as a text to send on.

use super::say::{key, said, say};
use crate::schema;

/// How something is.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "HealthStatus")]
pub(crate) enum Health {
    Ok,
    Warn,
    Fail,
    Skip,
}

impl Health {
    /// The name in the schema and in `data-status`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
            Self::Skip => "SKIP",
        }
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Ok => say!("OK"),
            Self::Warn => say!("Warning"),
            Self::Fail => say!("Failed"),
            Self::Skip => say!("Skipped"),
        }
    }
}

/// One check as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// The server's name of it, `public URL`.
    pub(crate) name: String,
    pub(crate) status: Health,
    pub(crate) measured: String,
    pub(crate) fix: Option<String>,
    pub(crate) took_ms: i32,
}

impl Check {
    /// Its name in a URL.
    pub(crate) fn slug(&self) -> String {
        self.name.replace(' ', "-").to_ascii_lowercase()
    }

    /// Its name as a heading.
    pub(crate) fn title(&self) -> String {
        if let Some(known) = known(&self.name) {
            return said(known.1).to_owned();
        }
        let mut letters = self.name.chars();
        let first = letters.next().map(|it| it.to_uppercase().to_string());
        first.unwrap_or_default() + letters.as_str()
    }

    /// Why it matters.
    pub(crate) fn why(&self) -> &'static str {
        known(&self.name).map_or("", |it| said(it.3))
    }
}

type Known = (&'static str, &'static str, &'static str, &'static str);

/// Names, titles, groups, and why each matters. A check this table does not know stands under "More".
const KNOWN: [Known; 11] = [
    (
        "settings",
        key!("Settings"),
        "Settings",
        key!("A setting that cannot be read stops the server at its next start."),
    ),
    (
        "credentials",
        key!("Credentials"),
        "Twilio",
        key!(
            "Without the right account and token nothing can be sent, and no webhook can be verified."
        ),
    ),
    (
        "sender",
        key!("Sender"),
        "Twilio",
        key!("Messages leave from this number; if Twilio does not know it, each one fails."),
    ),
    (
        "public URL",
        key!("Public URL"),
        "Twilio",
        key!(
            "Twilio posts messages and statuses there; if it cannot be reached, customers write in vain."
        ),
    ),
    (
        "events",
        key!("Events"),
        "Work",
        key!(
            "Every webhook is kept before it is answered; one that is lost is a message nobody sees."
        ),
    ),
    (
        "clock",
        key!("Clock"),
        "This server",
        key!("Reply windows, retries and signatures are counted by this clock."),
    ),
    (
        "database",
        key!("Database"),
        "This server",
        key!("Everything is kept there; without it nothing is accepted."),
    ),
    (
        "disk",
        key!("Disk"),
        "This server",
        key!(
            "A full disk stops the database, and the spool that catches webhooks when the database is away."
        ),
    ),
    (
        "redis",
        "Redis",
        "This server",
        key!("Lets several processes share work and news; one process does without it."),
    ),
    (
        "worker",
        key!("Worker"),
        "Work",
        key!("Somebody has to take messages from the queue, or they wait for ever."),
    ),
    (
        "queue",
        key!("Queue"),
        "Work",
        key!("A queue that grows older than seconds means customers wait."),
    ),
];

const GROUPS: [&str; 5] = [
    key!("Settings"),
    "Twilio",
    key!("This server"),
    key!("Work"),
    key!("More"),
];

fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|it| it.0 == name)
}

/// The checks by group, in a fixed order; empty groups are left out.
pub(crate) fn grouped(checks: &[Check]) -> Vec<(&'static str, Vec<Check>)> {
    let of = |check: &Check| known(&check.name).map_or("More", |it| it.2);
    let group = |title: &'static str| {
        let own: Vec<Check> = checks
            .iter()
            .filter(|it| of(it) == title)
            .cloned()
            .collect();
        (!own.is_empty()).then_some((title, own))
    };
    GROUPS.into_iter().filter_map(group).collect()
}

/// Those that somebody should look at, the failed ones first.
pub(crate) fn troubled(checks: &[Check]) -> Vec<Check> {
    [Health::Fail, Health::Warn]
        .into_iter()
        .flat_map(|status| checks.iter().filter(move |it| it.status == status))
        .cloned()
        .collect()
}

/// `9 of 11 in order, 1 warning, 1 failed`
pub(crate) fn summary(checks: &[Check]) -> String {
    let count = |status: Health| checks.iter().filter(|it| it.status == status).count();
    let (good, total) = (count(Health::Ok), checks.len());
    let (failed, warned) = (count(Health::Fail), count(Health::Warn));
    let skipped = count(Health::Skip);
    let mut parts = vec![say!("{good} of {total} in order", good, total)];
    if failed > 0 {
        parts.push(say!(failed, "{n} failed" | "{n} failed", n = failed));
    }
    if warned > 0 {
        parts.push(say!(warned, "{n} warning" | "{n} warnings", n = warned));
    }
    if skipped > 0 {
        parts.push(say!(skipped, "{n} skipped" | "{n} skipped", n = skipped));
    }
    parts.join(", ")
}

/// The report as a text, for a ticket. The server tells no secrets in it.
pub(crate) fn report(checks: &[Check], version: &str, at: &str) -> String {
    let line = |it: &Check| {
        let fix = it.fix.as_ref().map(|fix| format!("{:19}→ {fix}\n", ""));
        format!(
            "{:4}  {:<12} {} ({} ms)\n{}",
            it.status.name(),
            it.name,
            it.measured,
            it.took_ms,
            fix.unwrap_or_default()
        )
    };
    let lines: Vec<String> = checks.iter().map(line).collect();
    format!(
        "Waybill {version}, {at}: {}\n{}",
        summary(checks),
        lines.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, status: Health) -> Check {
        Check {
            name: name.to_owned(),
            status,
            measured: "3 ms".to_owned(),
            fix: (status == Health::Fail).then(|| "start it".to_owned()),
            took_ms: 3,
        }
    }

    #[test]
    fn every_check_has_a_group_also_one_that_is_new() {
        let checks = [
            check("queue", Health::Ok),
            check("settings", Health::Ok),
            check("moon", Health::Warn),
        ];
        let titles: Vec<_> = grouped(&checks).into_iter().map(|it| it.0).collect();
        assert_eq!(titles, ["Settings", "Work", "More"]);
        assert!(KNOWN.iter().all(|it| GROUPS.contains(&it.2)));
    }

    #[test]
    fn a_report_can_be_read_in_a_mail() {
        let checks = [check("database", Health::Ok), check("redis", Health::Fail)];
        assert_eq!(summary(&checks), "1 of 2 in order, 1 failed");
        assert_eq!(
            report(&checks, "0.1.0", "now"),
            "Waybill 0.1.0, now: 1 of 2 in order, 1 failed\n\
             OK    database     3 ms (3 ms)\n\
             FAIL  redis        3 ms (3 ms)\n                   → start it\n"
        );
        assert_eq!(check("public URL", Health::Ok).slug(), "public-url");
        assert_eq!(check("public URL", Health::Ok).title(), "Public URL");
    }
}
