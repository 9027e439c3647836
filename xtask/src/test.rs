//! `cargo xtask test`: every check, in the order that fails fastest. What CI runs.
//!
//! The dashboard is built before the first step that links the whole server, so that the server is linked once.
//! Every call of Cargo names the whole workspace: the same features, hence the same build, for all of them.

use std::env;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::dashboard::{self, Flavor};
use crate::paths::Paths;
use crate::services::Services;
use crate::{Misuse, debian, program, setup};

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

const STEPS: [Step; 7] = [
    Step {
        name: "fmt",
        about: "rustfmt finds nothing to change",
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

fn cargo(paths: &Paths, words: &str) -> Result<Outcome> {
    program::run(program::cargo(paths).args(words.split(' ')))?;
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
    companion("cargo-fmt", "rustfmt-web")?;
    cargo(paths, "fmt --all --check")
}

fn lints(paths: &Paths) -> Result<Outcome> {
    companion("cargo-clippy", "rust-web-clippy")?;
    cargo(
        paths,
        "clippy --quiet --workspace --all-targets -- -D warnings",
    )
}

fn unit(paths: &Paths) -> Result<Outcome> {
    cargo(paths, "test --quiet --workspace --lib --bins")
}

fn docs(paths: &Paths) -> Result<Outcome> {
    let mut command = program::cargo(paths);
    command
        .args(["doc", "--quiet", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    program::run(&mut command)?;
    Ok(Outcome::Passed)
}

fn wasm(paths: &Paths) -> Result<Outcome> {
    let ready = setup::ready(paths)?;
    let totals = dashboard::build(paths, &ready, Flavor::Release)?;
    totals.print();
    totals.check_budget()?;
    Ok(Outcome::Passed)
}

fn stories(paths: &Paths) -> Result<Outcome> {
    let services = Services::start()?;
    let mut command = program::cargo(paths);
    command.args(["test", "--quiet", "--workspace", "--test", "it"]);
    command.env("WAYBILL_TEST_POSTGRES", &services.postgres);
    command.env("WAYBILL_TEST_REDIS", &services.redis);
    program::run(&mut command)?;
    Ok(Outcome::Passed)
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
    cargo(paths, "build --quiet --workspace --bins")?;
    let mut walk = node.script("--test");
    walk.args(["--test-reporter=spec", "walk.mjs"])
        .env("CHROMIUM", chromium);
    program::run(walk.env("WAYBILL_BIN", paths.target.join("debug/waybill")))?;
    Ok(Outcome::Passed)
}

/// The browser to drive: what `CHROMIUM` names, else the first of the usual names.
fn chromium() -> Option<std::path::PathBuf> {
    const NAMES: [&str; 4] = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let named = env::var_os("CHROMIUM")
        .map(std::path::PathBuf::from)
        .filter(|file| file.is_file());
    named.or_else(|| NAMES.iter().find_map(|name| program::on_path(name)))
}
