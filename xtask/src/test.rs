//! `cargo xtask test`: every check, in the order that fails fastest. What CI runs.
//!
//! The dashboard is built before the first step that links the whole server, so that the server is linked once.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::clients::Python;
use crate::dashboard::{self, Flavor};
use crate::node::Node;
use crate::paths::Paths;
use crate::services::{Breakable, Commits, Services};
use crate::{Misuse, assets, cargo, debian, program, setup, texts};

/// A folder in memory, where the system has one.
const MEMORY: &str = "/dev/shm";

struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Paths) -> Result<Outcome>,
}

enum Outcome {
    Passed,
    /// Why.
    Skipped(String),
}

const STEPS: [Step; 10] = [
    Step {
        name: "fmt",
        about: "the catalogues of texts are complete, rustfmt finds nothing to change",
        run: fmt,
    },
    Step {
        name: "lints",
        about: "clippy on every crate, warnings denied",
        run: lints,
    },
    Step {
        name: "unit",
        about: "the tests beside the code",
        run: unit,
    },
    Step {
        name: "docs",
        about: "rustdoc, warnings denied",
        run: docs,
    },
    Step {
        name: "wasm",
        about: "the dashboard in release, within its budget",
        run: wasm,
    },
    Step {
        name: "stories",
        about: "the server through its doors, on SQLite, PostgreSQL, Redis",
        run: stories,
    },
    Step {
        name: "clients",
        about: "Twilio's own Python library calls the webhook and the simulator",
        run: clients,
    },
    Step {
        name: "api",
        about: "the schema breaks no client; the HTTP audit, graphql-ws and graphql-sse call the real server",
        run: api,
    },
    Step {
        name: "faults",
        about: "the server, its databases and Twilio die in the middle of their work",
        run: faults,
    },
    Step {
        name: "browser",
        about: "the dashboard in Chromium on the real server",
        run: browser,
    },
];

/// The names that `--only` takes.
pub(crate) fn step_names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

/// The chore.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<()> {
    let started = Instant::now();
    let mut summary = Vec::new();
    for step in chosen(arguments)? {
        println!("\n── {}: {}", step.name, step.about);
        let began = Instant::now();
        let outcome = (step.run)(paths);
        let line = format!("{} {:.1} s", step.name, began.elapsed().as_secs_f64());
        match outcome {
            Ok(Outcome::Passed) => summary.push(line),
            Ok(Outcome::Skipped(why)) if is_ci() => {
                bail!("{} must not be left out in CI: {why}", step.name)
            }
            Ok(Outcome::Skipped(why)) => {
                println!("Left out: {why}");
                summary.push(format!("{} left out", step.name));
            }
            Err(error) => {
                println!("── {line}, failed");
                return Err(error.context(format!("step {}", step.name)));
            }
        }
        println!("── {}", summary.last().expect("just pushed"));
    }
    let total = started.elapsed().as_secs_f64();
    println!(
        "\ncargo xtask test: passed in {total:.0} s ({})",
        summary.join(", ")
    );
    Ok(())
}

/// All steps, or those named by `--only`, in their order.
fn chosen(arguments: &[String]) -> Result<Vec<&'static Step>> {
    let mut named = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word != "--only" {
            return Err(Misuse(format!("unexpected argument {word:?}")).into());
        }
        match words.next() {
            Some(name) if step_names().contains(&name.as_str()) => named.push(name.as_str()),
            Some(name) => return Err(Misuse(format!("there is no step named {name:?}")).into()),
            None => return Err(Misuse("--only wants the name of a step".to_owned()).into()),
        }
    }
    Ok(STEPS
        .iter()
        .filter(|step| named.is_empty() || named.contains(&step.name))
        .collect())
}

fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

fn all(commands: &mut [Command]) -> Result<Outcome> {
    commands.iter_mut().try_for_each(program::run)?;
    Ok(Outcome::Passed)
}

/// Cargo's own companions: rustup brings them, Debian packs them apart.
fn companion(program: &str, package: &str) -> Result<()> {
    if program::on_path(program).is_none() {
        debian::install(&[package], program)?;
    }
    Ok(())
}

fn fmt(paths: &Paths) -> Result<Outcome> {
    texts::check(paths)?;
    companion("cargo-fmt", "rustfmt-web")?;
    let mut command = cargo::cargo(paths);
    command.args(["fmt", "--all", "--check"]);
    all(&mut [command])
}

fn lints(paths: &Paths) -> Result<Outcome> {
    companion("cargo-clippy", "rust-web-clippy")?;
    let words = ["clippy", "--all-targets", "--", "-D", "warnings"];
    all(&mut [
        cargo::server_side(paths, &words),
        cargo::dashboard_side(paths, &words),
    ])
}

fn unit(paths: &Paths) -> Result<Outcome> {
    all(&mut [
        cargo::server_side(paths, &["test", "--lib", "--bins", "--", "--quiet"]),
        cargo::dashboard_side(paths, &["test", "--bins", "--", "--quiet"]),
    ])
}

fn docs(paths: &Paths) -> Result<Outcome> {
    let mut command = cargo::server_side(paths, &["doc", "--no-deps"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    all(&mut [command])
}

fn wasm(paths: &Paths) -> Result<Outcome> {
    let ready = setup::ready(paths)?;
    let totals = dashboard::build(paths, &ready, Flavor::Release)?;
    totals.print();
    totals.check_budget(ready.toolchain)?;
    Ok(Outcome::Passed)
}

fn stories(paths: &Paths) -> Result<Outcome> {
    let services = Services::start(Commits::Unsynced)?;
    let mut command = cargo::server_side(paths, &["test", "--test", "it", "--", "--quiet"]);
    command.env("WAYBILL_TEST_POSTGRES", &services.postgres);
    command.env("WAYBILL_TEST_REDIS", &services.redis);
    all(&mut [command])
}

fn clients(paths: &Paths) -> Result<Outcome> {
    let Some(python) = Python::ready(paths)? else {
        return Ok(Outcome::Skipped("it needs Python 3.10 or later".to_owned()));
    };
    let build = cargo::server_side(paths, &["build", "--bin", "waybill"]);
    let binary = paths.target.join("debug/waybill");
    all(&mut [build, python.tests(&binary)])
}

fn api(paths: &Paths) -> Result<Outcome> {
    let Some(node) = Node::ready(paths)? else {
        return Ok(Outcome::Skipped("it needs Node".to_owned()));
    };
    // What breaks clients of the last release; it says how a release renews what it compares with.
    program::run(&mut node.script("api/changes.mjs"))?;
    program::run(&mut cargo::server_side(
        paths,
        &["build", "--bin", "waybill"],
    ))?;
    let mut tests = node.script("--test");
    tests.args([
        "--test-reporter=dot",
        "api/changes.test.mjs",
        "api/http.test.mjs",
        "api/socket.test.mjs",
        "api/sse.test.mjs",
    ]);
    program::run(tests.env("WAYBILL_BIN", paths.target.join("debug/waybill")))?;
    Ok(Outcome::Passed)
}

/// The cases wait more than they work, so they run many at once, and tell what they did.
fn faults(paths: &Paths) -> Result<Outcome> {
    let services = Services::start(Commits::Unsynced)?;
    let breakable = Breakable::start()?;
    let words = ["test", "--test", "it", "--", "--ignored", "faults::"];
    let mut command = cargo::server_side(paths, &words);
    command.args(["--nocapture", "--test-threads=8"]);
    // A process that dies leaves what it wrote, synced or not: in memory a dozen servers don't wait for one disk.
    if Path::new(MEMORY).is_dir() {
        command.env("TMPDIR", MEMORY);
    }
    command.env("WAYBILL_TEST_POSTGRES", &services.postgres);
    command.env("WAYBILL_TEST_REDIS", &services.redis);
    command.envs(
        breakable
            .variables
            .iter()
            .map(|(name, value)| (name, value)),
    );
    all(&mut [command])
}

fn browser(paths: &Paths) -> Result<Outcome> {
    let ready = setup::ready(paths)?;
    let Some(node) = &ready.node else {
        return Ok(Outcome::Skipped("it needs Node".to_owned()));
    };
    if chromium().is_none() {
        debian::install(&["chromium"], "the browser tests")?;
    }
    let Some(chromium) = chromium() else {
        bail!("Chromium was installed but is not on PATH")
    };
    dashboard::build(paths, &ready, Flavor::Release)?;
    program::run(&mut cargo::server_side(
        paths,
        &["build", "--bin", "waybill"],
    ))?;
    let mut walk = node.script("--test");
    walk.args([
        "--test-reporter=spec",
        // Each has a server and a browser of its own; side by side they would wait for the processor.
        "--test-concurrency=1",
        "graphiql/examples.test.mjs",
        "newcomer.mjs",
        "walk.mjs",
        "simulator.mjs",
        "log.mjs",
        "work.mjs",
        "message.mjs",
        "queue.mjs",
        "shell.mjs",
        "pages.mjs",
        "guard.mjs",
        "language.mjs",
    ])
    .env("CHROMIUM", chromium)
    .env(
        "FIRST_VISIT_BYTES",
        assets::budget(ready.toolchain).to_string(),
    );
    program::run(walk.env("WAYBILL_BIN", paths.target.join("debug/waybill")))?;
    Ok(Outcome::Passed)
}

/// The browser to drive: what `CHROMIUM` names, else the first of the usual names.
fn chromium() -> Option<PathBuf> {
    const NAMES: [&str; 4] = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let named = env::var_os("CHROMIUM")
        .map(PathBuf::from)
        .filter(|file| file.is_file());
    named.or_else(|| NAMES.iter().find_map(|name| program::on_path(name)))
}
