//! `waybill bench queue`: how fast messages get from the API to a stored ACCEPTED, with a Twilio that takes them at once.

pub(super) mod enqueue;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use entity::message_event::EventKind;

use super::child::{Child, Usage};
use super::http1::post;
use super::load::{self, Latencies, Load, Until};
use super::report::{Aim, Machine, Report, Row, Subject, Unit, median, row};
use super::stage::{Stage, Target, Targets, told, unless_interrupted};
use crate::cli::common::{Done, block_on, tell};
use crate::store::{self, Db};

/// Events read at one time.
const PAGE: u64 = 5_000;
/// Requests to the stub alone: more change nothing.
const TO_STUB: usize = 20_000;

pub(super) const EXAMPLES: &str = "Examples:
  waybill bench queue
  waybill bench queue --database postgres://postgres@127.0.0.1:5432/postgres --redis redis://127.0.0.1:6379
  waybill bench queue --messages 2000 --rounds 1 --json";

/// How it is measured.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    targets: Targets,
    /// Messages enqueued as fast as the server takes them
    #[arg(long, default_value_t = 20_000)]
    messages: usize,
    /// People they go to in turn
    #[arg(long, default_value_t = 5_000)]
    recipients: usize,
    /// Requests to Twilio at one time
    #[arg(long, default_value_t = 256)]
    concurrency: usize,
    /// Messages a second in the steady part
    #[arg(long, default_value_t = 400)]
    steady_rate: u32,
    /// Length of the steady part
    #[arg(long, default_value_t = 5)]
    steady_seconds: u32,
    /// Rounds to take the median of
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds until all messages must be ACCEPTED
    #[arg(long, default_value_t = 300)]
    patience: u64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    let report = block_on(measure(arguments))?;
    report.print(arguments.json);
    Ok(())
}

async fn measure(arguments: &Arguments) -> Result<Report, String> {
    let targets = arguments.targets.all()?;
    let mut machine = Machine::beforehand()?;
    let settings = [
        ("SEND_RATE_PER_SENDER", "10000".to_owned()),
        ("SEND_CONCURRENCY", arguments.concurrency.to_string()),
    ];
    let mut subjects: Vec<Subject> = targets.iter().map(Subject::of).collect();
    let mut stub_rates = Vec::new();
    for round in 1..=arguments.rounds.max(1) {
        tell(&format!("round {round}: the stub alone"));
        stub_rates.push(stub_alone(arguments.concurrency).await?);
        machine.write_durably()?;
        for (target, subject) in targets.iter().zip(&mut subjects) {
            tell(&format!("round {round}: {}", target.name()));
            let figures = Stage::with(target, &settings, async |stage| {
                play(arguments, stage).await
            });
            subject.rounds.push(figures.await?);
        }
    }
    let mut references = vec![(
        "the stub alone, asked as many at one time",
        median(stub_rates),
        Unit::PerSecond,
    )];
    references.extend(machine.references());
    Ok(Report {
        title: title(arguments),
        rows: rows(),
        subjects,
        references,
    })
}

fn title(arguments: &Arguments) -> String {
    let Arguments {
        messages,
        recipients,
        concurrency,
        steady_rate,
        ..
    } = arguments;
    format!(
        "queue, {messages} messages to {recipients} people, {concurrency} requests at one time; then {steady_rate} messages a second"
    )
}

/// What the stub takes when nobody stands before it: no queue is faster than that.
async fn stub_alone(connections: usize) -> Result<f64, String> {
    let (_child, address) = Child::of_bench("stub")?;
    let body = "To=whatsapp%3A%2B9779800000000&From=whatsapp%3A%2B14155238886&StatusCallback=https%3A%2F%2Fbench.example.com%2Fs&Body=Your+order+is+packed";
    let path = "/2010-04-01/Accounts/AC00112233445566778899aabbccddeeff/Messages.json";
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let requests = (0..TO_STUB).map(|_| post(path, &headers, body));
    let load = Load {
        address,
        requests: requests.collect(),
        connections,
        until: Until::All,
        granted: load::one_if_taken,
    };
    Ok(unless_interrupted(load::run(load))
        .await?
        .complete()?
        .rate())
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    vec![
        row("enqueued through the API", Unit::PerSecond, Aim::AtLeast(10_000.0)),
        row("first enqueue to last stored ACCEPTED", Unit::PerSecond, Aim::AtLeast(4_000.0)),
        row("the same, time", Unit::Seconds, Aim::None),
        row("processors of the server meanwhile", Unit::Percent, Aim::None),
        row("processors of the stub", Unit::Percent, Aim::None),
        row("processors of the load", Unit::Percent, Aim::None),
        row("steady: enqueue to ACCEPTED, p50", Unit::Ms, Aim::None),
        row("steady: enqueue to ACCEPTED, p99", Unit::Ms, Aim::None),
        row("steady: sendMessage answered, p50", Unit::Ms, Aim::None),
        row("steady: sendMessage answered, p99", Unit::Ms, Aim::None),
        row("resident memory, at the end", Unit::Mb, Aim::None),
        row("resident memory, at most", Unit::Mb, Aim::None),
    ]
}

/// One round; a number for each row.
async fn play(arguments: &Arguments, stage: &Stage) -> Result<Vec<f64>, String> {
    let mut figures = burst(arguments, stage).await?;
    figures.extend(steady(arguments, stage).await?);
    let usage = stage.server.child.usage()?;
    figures.extend([usage.resident_mb(), usage.peak_mb()]);
    Ok(figures)
}

/// All messages, as fast as they are taken.
async fn burst(arguments: &Arguments, stage: &Stage) -> Result<Vec<f64>, String> {
    let usages = || -> Result<[Usage; 3], String> {
        let (server, stub) = (stage.server.child.usage()?, stage.stub.usage()?);
        Ok([server, stub, Usage::of_self()?])
    };
    let before = usages()?;
    let began = Instant::now();
    let enqueued = enqueue::all(stage, arguments.messages, arguments.recipients).await?;
    stage
        .accepted(arguments.messages, Duration::from_secs(arguments.patience))
        .await?;
    let took = began.elapsed();
    let after = usages()?;
    let share = |which: usize| after[which].share_since(before[which], took);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let rate = arguments.messages as f64 / took.as_secs_f64();
    let seconds = took.as_secs_f64();
    Ok(vec![
        enqueued.rate(),
        rate,
        seconds,
        share(0),
        share(1),
        share(2),
    ])
}

/// Single messages at a pace that leaves the server time.
async fn steady(arguments: &Arguments, stage: &Stage) -> Result<Vec<f64>, String> {
    let mark = told(store::message_events::head(stage.db.read()).await)?;
    let count = (arguments.steady_rate * arguments.steady_seconds) as usize;
    let answers = enqueue::steadily(stage, count, f64::from(arguments.steady_rate)).await?;
    let all = arguments.messages + count;
    stage
        .accepted(all, Duration::from_secs(arguments.patience))
        .await?;
    let waits = waits(&stage.db, mark).await?;
    stage.none_twice(all).await?;
    Ok(vec![
        waits.per_mille(500),
        waits.per_mille(990),
        answers.latencies.per_mille(500),
        answers.latencies.per_mille(990),
    ])
}

/// From CREATED to ACCEPTED, of every message created after a place in the log.
async fn waits(db: &Db, mut after: i64) -> Result<Latencies, String> {
    let mut created = HashMap::new();
    let mut waits = Vec::new();
    loop {
        let page = told(store::message_events::after(db.read(), after, PAGE).await)?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for event in page {
            if event.kind == EventKind::Created {
                created.insert(event.message_id, event.at);
            } else if event.kind == EventKind::Accepted
                && let Some(at) = created.get(&event.message_id)
            {
                waits.push((event.at - *at).to_std().unwrap_or_default());
            }
        }
    }
    Ok(Latencies::of(waits))
}

impl Subject {
    /// A database, not yet measured.
    pub(super) fn of(target: &Target) -> Self {
        Self {
            name: target.name(),
            rounds: Vec::new(),
        }
    }
}
