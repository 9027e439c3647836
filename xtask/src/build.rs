//! `cargo xtask build`: the dashboard, GraphiQL and the server that embeds both, in release.

use std::path::PathBuf;

use anyhow::Result;

use crate::dashboard::Flavor;
use crate::paths::Paths;
use crate::{cargo, dashboard, program, setup};

/// The chore.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<()> {
    crate::takes_nothing(arguments)?;
    println!("{}", paths.shown(&release(paths)?));
    Ok(())
}

/// Builds all of it and returns the server's binary.
pub(crate) fn release(paths: &Paths) -> Result<PathBuf> {
    let ready = setup::ready(paths)?;
    dashboard::build(paths, &ready, Flavor::Release)?;
    println!("Building the server in release; the first time takes several minutes");
    let mut command = cargo::cargo(paths);
    program::run(command.args(["build", "--release", "--package", "waybill"]))?;
    Ok(paths.target.join("release/waybill"))
}
