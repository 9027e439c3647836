//! Other processes of this very binary: started in a folder of their own, looked at through /proc, ended with their owner.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::time::Duration;

use crate::cli::place::Folder;

/// Ticks a second in /proc/…/stat: the same on every Linux that Rust runs on.
const TICKS: u64 = 100;

/// A running process, killed when it is dropped.
#[derive(Debug)]
pub(super) struct Child {
    process: std::process::Child,
    /// Open as long as we live: a child that reads it to its end ends with us, however we end.
    _input: Option<ChildStdin>,
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Child {
    /// Starts `command` and waits for an output line that begins with `word`; the rest of that line.
    fn start(mut command: Command, word: &str) -> Result<(Self, String), String> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = process.stdout.take().ok_or("no output")?;
        let child = Self {
            _input: process.stdin.take(),
            process,
        };
        let line = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix(word).map(|it| it.trim().to_owned()));
        Ok((child, line.ok_or("it ended before it was ready")?))
    }

    /// Starts `waybill bench WORD`, which prints where it listens.
    pub(super) fn of_bench(word: &str) -> Result<(Self, SocketAddr), String> {
        let mut command = this_binary()?;
        command.args(["bench", word]);
        let (child, line) =
            Self::start(command, "Listening").map_err(|error| format!("{word}: {error}"))?;
        let address = line
            .parse()
            .map_err(|_| format!("not an address: {line}"))?;
        Ok((child, address))
    }

    /// What it used so far.
    pub(super) fn usage(&self) -> Result<Usage, String> {
        Usage::of(&self.process.id().to_string())
    }
}

/// A `waybill serve` with settings of its own and no others.
#[derive(Debug)]
pub(super) struct Server {
    /// Its process.
    pub(super) child: Child,
    /// Where it listens.
    pub(super) address: SocketAddr,
    errors: PathBuf,
}

/// A setting's name and value.
pub(super) type Settings = [(&'static str, String)];

impl Server {
    /// Starts it in `folder`, on a free port.
    pub(super) fn start(folder: &Folder, settings: &Settings) -> Result<Self, String> {
        let said = folder.path().join("stderr.log");
        let mut command = this_binary()?;
        command
            .arg("serve")
            .current_dir(folder.path())
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .env("PORT", "0")
            // All the load comes as one viewer.
            .env("API_RATE_PER_VIEWER", "0")
            .stderr(File::create(&said).map_err(|error| error.to_string())?);
        // PUBLIC_URL hides the port that was taken; the log tells it.
        let started = Child::start(command, "Dashboard").and_then(|(child, url)| {
            let port = || port_in_log(&said);
            let address = authority(&url).map_or_else(port, Ok)?;
            Ok((child, address))
        });
        let (child, address) = started.map_err(|error| {
            let log = std::fs::read_to_string(&said).unwrap_or_default();
            format!("waybill serve: {error}\n{}", log.trim())
        })?;
        Ok(Self {
            child,
            address,
            errors: folder.path().join("logs/error.log"),
        })
    }

    /// The first error that it logged.
    pub(super) fn first_error(&self) -> Option<String> {
        let log = std::fs::read_to_string(&self.errors).ok()?;
        log.lines().next().map(str::to_owned)
    }
}

/// A token for sending, made in the folder and with the settings of a server.
pub(super) fn token(folder: &Folder, settings: &Settings) -> Result<String, String> {
    let output = this_binary()?
        .args(["token", "create", "--name", "bench", "--scope", "send"])
        .current_dir(folder.path())
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn this_binary() -> Result<Command, String> {
    let binary = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(binary);
    command.env_clear();
    Ok(command)
}

/// Where a URL of this machine leads to.
fn authority(url: &str) -> Option<SocketAddr> {
    url.strip_prefix("http://")?
        .trim_end_matches('/')
        .parse()
        .ok()
}

fn port_in_log(log: &Path) -> Result<SocketAddr, String> {
    let text = std::fs::read_to_string(log).map_err(|error| error.to_string())?;
    text.split_whitespace()
        .find_map(|word| word.strip_prefix("address=")?.parse().ok())
        .ok_or_else(|| "its log names no address".to_owned())
}

/// What a process used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    resident_kib: u64,
    peak_kib: u64,
    /// Time on processors, all threads together.
    pub(super) processor: Duration,
}

impl Usage {
    /// Memory that is resident now, in megabytes of a million.
    pub(super) fn resident_mb(&self) -> f64 {
        mb(self.resident_kib)
    }

    /// Its time on processors since `before`, as percent of one processor over `time`.
    pub(super) fn share_since(&self, before: Self, time: Duration) -> f64 {
        let used = self.processor.saturating_sub(before.processor);
        100.0 * used.div_duration_f64(time)
    }

    /// The most that ever was, in megabytes of a million.
    pub(super) fn peak_mb(&self) -> f64 {
        mb(self.peak_kib)
    }

    /// What this process used.
    pub(super) fn of_self() -> Result<Self, String> {
        Self::of("self")
    }

    fn of(process: &str) -> Result<Self, String> {
        let read = |file: &str| {
            let path = format!("/proc/{process}/{file}");
            std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))
        };
        let status = read("status")?;
        let ticks = ticks(&read("stat")?).ok_or("no times in /proc")?;
        Ok(Self {
            resident_kib: kib(&status, "VmRSS:")?,
            peak_kib: kib(&status, "VmHWM:")?,
            processor: Duration::from_millis(ticks * 1_000 / TICKS),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn mb(kib: u64) -> f64 {
    kib as f64 * 1.024 / 1_000.0
}

fn kib(status: &str, name: &str) -> Result<u64, String> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok());
    number.ok_or_else(|| format!("no {name} in /proc"))
}

/// User and system time: the 14th and 15th field. The 2nd, the name, is in brackets and may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_used_is_read_past_an_odd_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 9 0 0 0 25 17 0 0 20 0 1 0 4 5";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(kib("Name:\tx\nVmRSS:\t   1234 kB\n", "VmRSS:"), Ok(1_234));
        let own = Usage::of_self().unwrap();
        assert!(own.resident_kib > 0 && own.peak_kib >= own.resident_kib / 2);
    }
}
