//! `waybill doctor`

use std::io::IsTerminal as _;
use std::process::ExitCode;

use serde_json::json;

use super::common::{block_on, print, tell};
use crate::clock::Clock;
use crate::config;
use crate::doctor::{Check, Report, Status, Subject, examine};

/// How the report is shown.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Run it where waybill serve runs: it reads the same .env and DATA_DIR. It changes nothing.

Each line: OK, WARN, FAIL or SKIP (it depends on something that failed), what was looked at, what was measured; below it, what
to do. Exit 0 without a FAIL, 1 with one."
)]
pub(super) struct Arguments {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let (config, faults) = config::inspect_environment();
    let subject = Subject::of_settings(config, faults, Clock::system());
    let report = match block_on(async { Ok(examine(&subject).await) }) {
        Ok(report) => report,
        Err(error) => {
            tell(&format!("waybill: {error}"));
            return ExitCode::FAILURE;
        }
    };
    if arguments.json {
        print(&as_json(&report));
    } else {
        print(&as_text(&report, has_color()));
    }
    match report.status() {
        Status::Fail => ExitCode::FAILURE,
        Status::Ok | Status::Warn | Status::Skip => ExitCode::SUCCESS,
    }
}

fn has_color() -> bool {
    let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    std::io::stdout().is_terminal() && !is_unwanted
}

fn as_json(report: &Report) -> String {
    let checks: Vec<serde_json::Value> = report
        .checks
        .iter()
        .map(|it| {
            json!({ "name": it.name, "status": it.status.as_str(), "measured": it.measured, "fix": it.fix,
                "durationMs": u64::try_from(it.took.as_millis()).unwrap_or(u64::MAX) })
        })
        .collect();
    let status = report.status().as_str();
    json!({ "status": status, "at": report.at, "checks": checks }).to_string()
}

fn as_text(report: &Report, has_color: bool) -> String {
    let mut lines = Vec::new();
    for it in &report.checks {
        let word = painted(it.status, has_color);
        lines.push(format!("{word}  {:<11}  {}", it.name, it.measured));
        // What is skipped is told where it failed.
        if let Some(fix) = it.fix.as_deref().filter(|_| it.status != Status::Skip) {
            lines.push(format!("                   → {fix}"));
        }
    }
    lines.push(String::new());
    lines.push(summary(&report.checks));
    lines.join("\n")
}

fn summary(checks: &[Check]) -> String {
    let count = |status| checks.iter().filter(|it| it.status == status).count();
    let parts: Vec<String> = [Status::Ok, Status::Warn, Status::Fail, Status::Skip]
        .into_iter()
        .map(|it| (count(it), it))
        .filter(|it| it.0 > 0)
        .map(|(count, status)| format!("{count} {}", status.as_str()))
        .collect();
    format!("{} checks: {}", checks.len(), parts.join(", "))
}

fn painted(status: Status, has_color: bool) -> String {
    let word = format!("{:<4}", status.as_str());
    let color = match status {
        Status::Ok => "32",
        Status::Warn => "33",
        Status::Fail => "1;31",
        Status::Skip => "2",
    };
    if has_color {
        format!("\u{1b}[{color}m{word}\u{1b}[0m")
    } else {
        word
    }
}
