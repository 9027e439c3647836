//! Private PostgreSQL and Redis for one run of tests or benchmarks: own port, temporary folder, gone afterwards however it
//! ends.
//!
//! Each runs under a shell that waits for the pipe from this process to close. The system closes it when the
//! process ends for any reason, Ctrl-C and `kill -9` included; the shell then stops the service and removes its folder.
//! The fault tests get a pair of their own, which they may stop, kill and start again by scripts in its folders.

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

/// The same for a service that tests stop and start: the scripts `start` and `stop` lie in the folder, `$1`.
const BREAKABLE: &str = r#"
folder=$1
sh ./start >log 2>&1 </dev/null && echo "ready to accept connections" >>log
read -r _
sh ./stop >>log 2>&1
cd / && rm -rf "$folder"
"#;

/// `$1` is the folder with the programs, `$2` the port, `$3` settings. No test cuts the power, so nothing waits for the disk.
const POSTGRES: &str = r#"
"$1/initdb" -D data --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync &&
exec "$1/postgres" -D data -k "$PWD" -h 127.0.0.1 -p "$2" \
    -c max_connections=200 $3
"#;

/// What both services write to their log when they can be used.
const READY: &str = "ready to accept connections";

const NO_POSTGRES: &str = "initdb and postgres were not found";

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

/// What PostgreSQL does before it calls a commit done.
#[derive(Clone, Copy)]
pub(crate) enum Commits {
    /// It syncs it to disk, and all else is as PostgreSQL comes: for measurements.
    Synced,
    /// Nothing: tests end processes, never the machine.
    Unsynced,
}

impl Services {
    /// Starts both, installing what is missing where that is ours to do.
    pub(crate) fn start(commits: Commits) -> Result<Self> {
        let started = Instant::now();
        let (postgres, postgres_url) = postgres(commits)?;
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

/// A PostgreSQL and a Redis that one test may stop, kill and start again.
pub(crate) struct Breakable {
    /// Variables for that test: URLs, and shell commands that stop and start.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// Kept for their `drop`, which stops them.
    _running: [Service; 2],
}

impl Breakable {
    /// Starts both. What they need is installed with [`Services::start`].
    pub(crate) fn start() -> Result<Self> {
        let (postgres, mut variables) = breakable_postgres()?;
        let (redis, more) = breakable_redis()?;
        variables.extend(more);
        Ok(Self {
            variables,
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
        let mut supervisor = supervisor(SUPERVISOR, folder);
        supervisor
            .arg(command.get_program())
            .args(command.get_args());
        let program = command.get_program().to_string_lossy();
        Self::ready(folder, &program, &mut supervisor)
    }

    /// Starts a program that tests may stop, from its scripts.
    fn breakable(folder: &Path, scripts: &[(&str, String)]) -> Result<Self> {
        for (name, text) in scripts {
            fs::write(folder.join(name), text)?;
        }
        let name = folder.to_string_lossy();
        Self::ready(folder, &name, &mut supervisor(BREAKABLE, folder))
    }

    fn ready(folder: &Path, program: &str, supervisor: &mut Command) -> Result<Self> {
        let supervisor = supervisor
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

fn supervisor(script: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(folder);
    command
}

fn postgres(commits: Commits) -> Result<(Service, String)> {
    if postgres_programs().is_none() {
        debian::install(&["postgresql"], "PostgreSQL for the tests")?;
    }
    let programs = postgres_programs().context(NO_POSTGRES)?;
    let folder = folder("postgres")?;
    let port = free_port()?;
    let mut server = as_owner(&folder)?;
    server
        .args(["sh", "-c", POSTGRES, "sh"])
        .arg(programs)
        .arg(port.to_string())
        .arg(match commits {
            Commits::Synced => "-c fsync=on",
            Commits::Unsynced => "-c fsync=off -c shared_buffers=32MB -c max_wal_size=256MB",
        });
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

/// A script that runs a part of another's folder; tests call it by its path.
fn call(folder: &Path, script: &str) -> String {
    format!("cd '{}' && sh ./{script}", folder.display())
}

type Pair = (Service, Vec<(&'static str, String)>);

fn breakable_postgres() -> Result<Pair> {
    let programs = postgres_programs().context(NO_POSTGRES)?;
    let folder = folder("faults-postgres")?;
    let port = free_port()?;
    let owner = as_owner(&folder)?;
    let words = std::iter::once(owner.get_program()).chain(owner.get_args());
    let owner: Vec<_> = words.map(|it| it.to_string_lossy()).collect();
    let (owner, programs) = (owner.join(" "), programs.display());
    let control = format!("{owner} '{programs}/pg_ctl' -D data -w -l server.log -m immediate");
    let options = format!(
        "-k '{}' -h 127.0.0.1 -p {port} -c max_connections=100 -c fsync=off",
        folder.display()
    );
    let new = format!(
        "{owner} '{programs}/initdb' -D data --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync"
    );
    let start = format!("{control} -o \"{options}\" start </dev/null >/dev/null 2>&1");
    let scripts = [
        (
            "start",
            format!("[ -d data ] || {new} || exit 1\n{start}\n"),
        ),
        (
            "restart",
            format!("{control} restart </dev/null >/dev/null 2>&1\n"),
        ),
        ("stop", format!("{control} stop\n")),
    ];
    let service = Service::breakable(&folder, &scripts)?;
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let variables = vec![
        ("WAYBILL_TEST_FAULTS_POSTGRES", url),
        (
            "WAYBILL_TEST_FAULTS_POSTGRES_RESTART",
            call(&folder, "restart"),
        ),
        ("WAYBILL_TEST_FAULTS_POSTGRES_STOP", call(&folder, "stop")),
        ("WAYBILL_TEST_FAULTS_POSTGRES_START", call(&folder, "start")),
    ];
    Ok((service, variables))
}

fn breakable_redis() -> Result<Pair> {
    let folder = folder("faults-redis")?;
    let port = free_port()?;
    let server = format!(
        "redis-server --bind 127.0.0.1 --port {port} --save '' --appendonly no --daemonize yes --pidfile \"$PWD/pid\" --dir \"$PWD\""
    );
    // Started means that it answers; killed means that it is gone.
    let answers = format!("redis-cli -p {port} ping");
    let scripts = [
        (
            "start",
            format!("{server} && until {answers} | grep -q PONG; do sleep 0.05; done\n"),
        ),
        (
            "stop",
            "pid=$(cat pid) && kill -9 $pid && while kill -0 $pid 2>/dev/null; do sleep 0.05; done\n"
                .to_owned(),
        ),
    ];
    let service = Service::breakable(&folder, &scripts)?;
    let variables = vec![
        (
            "WAYBILL_TEST_FAULTS_REDIS",
            format!("redis://127.0.0.1:{port}"),
        ),
        ("WAYBILL_TEST_FAULTS_REDIS_KILL", call(&folder, "stop")),
        ("WAYBILL_TEST_FAULTS_REDIS_START", call(&folder, "start")),
    ];
    Ok((service, variables))
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
        let services = Services::start(Commits::Unsynced).unwrap();
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
        let breakable = Breakable::start().unwrap();
        let variable = |wanted: &str| {
            let found = breakable.variables.iter().find(|(name, _)| *name == wanted);
            found.unwrap().1.clone()
        };
        let run = |name: &str| {
            let command = variable(&format!("WAYBILL_TEST_FAULTS_{name}"));
            let status = Command::new("sh").args(["-c", &command]).status().unwrap();
            assert!(status.success(), "{command}");
        };
        for (service, stop) in [("POSTGRES", "STOP"), ("REDIS", "KILL")] {
            let own = address(&variable(&format!("WAYBILL_TEST_FAULTS_{service}")));
            TcpStream::connect(&own).unwrap();
            run(&format!("{service}_{stop}"));
            TcpStream::connect(&own).expect_err("it is stopped");
            run(&format!("{service}_START"));
            TcpStream::connect(&own).unwrap();
        }
        run("POSTGRES_RESTART");
        drop((services, breakable));
        for address in &addresses {
            TcpStream::connect(address).expect_err("nobody listens");
        }
        for name in ["postgres", "redis", "faults-postgres", "faults-redis"] {
            fs::remove_dir(folder(name).unwrap()).unwrap();
        }
    }
}
