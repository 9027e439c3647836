//! `waybill twilio`

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::common::{block_on, print, tell};
use crate::clock::Clock;
use crate::config;
use crate::doctor::{Console, Part, Subject, Url, console};
use crate::domain::catalogue::{self, Entry, Kind, Owner, Phase};

/// What is asked about Twilio.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show what Twilio has set for the account beside what Waybill expects; exit 1 when something differs
    #[command(
        after_help = "✓ as Waybill expects, ✗ to be changed, - does not matter. It changes nothing."
    )]
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Explain Twilio's error codes; all of them without a code
    #[command(after_help = "Example: waybill twilio error 63016 21610")]
    Error {
        /// Codes, e.g. 63016
        #[arg(value_parser = clap::value_parser!(i32).range(1..))]
        codes: Vec<i32>,
        /// As JSON, one a line
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: &Command) -> ExitCode {
    match command {
        Command::Status { json } => status(*json),
        Command::Error { codes, json } => error(codes, *json),
    }
}

fn status(as_json: bool) -> ExitCode {
    let (config, faults) = config::inspect_environment();
    let subject = Subject::of_settings(config, faults, Clock::system());
    let console = match block_on(async { console(&subject).await }) {
        Ok(console) => console,
        Err(error) => {
            tell(&format!("waybill: {error}"));
            return ExitCode::FAILURE;
        }
    };
    if as_json {
        print(&json!(console).to_string());
    } else {
        show(&console);
    }
    if console.differs() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn show(console: &Console) {
    print(&format!(
        "account {}  {}",
        console.account_sid, console.account
    ));
    for Part { name, state, urls } in &console.parts {
        print(&format!("{name}  {state}"));
        for url in urls {
            show_url(url);
        }
    }
    for line in &console.untold {
        print(&format!("? {line}"));
    }
}

fn show_url(url: &Url) {
    let mark = match url.is_right {
        Some(true) => "✓",
        Some(false) => "✗",
        None => "-",
    };
    let has = url.has.as_deref().unwrap_or("nothing set");
    print(&format!("  {mark} {:<17}  {has}", url.of));
    if url.is_right == Some(false) {
        print(&format!("    Waybill expects    {}", url.expects));
    }
    if let Some(note) = &url.note {
        print(&format!("    {:<17}  {note}", ""));
    }
}

fn error(codes: &[i32], as_json: bool) -> ExitCode {
    if codes.is_empty() {
        for entry in catalogue::all() {
            if as_json {
                print(&row(&entry));
            } else {
                print(&format!(
                    "{:>5}  {}: {}",
                    entry.code, entry.meaning, entry.next_step
                ));
            }
        }
        return ExitCode::SUCCESS;
    }
    let mut unknown = 0;
    for code in codes {
        match catalogue::find(*code) {
            Some(entry) if as_json => print(&row(&entry)),
            Some(entry) => explain(&entry),
            None => {
                unknown += 1;
                let page = catalogue::page_of(*code);
                tell(&format!(
                    "{code:>5}  not in the catalogue: Waybill takes it as final, unless it came with HTTP 429 or 5xx; see {page}"
                ));
            }
        }
    }
    if unknown > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn explain(entry: &Entry) {
    print(&format!("{:>5}  {}", entry.code, entry.meaning));
    print(&format!("       → {}", entry.next_step));
    let (kind, owner, phase) = (kind(entry.kind), owner(entry.owner), phase(entry.phase));
    print(&format!("       {kind}; {owner}; {phase}"));
    print(&format!("       {}", catalogue::page_of(entry.code)));
}

fn row(entry: &Entry) -> String {
    let word = |it: &dyn std::fmt::Debug| format!("{it:?}").to_uppercase();
    let kind = match entry.kind {
        Kind::NeedsAction => "NEEDS_ACTION".to_owned(),
        other => word(&other),
    };
    json!({ "code": entry.code, "kind": kind, "owner": word(&entry.owner), "phase": word(&entry.phase),
        "meaning": entry.meaning, "nextStep": entry.next_step })
    .to_string()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Transient => "later may work",
        Kind::Permanent => "never works for this message and recipient",
        Kind::NeedsAction => "works once somebody changed something",
        Kind::Warning => "nothing failed",
    }
}

fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::You => "yours to change",
        Owner::Customer => "the recipient's to change",
        Owner::Twilio => "Twilio's to change",
        Owner::Meta => "Meta's to change",
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Sync => "comes at once, and nothing was sent",
        Phase::Async => "comes later, after Twilio took the message",
        Phase::Log => "in Twilio's error log only",
    }
}
