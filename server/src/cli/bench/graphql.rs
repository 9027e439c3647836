//! `waybill bench graphql`: pages of a long list beside what the database alone does, searches, and many live subscribers.

mod listeners;
mod log;
mod pages;

use std::time::{Duration, Instant};

use self::pages::Kinds;
use super::report::{Aim, Machine, Report, Row, Subject, Unit, row};
use super::stage::{Stage, Targets};
use crate::cli::common::{Done, block_on, tell};

pub(super) const EXAMPLES: &str = "Examples:
  waybill bench graphql
  waybill bench graphql --database postgres://postgres@127.0.0.1:5432/postgres
  waybill bench graphql --messages 100000 --subscribers 500 --rounds 1 --json

A million messages take a minute or two to be written, once for each database, and about 1.5 GB of disk.";

/// How it is measured.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    targets: Targets,
    /// Messages in the log
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..))]
    messages: u32,
    /// Requests under way at one time, each on a connection of its own
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Length of each measurement
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Rounds to take the median of, on the same log
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Sockets that wait for events
    #[arg(long, default_value_t = 2_000)]
    subscribers: usize,
    /// Events for each of them
    #[arg(long, default_value_t = 10)]
    events: usize,
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
    machine.write_durably()?;
    let mut subjects: Vec<Subject> = targets.iter().map(Subject::of).collect();
    for (target, subject) in targets.iter().zip(&mut subjects) {
        let name = target.name();
        tell(&format!("{name}: writing {} messages", arguments.messages));
        let rounds = Stage::with(target, &[], async |stage| {
            play(arguments, stage, &name).await
        });
        subject.rounds = rounds.await?;
    }
    Ok(Report {
        title: format!(
            "graphql, {} messages, {} connections, {} subscribers",
            arguments.messages, arguments.connections, arguments.subscribers
        ),
        rows: rows(),
        subjects,
        references: machine.references().to_vec(),
    })
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    vec![
        row("the database alone, the join of a newest page", Unit::PerSecond, Aim::None),
        row("newest page", Unit::PerSecond, Aim::None),
        row("of the database's rate", Unit::Percent, Aim::AtLeast(40.0)),
        row("newest page, p50", Unit::Ms, Aim::None),
        row("newest page, p99", Unit::Ms, Aim::None),
        row("middle page", Unit::PerSecond, Aim::None),
        row("newest by middle", Unit::Plain, Aim::AtMost(1.5)),
        row("middle page, p50", Unit::Ms, Aim::None),
        row("middle page, p99", Unit::Ms, Aim::None),
        row("filtered page", Unit::PerSecond, Aim::None),
        row("filtered page, p50", Unit::Ms, Aim::None),
        row("filtered page, p99", Unit::Ms, Aim::None),
        row("search", Unit::PerSecond, Aim::None),
        row("search, p50", Unit::Ms, Aim::None),
        row("search, p99", Unit::Ms, Aim::None),
        row("search by one client, p50", Unit::Ms, Aim::AtMost(20.0)),
        row("search by one client, p99", Unit::Ms, Aim::None),
        row("one event to every subscriber, p50", Unit::Ms, Aim::None),
        row("one event to every subscriber, p99", Unit::Ms, Aim::AtMost(200.0)),
        row("one event to every subscriber, slowest", Unit::Ms, Aim::None),
        row("resident memory that the subscribers took", Unit::Mb, Aim::AtMost(60.0)),
        row("time to write the log", Unit::Seconds, Aim::None),
        row("resident memory of the server, at most", Unit::Mb, Aim::None),
    ]
}

/// All rounds on one log; a number for each row of each round.
async fn play(arguments: &Arguments, stage: &Stage, name: &str) -> Result<Vec<Vec<f64>>, String> {
    let began = Instant::now();
    let messages = usize::try_from(arguments.messages).unwrap_or(usize::MAX);
    log::fill(stage, messages).await?;
    let filled = began.elapsed().as_secs_f64();
    let mut rounds = Vec::new();
    for number in 1..=arguments.rounds.max(1) {
        tell(&format!("round {number}: {name}"));
        let mut figures = lists(arguments, stage, messages).await?;
        let heard = listeners::hear(stage, arguments.subscribers, arguments.events).await?;
        figures.extend([500, 990, 1_000].map(|it| heard.latencies.per_mille(it)));
        figures.extend([heard.memory_mb, filled]);
        figures.push(stage.server.child.usage()?.peak_mb());
        rounds.push(figures);
    }
    Ok(rounds)
}

async fn lists(arguments: &Arguments, stage: &Stage, messages: usize) -> Result<Vec<f64>, String> {
    let (time, many) = (
        Duration::from_secs(arguments.seconds),
        arguments.connections,
    );
    let floor = pages::floor(stage, many, time).await?;
    tell(&format!("the database alone: {floor:.0} pages a second"));
    let mut figures = vec![floor];
    let mut newest = 0.0;
    for kind in [Kinds::Newest, Kinds::Middle, Kinds::Filtered, Kinds::Search] {
        let requests = pages::requests(stage, kind, messages).await?;
        let done = pages::ask(stage, &requests, many, time).await?;
        figures.push(done.rate());
        tell(&format!("{kind:?}: {:.0} pages a second", done.rate()));
        match kind {
            Kinds::Newest => {
                newest = done.rate();
                figures.push(100.0 * newest / floor);
            }
            Kinds::Middle => figures.push(newest / done.rate()),
            Kinds::Filtered | Kinds::Search => {}
        }
        figures.extend([500, 990].map(|it| done.latencies.per_mille(it)));
        if matches!(kind, Kinds::Search) {
            let alone = pages::ask(stage, &requests, 1, time).await?;
            figures.extend([500, 990].map(|it| alone.latencies.per_mille(it)));
        }
    }
    Ok(figures)
}
