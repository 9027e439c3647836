//! Packages of the system: installed where that is ours to do (Debian, as root), elsewhere named with the command to run.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::program;

/// Installs packages, or fails with the words a person needs. `what` says in a few words what they are for.
pub(crate) fn install(packages: &[&str], what: &str) -> Result<()> {
    let names = packages.join(" ");
    if !is_ours() {
        bail!("{what}: missing here. {}", advice(&names));
    }
    println!("Installing Debian's {names} ({what}), about a minute");
    apt(&["update", "-qq"])?;
    let mut words = vec!["install", "-y", "-qq", "--no-install-recommends"];
    words.extend(packages);
    apt(&words)
}

/// Whether this is Debian and we are root, so that nothing needs to be asked of anybody.
pub(crate) fn is_ours() -> bool {
    is_debian() && is_root() && program::on_path("apt-get").is_some()
}

/// Whether this process belongs to root.
pub(crate) fn is_root() -> bool {
    program::capture(Command::new("id").arg("-u")).is_ok_and(|uid| uid == "0")
}

fn is_debian() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=debian")
}

fn apt(words: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
    program::capture(&mut command).map(drop)
}

fn advice(names: &str) -> String {
    if cfg!(target_os = "macos") {
        return format!("Install it, for instance with `brew install {names}` (names may differ).");
    }
    if program::on_path("apt-get").is_some() {
        return format!("Run: sudo apt-get install {names}");
    }
    format!("Install it with your package manager; Debian calls it {names}.")
}
