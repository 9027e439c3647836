//! Trunk and wasm-bindgen at locked versions: from PATH where they fit, else built cheaply, once a machine.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::{cargo, program};

/// The last Trunk that builds with this workspace's compiler: 0.22 asks for a newer one.
const TRUNK: &str = "0.21.14";

/// The folders with both tools, to be searched before PATH.
pub(crate) struct Tools {
    folders: Vec<PathBuf>,
}

impl Tools {
    /// Finds or builds both.
    pub(crate) fn ready(paths: &Paths) -> Result<Self> {
        let lock = fs::read_to_string(paths.root.join("Cargo.lock")).context("Cargo.lock")?;
        let bindgen = locked_version(&lock, "wasm-bindgen")
            .context("Cargo.lock does not name wasm-bindgen: is the dashboard a member?")?;
        let wanted = [
            Tool {
                program: "trunk",
                krate: "trunk",
                version: TRUNK.to_owned(),
                options: &["--locked", "--no-default-features", "--features", "rustls"],
                minutes: 4,
            },
            Tool {
                program: "wasm-bindgen",
                krate: "wasm-bindgen-cli",
                version: bindgen,
                options: &["--bin", "wasm-bindgen"],
                minutes: 2,
            },
        ];
        let mut folders = Vec::new();
        for tool in &wanted {
            folders.extend(tool.ready(paths)?);
        }
        let build = build_folder(paths);
        if build.exists() {
            fs::remove_dir_all(&build).with_context(|| build.display().to_string())?;
        }
        Ok(Self { folders })
    }

    /// The folders, in the order they are to be searched.
    pub(crate) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }
}

struct Tool {
    program: &'static str,
    krate: &'static str,
    version: String,
    options: &'static [&'static str],
    minutes: u32,
}

impl Tool {
    /// The folder that holds the tool; none where PATH already leads to it.
    fn ready(&self, paths: &Paths) -> Result<Option<PathBuf>> {
        let root = paths
            .cache
            .join("tools")
            .join(format!("{}-{}", self.program, self.version));
        let folder = root.join("bin");
        if self.is_right(&folder.join(self.program)) {
            return Ok(Some(folder));
        }
        if program::on_path(self.program).is_some_and(|file| self.is_right(&file)) {
            return Ok(None);
        }
        self.build(paths, &root)?;
        Ok(Some(folder))
    }

    fn is_right(&self, file: &Path) -> bool {
        let said = program::ask(file, &["--version"]);
        said.is_some_and(|text| text.split_whitespace().nth(1) == Some(&self.version))
    }

    /// Without link-time optimisation and at the lowest level: a fifth of the time, and the tool is
    /// about as fast. The common build folder shares what both depend on.
    fn build(&self, paths: &Paths, root: &Path) -> Result<()> {
        let Self {
            program,
            version,
            minutes,
            ..
        } = self;
        println!(
            "Building {program} {version}, once a machine: about {minutes} minutes on two cores"
        );
        let mut command = cargo::cargo(paths);
        command
            .args(["install", self.krate, "--version", version])
            .args(self.options);
        command.arg("--root").arg(root).current_dir(&paths.cache);
        command.env("CARGO_TARGET_DIR", build_folder(paths));
        for (setting, value) in [
            ("LTO", "off"),
            ("CODEGEN_UNITS", "16"),
            ("OPT_LEVEL", "0"),
            ("DEBUG", "0"),
        ] {
            command.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
        }
        fs::create_dir_all(&paths.cache).with_context(|| paths.cache.display().to_string())?;
        program::run(&mut command)
    }
}

fn build_folder(paths: &Paths) -> PathBuf {
    paths.cache.join("tools/build")
}

/// The version of a package in a lock file.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    let version = lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_wasm_bindgen_is_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"…\"\n";
        assert_eq!(
            locked_version(lock, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(locked_version(lock, "leptos"), None);
    }
}
