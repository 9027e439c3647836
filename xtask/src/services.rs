//! Private PostgreSQL and Redis for one run of tests or benchmarks: own port, temporary folder, gone afterwards however it
//! ends.
//!
//! Each runs under a shell that waits for the pipe from this process to close. The system closes it when the
//! process ends for any reason, Ctrl-C and `kill -9` included; the shell then stops the service and removes its folder.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{debian, program};

/// `$1` is the service's folder, the rest the program. The interrupt is repeated: the first may come too early.
const SUPERVISOR: &str = r#"
folder=$1; shift
"$@" >log 2>&1 </dev/null &
service=$!
read -r _
while kill -INT "$service" 2>/dev/null; do sleep 0.2; done &
wait "$service"
kill $! 2>/dev/null
cd / && rm -rf "$folder"
"#;

/// `$1` is the folder with the programs, `$2` the port.
const POSTGRES: &str = r#"
"$1/initdb" -D data --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync &&
exec "$1/postgres" -D data -k "$PWD" -h 127.0.0.1 -p "$2" \
    -c max_connections=200 -c shared_buffers=32MB -c max_wal_size=256MB
"#;

/// What both services write to their log when they can be used.
const READY: &str = "ready to accept connections";

const PATIENCE: Duration = Duration::from_secs(30);

/// Both services, running.
pub(crate) struct Services {
    /// URL of a database server on which the tests create their databases.
    pub(crate) postgres: String,
    /// URL of a Redis that the tests may empty.
    pub(crate) redis: String,
    /// Kept for their `drop`, which stops them.
    _running: [Service; 2],
}

impl Services {
    /// Starts both, installing what is missing where that is ours to do.
    pub(crate) fn start() -> Result<Self> {
        let started = Instant::now();
        let (postgres, postgres_url) = postgres()?;
        let (redis, redis_url) = redis()?;
        println!(
            "PostgreSQL and Redis are up after {:.1} s",
            started.elapsed().as_secs_f64()
        );
        Ok(Self {
            postgres: postgres_url,
            redis: redis_url,
            _running: [postgres, redis],
        })
    }
}

struct Service {
    supervisor: Child,
}

impl Service {
    /// Starts a program under the supervisor and waits until its log says that it can be used.
    fn start(folder: &Path, command: &Command) -> Result<Self> {
        let supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "sh"])
            .arg(folder)
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0) // Ctrl-C reaches it only through the pipe, in order.
            .spawn()?;
        let service = Self { supervisor };
        let log = folder.join("log");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = fs::read_to_string(&log).unwrap_or_default();
            if text.to_lowercase().contains(READY) {
                return Ok(service);
            }
            if Instant::now() > deadline {
                let program = command.get_program().to_string_lossy();
                bail!(
                    "{program} is not ready after {} s; its log:\n{text}",
                    PATIENCE.as_secs()
                );
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _unneeded = self.supervisor.wait();
    }
}

fn postgres() -> Result<(Service, String)> {
    if postgres_programs().is_none() {
        debian::install(&["postgresql"], "PostgreSQL for the tests")?;
    }
    let programs = postgres_programs().context("initdb and postgres were not found")?;
    let folder = folder("postgres")?;
    let port = free_port()?;
    let mut server = as_owner(&folder)?;
    server
        .args(["sh", "-c", POSTGRES, "sh"])
        .arg(programs)
        .arg(port.to_string());
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    Ok((Service::start(&folder, &server)?, url))
}

/// The folder with `initdb` and `postgres`: the newest of Debian's, or one on PATH.
fn postgres_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path(),
            ))
        })
        .max()
        .map(|(_, folder)| folder.join("bin"));
    let on_path = program::on_path("initdb").and_then(|file| Some(file.parent()?.to_owned()));
    newest
        .into_iter()
        .chain(on_path)
        .find(|it| it.join("initdb").is_file() && it.join("postgres").is_file())
}

/// What starts a program as somebody who is not root, for PostgreSQL refuses to work for root. The folder becomes theirs.
fn as_owner(folder: &Path) -> Result<Command> {
    if !debian::is_root() {
        return Ok(Command::new("env"));
    }
    let id = |what| program::capture(Command::new("id").args([what, "nobody"]));
    let (user, group) = (id("-u")?, id("-g")?);
    std::os::unix::fs::chown(folder, Some(user.parse()?), Some(group.parse()?))?;
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=nobody",
        &format!("--regid={group}"),
        "--clear-groups",
    ]);
    Ok(command)
}

fn redis() -> Result<(Service, String)> {
    if program::on_path("redis-server").is_none() {
        debian::install(&["redis-server"], "Redis for the tests")?;
    }
    let folder = folder("redis")?;
    let port = free_port()?;
    let mut server = Command::new("redis-server");
    server.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
    server
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(&folder);
    Ok((
        Service::start(&folder, &server)?,
        format!("redis://127.0.0.1:{port}"),
    ))
}

/// A new folder that the service's user can reach.
fn folder(name: &str) -> Result<PathBuf> {
    let parent = if debian::is_root() {
        PathBuf::from("/tmp")
    } else {
        std::env::temp_dir()
    };
    let folder = parent.join(format!("waybill-test-{name}-{}", std::process::id()));
    fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    #[ignore = "starts PostgreSQL and Redis; for whoever changes this file"]
    fn both_answer_and_are_gone_when_dropped() {
        let services = Services::start().unwrap();
        let address = |url: &str| {
            let port = url
                .rsplit(':')
                .next()
                .and_then(|rest| rest.split('/').next());
            format!("127.0.0.1:{}", port.unwrap())
        };
        let addresses = [address(&services.postgres), address(&services.redis)];
        for address in &addresses {
            TcpStream::connect(address).unwrap();
        }
        drop(services);
        for address in &addresses {
            TcpStream::connect(address).expect_err("nobody listens");
        }
        for name in ["postgres", "redis"] {
            fs::remove_dir(folder(name).unwrap()).unwrap();
        }
    }
}
