//! `waybill` as a process of its own: started with settings, stopped or killed by its own id, started again.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Longer than any start, on a machine that does other things too.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// Below the ports that outgoing connections take: a server that is down for a moment finds its port free.
const PORTS: std::ops::Range<u16> = 10_000..30_000;

/// Settings of a process: nothing else is in its environment.
pub(crate) type Settings = HashMap<String, String>;

/// A process that ends with the test.
pub(crate) struct Process {
    child: Child,
    /// What it prints.
    lines: Receiver<String>,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Process {
    /// Starts `waybill`, and reads its output up to a line that begins with the last of `wanted`; the first word of the rest
    /// of each such line.
    pub(crate) fn start(
        arguments: &[&str],
        settings: &Settings,
        wanted: &[&str],
    ) -> (Self, Vec<String>) {
        let mut child = waybill(arguments, settings)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        let mut process = Self { child, lines };
        let deadline = Instant::now() + START_PATIENCE;
        let mut found = Vec::new();
        while found.len() < wanted.len() {
            let line = process.line_before(deadline).unwrap_or_else(|why| {
                panic!("waybill {arguments:?} {why}; of {wanted:?} found {found:?}")
            });
            if let Some(rest) = line.strip_prefix(wanted[found.len()]) {
                found.push(first_word(rest));
            }
        }
        (process, found)
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop as `kill -TERM` does, and waits until it has.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(asked.success(), "process {pid} was gone already");
        self.child.wait().unwrap()
    }

    /// The time that its threads have spent at work so far; `None` where the system does not tell. Source: Linux,
    /// Documentation/scheduler/sched-stats.rst.
    pub(crate) fn time_at_work(&self) -> Option<Duration> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let of_thread = |thread: std::io::Result<std::fs::DirEntry>| {
            // One that has ended meanwhile has nothing to tell.
            let told = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            told.split_whitespace().next()?.parse::<u64>().ok()
        };
        Some(Duration::from_nanos(threads.filter_map(of_thread).sum()))
    }

    /// The most memory that it has held at one time so far, in KiB; `None` where the system does not tell. Source: Linux,
    /// `proc_pid_status(5)`.
    pub(crate) fn most_memory_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    fn line_before(&mut self, deadline: Instant) -> Result<String, String> {
        let left = deadline.saturating_duration_since(Instant::now());
        self.lines.recv_timeout(left).map_err(|why| match why {
            RecvTimeoutError::Timeout => format!("is not up after {START_PATIENCE:?}"),
            RecvTimeoutError::Disconnected => {
                format!("ended early, with {:?}", self.child.wait())
            }
        })
    }
}

/// Makes a token with the scope `send` as a person does on the server's machine.
pub(crate) fn new_token(settings: &Settings) -> String {
    let made = waybill(
        &["token", "create", "--name", "test", "--scope", "send"],
        settings,
    )
    .output()
    .unwrap();
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert!(
        token.starts_with("wb_"),
        "the token alone is on standard output: {token:?}; {}",
        String::from_utf8_lossy(&made.stderr)
    );
    token
}

/// Runs `waybill` to its end.
pub(crate) async fn run(arguments: &[&str], settings: &Settings) -> Output {
    let mut command = waybill(arguments, settings);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

/// Runs the shell command that a variable of this run holds; it must succeed.
pub(crate) fn command(variable: &str) {
    let command = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set"));
    let run = || {
        Command::new("sh")
            .args(["-c", &command])
            .stdout(Stdio::null())
            .status()
    };
    let status = tokio::task::block_in_place(run).unwrap();
    assert!(
        status.success(),
        "{variable}: {command} ended with {status}"
    );
}

/// A port that is free, and stays so while the server on it is down.
pub(crate) fn free_port() -> u16 {
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    std::iter::repeat_with(|| rand::random_range(PORTS))
        .take(1_000)
        .find(is_free)
        .expect("a port is free")
}

/// The program under test: the one built with the tests, or another build that `WAYBILL_TEST_BIN` names.
fn waybill(arguments: &[&str], settings: &Settings) -> Command {
    let built = || env!("CARGO_BIN_EXE_waybill").to_owned();
    let program = std::env::var("WAYBILL_TEST_BIN").unwrap_or_else(|_| built());
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(settings);
    command
}

fn lines_of(output: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // Whoever listened may be gone; reading goes on, so that the process never waits for its reader.
            let _ = sender.send(line);
        }
    });
    lines
}

fn first_word(text: &str) -> String {
    text.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}
