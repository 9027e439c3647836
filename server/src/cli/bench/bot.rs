//! `waybill bench bot`: from a customer's message to the request by which its answer leaves, while many talk at one time.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::http1::Wire;
use super::letters;
use super::load::{self, Latencies, Requests};
use super::report::{Aim, Machine, Report, Row, Subject, Unit, row};
use super::stage::{Stage, Targets, told};
use super::stub;
use crate::cli::common::{Done, block_on, tell};
use crate::clock::Clock;
use crate::store;

pub(super) const EXAMPLES: &str = "Examples:
  waybill bench bot
  waybill bench bot --database postgres://postgres@127.0.0.1:5432/postgres
  waybill bench bot --rate 100 --seconds 30 --rounds 1 --json";

/// A shop where everything is told in words: one answer to each message.
const SHOP: [(&str, &str); 2] = [
    ("DEMO_SHOP", "on"),
    // Fifty conversations a second are more than one sender of WhatsApp may answer.
    ("SEND_RATE_PER_SENDER", "10000"),
];
/// Pieces of each product: nobody is to be refused.
const STOCK: i64 = 1_000_000;
/// What a customer writes, one after the other.
const TALK: [&str; 5] = ["hi", "1", "2 x 1", "checkout", "yes"];
/// Between two messages of one customer, as many other customers begin.
const MEANWHILE: usize = 20;
/// Connections by which Twilio would post.
const CONNECTIONS: usize = 32;

/// How it is measured.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    targets: Targets,
    /// Conversations that begin each second; each is five messages
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Length of a round
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Rounds to take the median of
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds that the last answers may take
    #[arg(long, default_value_t = 30)]
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
    let mut subjects: Vec<Subject> = targets.iter().map(Subject::of).collect();
    for round in 1..=arguments.rounds.max(1) {
        machine.write_durably()?;
        for (target, subject) in targets.iter().zip(&mut subjects) {
            tell(&format!("round {round}: {}", target.name()));
            let shop = SHOP.map(|(name, value)| (name, value.to_owned()));
            let figures = Stage::with(target, &shop, async |stage| play(arguments, stage).await);
            subject.rounds.push(figures.await?);
        }
    }
    let (rate, seconds) = (arguments.rate, arguments.seconds);
    Ok(Report {
        title: format!("bot, {rate} conversations a second for {seconds} s"),
        rows: rows(),
        subjects,
        references: machine.references().to_vec(),
    })
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    vec![
        row("messages of customers", Unit::PerSecond, Aim::None),
        row("\"hi\" to the request with its answer, p50", Unit::Ms, Aim::None),
        row("\"hi\" to the request with its answer, p99", Unit::Ms, Aim::AtMost(50.0)),
        row("any message, p50", Unit::Ms, Aim::None),
        row("any message, p99", Unit::Ms, Aim::None),
        row("any message, slowest", Unit::Ms, Aim::None),
        row("processors of the server meanwhile", Unit::Percent, Aim::None),
        row("resident memory, at most", Unit::Mb, Aim::None),
    ]
}

/// One round; a number for each row.
async fn play(arguments: &Arguments, stage: &Stage) -> Result<Vec<f64>, String> {
    told(store::bench::stock_up(&stage.db, STOCK).await)?;
    let talks = (arguments.rate * arguments.seconds) as usize;
    let script = script(talks);
    let letters: Requests = script
        .iter()
        .enumerate()
        .map(|(number, (person, step))| letters::written(number, *person, TALK[*step]))
        .collect();
    let pace = f64::from(arguments.rate) * float(TALK.len());
    let (before, began) = (stage.server.child.usage()?, Instant::now());
    let posted = post_all(stage, &letters, pace).await?;
    let took = began.elapsed();
    let after = stage.server.child.usage()?;
    stage
        .accepted(script.len(), Duration::from_secs(arguments.patience))
        .await?;
    stage.none_twice(script.len()).await?;
    let waits = waits(stage, &script, &posted).await?;
    let first = script
        .iter()
        .zip(&waits)
        .filter(|((_, step), _)| *step == 0);
    let first = Latencies::of(first.map(|(_, wait)| *wait));
    let all = Latencies::of(waits.iter().copied());
    let mut figures = vec![float(script.len()) / took.as_secs_f64()];
    figures.extend([500, 990].map(|it| first.per_mille(it)));
    figures.extend([500, 990, 1_000].map(|it| all.per_mille(it)));
    figures.push(after.share_since(before, took));
    figures.push(stage.server.child.usage()?.peak_mb());
    Ok(figures)
}

/// Who writes which part of the talk, in the order in which they do: everybody's next message comes after others have begun.
fn script(talks: usize) -> Vec<(usize, usize)> {
    let rounds = talks + MEANWHILE * (TALK.len() - 1);
    let all = (0..rounds).flat_map(|round| (0..TALK.len()).map(move |step| (round, step)));
    all.filter_map(|(round, step)| Some((round.checked_sub(step * MEANWHILE)?, step)))
        .filter(|(person, _)| *person < talks)
        .collect()
}

/// Posts letters at a pace; when each was.
async fn post_all(
    stage: &Stage,
    letters: &Requests,
    pace: f64,
) -> Result<Vec<DateTime<Utc>>, String> {
    let turn = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut posting = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (letters, turn) = (Arc::clone(letters), Arc::clone(&turn));
        let mut wire = told(Wire::connect(stage.server.address).await)?;
        posting.spawn(async move {
            let clock = Clock::system();
            let mut posted = Vec::new();
            loop {
                let number = turn.fetch_add(1, Ordering::Relaxed);
                let Some(letter) = letters.get(number) else {
                    return Ok::<_, String>(posted);
                };
                let due = Duration::from_secs_f64(float(number) / pace);
                tokio::time::sleep_until(began + due).await;
                posted.push((number, clock.now()));
                let answer = told(wire.ask(letter).await)?;
                if load::one_if_taken(answer) == 0 {
                    return Err(format!("refused: {}", answer.head));
                }
            }
        });
    }
    let mut all = Vec::with_capacity(letters.len());
    while let Some(part) = posting.join_next().await {
        all.extend(part.map_err(|error| error.to_string())??);
    }
    all.sort_unstable();
    Ok(all.into_iter().map(|(_, at)| at).collect())
}

/// From each letter to the arrival of its answer at Twilio.
async fn waits(
    stage: &Stage,
    script: &[(usize, usize)],
    posted: &[DateTime<Utc>],
) -> Result<Vec<Duration>, String> {
    let mut arrived: HashMap<String, Vec<DateTime<Utc>>> = HashMap::new();
    for (to, at) in stub::arrivals(stage.stub_address).await? {
        arrived.entry(to).or_default().push(at);
    }
    let wait = |((person, step), posted): (&(usize, usize), &DateTime<Utc>)| {
        let to = format!("whatsapp:+{}", letters::number_of(*person));
        let at = arrived.get(&to).and_then(|it| it.get(*step));
        let at = at.ok_or_else(|| format!("\"{}\" was not answered once", TALK[*step]))?;
        Ok((*at - *posted).to_std().unwrap_or_default())
    };
    script.iter().zip(posted).map(wait).collect()
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_says_everything_in_its_order() {
        let script = script(50);
        assert_eq!(script.len(), 50 * TALK.len());
        for person in 0..50 {
            let steps: Vec<usize> = script
                .iter()
                .filter(|it| it.0 == person)
                .map(|it| it.1)
                .collect();
            assert_eq!(steps, (0..TALK.len()).collect::<Vec<_>>());
        }
    }
}
