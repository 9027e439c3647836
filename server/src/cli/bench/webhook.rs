//! `waybill bench webhook`: how fast events are acknowledged after the durable write, beside a handler that does nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use entity::webhook_event::WebhookState;

use super::child::{Child, Usage};
use super::letters;
use super::load::{self, Load, Outcome, Requests, Until};
use super::queue::enqueue;
use super::report::{Aim, Machine, Report, Row, Subject, Unit, median, row};
use super::stage::{Stage, Targets, told, unless_interrupted};
use crate::cli::common::{Done, block_on, tell};
use crate::store;

/// Letters made for a second of load; a server that takes more ends its round early.
const A_SECOND: u64 = 16_000;

pub(super) const EXAMPLES: &str = "Examples:
  waybill bench webhook
  waybill bench webhook --database postgres://postgres@127.0.0.1:5432/postgres --redis redis://127.0.0.1:6379
  waybill bench webhook --kind status --messages 5000 --rounds 1 --json";

/// How it is measured.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    targets: Targets,
    /// Requests under way at one time, each on a connection of its own
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Length of a round
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Rounds to take the median of
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// What is posted
    #[arg(long, value_enum, default_value_t = KindName::Inbound)]
    kind: KindName,
    /// People who write in turn (inbound)
    #[arg(long, default_value_t = 5_000)]
    people: usize,
    /// Messages sent beforehand; each is then sent, delivered and read (status)
    #[arg(long, default_value_t = 10_000)]
    messages: usize,
    /// Seconds that the server may work behind its answers
    #[arg(long, default_value_t = 120)]
    patience: u64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A kind of event, as written on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindName {
    /// Messages of many people, which the bot answers
    Inbound,
    /// Status callbacks of messages sent before
    Status,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    let report = block_on(measure(arguments))?;
    report.print(arguments.json);
    Ok(())
}

async fn measure(arguments: &Arguments) -> Result<Report, String> {
    let targets = arguments.targets.all()?;
    let mut machine = Machine::beforehand()?;
    let count = usize::try_from(arguments.seconds * A_SECOND).unwrap_or(usize::MAX);
    let letters: Requests = letters::inbound(count, arguments.people).into();
    let mut subjects: Vec<Subject> = targets.iter().map(Subject::of).collect();
    let (mut rates, mut tails) = (Vec::new(), Vec::new());
    for round in 1..=arguments.rounds.max(1) {
        tell(&format!("round {round}: the empty handler"));
        let empty = empty_handler(arguments, &letters).await?;
        rates.push(empty.rate());
        tails.push(empty.latencies.per_mille(990));
        machine.write_durably()?;
        for (target, subject) in targets.iter().zip(&mut subjects) {
            tell(&format!("round {round}: {}", target.name()));
            let settings = [("SEND_RATE_PER_SENDER", "10000".to_owned())];
            let figures = Stage::with(target, &settings, async |stage| {
                play(arguments, stage, &letters, empty.rate()).await
            });
            subject.rounds.push(figures.await?);
        }
    }
    let kind = match arguments.kind {
        KindName::Inbound => "inbound messages",
        KindName::Status => "status callbacks",
    };
    let mut references = vec![
        ("an empty axum handler", median(rates), Unit::PerSecond),
        ("its p99", median(tails), Unit::Ms),
    ];
    references.extend(machine.references());
    Ok(Report {
        title: format!("webhook, {kind}, {} connections", arguments.connections),
        rows: rows(),
        subjects,
        references,
    })
}

async fn empty_handler(arguments: &Arguments, letters: &Requests) -> Result<Outcome, String> {
    let (_child, address) = Child::of_bench("empty-handler")?;
    let load = Load {
        until: Until::TimeAgain(Duration::from_secs(arguments.seconds)),
        ..load_on(address, arguments, Arc::clone(letters))
    };
    unless_interrupted(load::run(load)).await?.complete()
}

/// Each letter once.
fn load_on(address: SocketAddr, arguments: &Arguments, requests: Requests) -> Load {
    Load {
        address,
        requests,
        connections: arguments.connections,
        until: Until::Time(Duration::from_secs(arguments.seconds)),
        granted: load::one_if_taken,
    }
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    vec![
        row("acknowledged after the durable write", Unit::PerSecond, Aim::None),
        row("of the empty handler's rate", Unit::Percent, Aim::AtLeast(30.0)),
        row("acknowledged, p50", Unit::Ms, Aim::None),
        row("acknowledged, p99", Unit::Ms, Aim::AtMost(25.0)),
        row("acknowledged, slowest", Unit::Ms, Aim::None),
        row("acknowledged and stored", Unit::Count, Aim::None),
        row("processors of the server meanwhile", Unit::Percent, Aim::None),
        row("processors of the load", Unit::Percent, Aim::None),
        row("waiting when the load ended", Unit::Count, Aim::None),
        row("time to work that off", Unit::Seconds, Aim::None),
        row("worked off from first to last", Unit::PerSecond, Aim::None),
        row("left undone", Unit::Count, Aim::AtMost(0.0)),
        row("resident memory, at the end", Unit::Mb, Aim::None),
        row("resident memory, at most", Unit::Mb, Aim::None),
    ]
}

/// One round; a number for each row.
async fn play(
    arguments: &Arguments,
    stage: &Stage,
    letters: &Requests,
    empty_rate: f64,
) -> Result<Vec<f64>, String> {
    let letters = match arguments.kind {
        KindName::Inbound => Arc::clone(letters),
        KindName::Status => life_of_messages(arguments, stage).await?,
    };
    let usages = || Ok::<_, String>([stage.server.child.usage()?, Usage::of_self()?]);
    let before = usages()?;
    let done = load::run(load_on(stage.server.address, arguments, letters)).await?;
    let done = done.complete()?;
    let after = usages()?;
    let mut figures = vec![
        done.rate(),
        100.0 * done.rate() / empty_rate,
        done.latencies.per_mille(500),
        done.latencies.per_mille(990),
        done.latencies.per_mille(1_000),
        number(done.granted as u64),
    ];
    figures.extend([0, 1].map(|which| after[which].share_since(before[which], done.took)));
    figures.extend(behind(arguments, stage, &done).await?);
    let usage = stage.server.child.usage()?;
    figures.extend([usage.resident_mb(), usage.peak_mb()]);
    Ok(figures)
}

/// What the server does behind its answers.
async fn behind(arguments: &Arguments, stage: &Stage, done: &Outcome) -> Result<Vec<f64>, String> {
    let patience = Duration::from_secs(arguments.patience);
    let began = Instant::now();
    let waiting = stage.waiting().await?;
    let left = stage.work_off(patience).await?;
    let behind = began.elapsed();
    check(arguments, stage, done.granted, left).await?;
    let worked_off = (done.granted as u64).saturating_sub(left);
    Ok(vec![
        number(waiting),
        behind.as_secs_f64(),
        number(worked_off) / (done.took + behind).as_secs_f64(),
        number(left),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn number(count: u64) -> f64 {
    count as f64
}

/// Sends messages, and makes the callbacks that Twilio would make for them.
async fn life_of_messages(arguments: &Arguments, stage: &Stage) -> Result<Requests, String> {
    let count = arguments.messages;
    enqueue::all(stage, count, arguments.people).await?;
    let patience = Duration::from_secs(arguments.patience);
    stage.accepted(count, patience).await?;
    let messages = told(store::bench::taken(stage.db.read()).await)?;
    Ok(letters::statuses(&messages).into())
}

/// Nothing that was acknowledged is lost, nothing died, and nothing was answered twice.
async fn check(arguments: &Arguments, stage: &Stage, acknowledged: usize, left: u64) -> Done {
    let db = stage.db.read();
    let stored = told(store::webhook_events::count(db).await)?;
    if stored != acknowledged as u64 {
        return Err(format!(
            "{acknowledged} events were acknowledged and {stored} are stored"
        ));
    }
    let dead = told(store::bench::events_in(db, WebhookState::Dead).await)?;
    if dead > 0 {
        return Err(format!("{dead} events are dead"));
    }
    match (left, arguments.kind) {
        (0, KindName::Inbound) => stage.none_twice(acknowledged).await,
        (0, KindName::Status) => stage.none_twice(arguments.messages).await,
        _ => Ok(()),
    }
}
