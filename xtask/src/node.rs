//! Node and the npm parts of e2e/: GraphiQL, wasm-opt, the API's clients, and the browser's driver. All of it is optional.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::{program, stamp};

/// The oldest major version that everything in e2e/ runs on.
const OLDEST: u32 = 20;

/// A Node with the npm parts installed.
pub(crate) struct Node {
    program: PathBuf,
    e2e: PathBuf,
}

impl Node {
    /// Finds Node and installs the npm parts when the lock file has changed; nothing where there is no Node.
    pub(crate) fn ready(paths: &Paths) -> Result<Option<Self>> {
        let (Some(program), Some(npm)) = (find(), program::on_path("npm")) else {
            println!(
                "No Node {OLDEST} or later with npm here: left out are GraphiQL, wasm-opt (the dashboard is larger) \
                 and the tests of the API and in the browser"
            );
            return Ok(None);
        };
        let node = Self {
            program,
            e2e: paths.e2e(),
        };
        node.install(&npm)?;
        Ok(Some(node))
    }

    /// Node about to run a script, in e2e/.
    pub(crate) fn script(&self, script: &str) -> Command {
        let mut command = program::clean(&self.program);
        command.current_dir(&self.e2e).arg(script);
        command
    }

    /// A script of an npm part, for Node to run.
    pub(crate) fn part(&self, path: &str) -> Command {
        self.script(&self.e2e.join("node_modules").join(path).to_string_lossy())
    }

    fn install(&self, npm: &Path) -> Result<()> {
        let sources = ["package-lock.json", ".npmrc"].map(|file| self.e2e.join(file));
        let digest = stamp::digest(&sources, &[])?;
        let stamp = self.e2e.join("node_modules/.waybill-stamp");
        if stamp::is_current(&stamp, &digest) {
            return Ok(());
        }
        println!("Installing the npm parts of e2e/, under a minute");
        let mut command = program::clean(npm);
        program::capture(
            command
                .current_dir(&self.e2e)
                .args(["ci", "--loglevel=error"]),
        )
        .context("the npm parts of e2e/")?;
        stamp::write(&stamp, &digest)
    }
}

fn find() -> Option<PathBuf> {
    let file = program::on_path("node")?;
    let version = program::ask(&file, &["--version"])?;
    (major(&version)? >= OLDEST).then_some(file)
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.19.2"), Some(20));
        assert_eq!(major("v8.0.0"), Some(8));
        assert_eq!(major("node"), None);
    }
}
