//! `waybill bench basics`: starts this very binary in an empty folder, again and again.

use std::time::{Duration, Instant};

use super::child::Server;
use super::http1::Wire;
use super::report::median;
use super::stage::told;
use crate::cli::common::{Done, block_on, print, tell};
use crate::cli::place::Folder;
use crate::http::assets;

/// After this a server that serves nobody is idle.
const SETTLE: Duration = Duration::from_secs(3);

/// One start.
struct Round {
    to_first_answer: Duration,
    idle_mb: f64,
}

pub(in crate::cli) fn run(rounds: usize) -> Done {
    let binary = told(std::env::current_exe())?;
    let size = told(std::fs::metadata(&binary))?.len();
    let (mut raw, mut packed, mut graphiql) = (0, 0, 0);
    for (path, unpacked, compressed) in assets::sizes() {
        if path.starts_with("graphiql/") {
            graphiql += compressed;
        } else {
            raw += unpacked;
            packed += compressed;
        }
    }
    let mut measured = Vec::new();
    for round in 1..=rounds {
        tell(&format!("start {round} of {rounds}"));
        measured.push(block_on(start_once())?);
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let start = measured.iter().map(|it| it.to_first_answer.as_secs_f64());
    let start = median(start.collect()) * 1_000.0;
    let idle = median(measured.iter().map(|it| it.idle_mb).collect());
    let binary = kilo(usize::try_from(size).unwrap_or(usize::MAX)) / 1_000.0;
    let line = |what: &str, is: String| print(&format!("{what:<27}{is}"));
    line(
        "machine",
        format!("{cores} cores, median of {rounds} starts"),
    );
    line("dashboard, raw", format!("{:.0} KB", kilo(raw)));
    line("dashboard, brotli", format!("{:.0} KB", kilo(packed)));
    line("GraphiQL, brotli", format!("{:.0} KB", kilo(graphiql)));
    line("binary", format!("{binary:.1} MB"));
    line("start to first answer", format!("{start:.0} ms"));
    line("idle memory (resident)", format!("{idle:.1} MB"));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
fn kilo(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}

async fn start_once() -> Result<Round, String> {
    let folder = Folder::new()?;
    let began = Instant::now();
    let server = Server::start(&folder, &[])?;
    let mut wire = told(Wire::connect(server.address).await)?;
    let question = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = told(wire.ask(question).await)?;
    if answer.start().1 != "200" {
        return Err(format!("/healthz answered {}", answer.head));
    }
    let to_first_answer = began.elapsed();
    tokio::time::sleep(SETTLE).await;
    Ok(Round {
        to_first_answer,
        idle_mb: server.child.usage()?.resident_mb(),
    })
}
