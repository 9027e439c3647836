//! Python with Twilio's own library, which is a client like any customer's: of our webhook, and of our simulator.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::{debian, program, stamp};

/// The oldest Python that the locked versions are resolved for.
const OLDEST: (u32, u32) = (3, 10);

/// A Python with the library installed.
pub(crate) struct Python {
    program: PathBuf,
    tests: PathBuf,
}

impl Python {
    /// Finds Python and installs the library when the lock file has changed; nothing where there is no Python.
    pub(crate) fn ready(paths: &Paths) -> Result<Option<Self>> {
        let Some((system, version)) = find() else {
            return Ok(None);
        };
        let tests = paths.root.join("clients/python");
        let lock = tests.join("requirements.txt");
        let folder = paths.cache.join("clients-python");
        let python = Self {
            program: folder.join("bin/python"),
            tests,
        };
        let digest = stamp::digest(std::slice::from_ref(&lock), &[&version])?;
        let stamp = folder.join(".waybill-stamp");
        if !stamp::is_current(&stamp, &digest) {
            python.install(&system, &folder, &lock)?;
            stamp::write(&stamp, &digest)?;
        }
        Ok(Some(python))
    }

    /// The tests, about to be run against a server's binary.
    pub(crate) fn tests(&self, binary: &Path) -> Command {
        let mut command = program::clean(&self.program);
        command
            .current_dir(&self.tests)
            .args(["-m", "unittest", "--verbose"])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("WAYBILL_BIN", binary);
        command
    }

    fn install(&self, system: &Path, folder: &Path, lock: &Path) -> Result<()> {
        // Debian packs this apart from Python.
        if program::ask(system, &["-c", "import ensurepip, venv"]).is_none() {
            debian::install(&["python3-venv"], "a Python of the tests' own")?;
        }
        println!("Installing Twilio's Python library, under a minute");
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let mut make = program::clean(system);
        program::capture(make.args(["-m", "venv"]).arg(folder))?;
        let words = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "--requirement",
        ];
        let mut install = program::clean(&self.program);
        program::capture(install.args(words).arg(lock)).context("Twilio's Python library")?;
        Ok(())
    }
}

/// Python, and its version.
fn find() -> Option<(PathBuf, String)> {
    let file = ["python3", "python"]
        .iter()
        .find_map(|name| program::on_path(name))?;
    let version = program::ask(&file, &["--version"])?;
    (parsed(&version)? >= OLDEST).then_some((file, version))
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix("Python ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parsed("Python 3.11.7") > Some(OLDEST));
        assert!(parsed("Python 3.9.18") < Some(OLDEST));
        assert!(parsed("Python 2.7.18") < Some(OLDEST));
        assert_eq!(parsed("pypy"), None);
    }
}
