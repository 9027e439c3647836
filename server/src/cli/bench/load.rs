//! The load: so many connections that each wait for an answer before they ask again, and how long answers took.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::http1::{Message, Wire};

/// Requests, made before the clock starts.
pub(super) type Requests = Arc<[Box<[u8]>]>;

/// When there is enough.
#[derive(Clone, Copy, Debug)]
pub(super) enum Until {
    /// After this time, or when every request was made.
    Time(Duration),
    /// After this time; requests are made again from the first one.
    TimeAgain(Duration),
    /// When every request was made.
    All,
    /// The same, so many a second at most.
    Paced(f64),
}

/// What is asked of whom.
#[derive(Clone, Debug)]
pub(super) struct Load {
    /// Who is asked.
    pub(super) address: SocketAddr,
    /// What is asked.
    pub(super) requests: Requests,
    /// Connections.
    pub(super) connections: usize,
    /// When there is enough.
    pub(super) until: Until,
    /// How much of what was asked for an answer grants; 0: it is a refusal.
    pub(super) granted: fn(Message<'_>) -> usize,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What was granted, over all answers.
    pub(super) granted: usize,
    /// From the first request to the last answer.
    pub(super) took: Duration,
    /// Of each answer.
    pub(super) latencies: Latencies,
    /// The first refusal.
    pub(super) refusal: Option<String>,
}

impl Outcome {
    /// Granted a second.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub(super) fn rate(&self) -> f64 {
        self.granted as f64 / self.took.as_secs_f64().max(1e-9)
    }

    /// The outcome, unless anything was refused.
    pub(super) fn complete(self) -> Result<Self, String> {
        match self.refusal {
            None => Ok(self),
            Some(refusal) => Err(format!("refused: {refusal}")),
        }
    }
}

/// Makes the requests.
pub(super) async fn run(load: Load) -> Result<Outcome, String> {
    let turn = Arc::new(AtomicUsize::new(0));
    let mut wires = Vec::new();
    for _ in 0..load.connections.max(1) {
        let wire = Wire::connect(load.address).await;
        wires.push(wire.map_err(|error| error.to_string())?);
    }
    let began = Instant::now();
    let mut working = JoinSet::new();
    for wire in wires {
        working.spawn(work(load.clone(), wire, Arc::clone(&turn), began));
    }
    let mut whole = Outcome::default();
    while let Some(part) = working.join_next().await {
        let part = part.map_err(|error| error.to_string())??;
        whole.granted += part.granted;
        whole.latencies.0.extend(part.latencies.0);
        whole.refusal = whole.refusal.or(part.refusal);
    }
    whole.took = began.elapsed();
    whole.latencies.0.sort_unstable();
    Ok(whole)
}

async fn work(
    load: Load,
    mut wire: Wire,
    turn: Arc<AtomicUsize>,
    began: Instant,
) -> Result<Outcome, String> {
    let mut part = Outcome::default();
    while let Some(turn) = next(&load, &turn, began) {
        if let Until::Paced(rate) = load.until {
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let due = Duration::from_secs_f64(turn as f64 / rate);
            tokio::time::sleep_until(began + due).await;
        }
        let sent = Instant::now();
        let answer = wire.ask(&load.requests[turn % load.requests.len()]).await;
        let answer = answer.map_err(|error| format!("no answer: {error}"))?;
        part.latencies.add(sent.elapsed());
        match (load.granted)(answer) {
            0 if part.refusal.is_none() => {
                let body = String::from_utf8_lossy(answer.body);
                let line = answer.head.lines().next().unwrap_or_default();
                part.refusal = Some(format!("{line}: {body:.400}"));
            }
            granted => part.granted += granted,
        }
    }
    Ok(part)
}

/// The number of the next request, as long as there is not enough.
fn next(load: &Load, turn: &AtomicUsize, began: Instant) -> Option<usize> {
    let turn = turn.fetch_add(1, Ordering::Relaxed);
    let is_left = turn < load.requests.len();
    let goes_on = match load.until {
        Until::Time(limit) => is_left && began.elapsed() < limit,
        Until::TimeAgain(limit) => began.elapsed() < limit,
        Until::All | Until::Paced(_) => is_left,
    };
    goes_on.then_some(turn)
}

/// Grants one for a 2xx answer.
pub(super) fn one_if_taken(answer: Message<'_>) -> usize {
    usize::from(answer.start().1.starts_with('2'))
}

/// Times, every one of them, in microseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Latencies(Vec<u32>);

impl Latencies {
    /// Adds one.
    pub(super) fn add(&mut self, time: Duration) {
        self.0
            .push(u32::try_from(time.as_micros()).unwrap_or(u32::MAX));
    }

    /// Of these times.
    pub(super) fn of(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut all = Self::default();
        times.into_iter().for_each(|time| all.add(time));
        all.0.sort_unstable();
        all
    }

    /// The time that so many of a thousand did not exceed, in milliseconds; 0 of none. Nearest rank.
    pub(super) fn per_mille(&self, part: usize) -> f64 {
        let rank = (self.0.len() * part).div_ceil(1_000).max(1);
        self.0
            .get(rank - 1)
            .map_or(0.0, |it| f64::from(*it) / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let of = |times: std::ops::RangeInclusive<u64>| {
            Latencies::of(times.rev().map(Duration::from_millis))
        };
        let thousand = of(1..=1_000);
        for (part, expected) in [(500, 500.0), (990, 990.0), (1_000, 1_000.0), (0, 1.0)] {
            assert!((thousand.per_mille(part) - expected).abs() < 1e-9, "{part}");
        }
        assert!((of(7..=7).per_mille(990) - 7.0).abs() < 1e-9);
        assert!(Latencies::default().per_mille(500).abs() < 1e-9);
    }
}
