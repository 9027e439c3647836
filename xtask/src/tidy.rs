//! `cargo xtask tidy`: formats, and lets clippy mend what it can.

use anyhow::Result;

use crate::paths::Paths;
use crate::program;

/// The chore.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<()> {
    crate::takes_nothing(arguments)?;
    let fix = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--fix",
        "--allow-dirty",
        "--allow-staged",
    ];
    program::run(program::cargo(paths).args(fix))?;
    program::run(program::cargo(paths).args(["fmt", "--all"]))
}
