//! `cargo xtask serve`: builds everything in release and becomes `waybill serve`.

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::{build, program};

/// The chore: returns only when the server could not be started.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<()> {
    let server = build::release(paths)?;
    let mut command = program::clean(&server);
    command
        .current_dir(&paths.root)
        .arg("serve")
        .args(arguments);
    Err(command.exec()).with_context(|| format!("cannot start {}", server.display()))
}
