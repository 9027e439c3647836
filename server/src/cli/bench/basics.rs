//! `waybill bench basics`: starts this very binary in an empty folder, again and again.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cli::common::{Done, block_on, print, tell};
use crate::gateway::http_client;
use crate::http::assets;

/// After this a server that serves nobody is idle.
const SETTLE: Duration = Duration::from_secs(3);

/// One start.
struct Round {
    to_first_answer: Duration,
    idle_kib: u64,
}

pub(in crate::cli) fn run(rounds: usize) -> Done {
    let binary = std::env::current_exe().map_err(|error| error.to_string())?;
    let size = std::fs::metadata(&binary)
        .map_err(|error| error.to_string())?
        .len();
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
        measured.push(block_on(start_once(&binary))?);
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    measured.sort_by_key(|it| it.to_first_answer);
    let start = measured[measured.len() / 2].to_first_answer;
    measured.sort_by_key(|it| it.idle_kib);
    let idle = measured[measured.len() / 2].idle_kib;
    print(&format!(
        "machine                    {cores} cores, median of {rounds} starts"
    ));
    print(&format!("dashboard, raw             {:.0} KB", kilo(raw)));
    print(&format!(
        "dashboard, brotli          {:.0} KB",
        kilo(packed)
    ));
    print(&format!(
        "GraphiQL, brotli           {:.0} KB",
        kilo(graphiql)
    ));
    print(&format!(
        "binary                     {:.1} MB",
        kilo(usize::try_from(size).unwrap_or(usize::MAX)) / 1_000.0
    ));
    print(&format!(
        "start to first answer      {} ms",
        start.as_millis()
    ));
    print(&format!(
        "idle memory (resident)     {:.1} MB",
        kilo(usize::try_from(idle * 1_024).unwrap_or(usize::MAX)) / 1_000.0
    ));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
fn kilo(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}

async fn start_once(binary: &Path) -> Result<Round, String> {
    let folder = std::env::temp_dir().join(format!("waybill-bench-{:08x}", rand::random::<u32>()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let began = Instant::now();
    let mut server = Command::new(binary)
        .arg("serve")
        .current_dir(&folder)
        .env_clear()
        .env("PORT", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let round = measure(&mut server, began).await;
    let ended = server.kill().and_then(|()| server.wait());
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    ended.map_err(|error| error.to_string())?;
    round
}

async fn measure(server: &mut Child, began: Instant) -> Result<Round, String> {
    let output = server.stdout.take().ok_or("no output")?;
    let url = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            line.strip_prefix("Dashboard")
                .map(|it| it.trim().to_owned())
        })
        .ok_or("the server did not start")?;
    let answer = http_client()
        .get(format!("{url}healthz"))
        .send()
        .await
        .map_err(|error| error.to_string())?;
    answer
        .error_for_status()
        .map_err(|error| error.to_string())?;
    let to_first_answer = began.elapsed();
    tokio::time::sleep(SETTLE).await;
    Ok(Round {
        to_first_answer,
        idle_kib: resident_kib(server.id())?,
    })
}

fn resident_kib(process: u32) -> Result<u64, String> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("no VmRSS")?;
    line.trim()
        .trim_end_matches(" kB")
        .parse()
        .map_err(|_| format!("not a size: {line}"))
}
