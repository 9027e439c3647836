//! `cargo xtask tidy`: formats, and lets clippy mend what it can.

use anyhow::Result;

use crate::paths::Paths;
use crate::{cargo, program};

/// The chore.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<()> {
    crate::takes_nothing(arguments)?;
    let fix = [
        "clippy",
        "--all-targets",
        "--fix",
        "--allow-dirty",
        "--allow-staged",
    ];
    program::run(&mut cargo::server_side(paths, &fix))?;
    program::run(&mut cargo::dashboard_side(paths, &fix))?;
    program::run(cargo::cargo(paths).args(["fmt", "--all"]))
}
