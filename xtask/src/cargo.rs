//! Cargo, always with one of two selections: the dashboard, or all that is not.
//!
//! The features of their dependencies differ. One selection of both would build most of these a third time, and
//! again for whoever types `cargo test` in between: that selects the server, and finds what is built here.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use crate::paths::Paths;
use crate::program;

/// Cargo with the toolchain that runs this chore, at the top of the workspace.
pub(crate) fn cargo(paths: &Paths) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = program::clean(cargo);
    command
        .current_dir(&paths.root)
        .env("CARGO_TARGET_DIR", &paths.target);
    command
}

/// Cargo with everything that runs on the server's side.
pub(crate) fn server_side(paths: &Paths, words: &[&str]) -> Command {
    let mut command = cargo(paths);
    let (verb, rest) = words.split_first().expect("a verb");
    command
        .args([verb, "--workspace", "--exclude", "dashboard"])
        .args(rest);
    command
}

/// Cargo with the dashboard, compiled for this machine instead of a browser.
pub(crate) fn dashboard_side(paths: &Paths, words: &[&str]) -> Command {
    let mut command = cargo(paths);
    let (verb, rest) = words.split_first().expect("a verb");
    command.args([verb, "--package", "dashboard"]).args(rest);
    command
}
