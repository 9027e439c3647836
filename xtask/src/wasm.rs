//! The compiler for the browser: the own toolchain where it has the target, else rustup's, else Debian's.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::paths::Paths;
use crate::{debian, program, split};

/// The only target of the dashboard.
const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler, the source of its standard library, and the linker it uses for WASM.
const PACKAGES: [&str; 5] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    "lld-22",
];

/// Where these packages put the source of the standard library.
const SOURCE: &str = "lib/rustlib/src/rust/library/std/Cargo.toml";

/// What the unstable compiler can leave out of a release: places in the source, texts of `Debug`, panics' messages.
const SMALLEST: [(&str, &str); 3] = [
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true"),
    ("CARGO_PROFILE_WASM_RELEASE_PANIC", "immediate-abort"),
];
const SILENT: &str = "-Zlocation-detail=none -Zfmt-debug=none";

/// Where Cargo looks for the flags of this target alone.
const FLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// A toolchain that compiles for the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that runs this chore.
    Own,
    /// Debian's in `/usr/bin`, which compiles the standard library from source: once a build folder, about a minute.
    Debian,
}

impl Toolchain {
    /// Finds a toolchain, installing what is missing.
    ///
    /// # Errors
    /// With the two ways to get one, where none can be had without asking.
    pub(crate) fn ready(paths: &Paths) -> Result<Self> {
        if has_library(&mut rustc(paths)) {
            return Ok(Self::Own);
        }
        if rustup_may_download() && rustup_adds_target(paths) {
            return Ok(Self::Own);
        }
        if !has_debians() && debian::is_ours() {
            debian::install(&PACKAGES, "the compiler for the dashboard's WASM")?;
        }
        if has_debians() {
            return Ok(Self::Debian);
        }
        bail!(
            "the dashboard is compiled to WASM, and this toolchain has no library for {TARGET}. Two ways:\n  \
             with rustup:  rustup target add {TARGET}\n  \
             on Debian:    sudo apt-get install --no-install-recommends {}",
            PACKAGES.join(" ")
        )
    }

    /// Prepares a program that will call Cargo by its bare name. `first` is what its PATH begins with.
    pub(crate) fn prepare(self, command: &mut Command, first: &[PathBuf]) -> Result<()> {
        let mut folders = first.to_vec();
        if self == Self::Debian {
            folders.insert(0, PathBuf::from("/usr/bin"));
            for name in [
                "CARGO",
                "RUSTC",
                "RUSTDOC",
                "RUSTUP_TOOLCHAIN",
                "LD_LIBRARY_PATH",
            ] {
                command.env_remove(name);
            }
            command.env("RUSTC_BOOTSTRAP", "1");
            command.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
        }
        command.env("PATH", program::path_with(&folders)?);
        Ok(())
    }

    /// Asks for a program that can be split, and for the smallest. Only where the standard library is compiled as well may
    /// it leave out its own words: a panic then stops the program without a message, and `start.js` sees it stop.
    pub(crate) fn shrink(self, command: &mut Command) {
        let mut flags = split::NOTES.to_owned();
        if self == Self::Debian {
            flags = format!("{flags} {SILENT}");
            command.envs(SMALLEST);
        }
        command.env(FLAGS, flags);
    }
}

fn rustc(paths: &Paths) -> Command {
    let mut command = program::clean(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.current_dir(&paths.root);
    command
}

fn has_library(rustc: &mut Command) -> bool {
    program::capture(rustc.args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| Path::new(&folder).is_dir())
}

fn has_debians() -> bool {
    let compiler = Path::new("/usr/bin/rustc");
    let Some(sysroot) = program::ask(compiler, &["--print", "sysroot"]) else {
        return false;
    };
    let can_link = program::on_path("wasm-ld-22").is_some();
    can_link && Path::new("/usr/bin/cargo").is_file() && Path::new(&sysroot).join(SOURCE).is_file()
}

/// `RUSTUP_AUTO_INSTALL=0` is how a machine says that rustup must not fetch anything.
fn rustup_may_download() -> bool {
    let is_forbidden = env::var("RUSTUP_AUTO_INSTALL").is_ok_and(|value| value == "0");
    !is_forbidden && program::on_path("rustup").is_some()
}

fn rustup_adds_target(paths: &Paths) -> bool {
    println!("Adding the target {TARGET} with rustup");
    let mut command = program::clean("rustup");
    let added = program::run(
        command
            .current_dir(&paths.root)
            .args(["target", "add", TARGET]),
    );
    if let Err(error) = &added {
        println!("{error}; looking for another compiler");
    }
    added.is_ok() && has_library(&mut rustc(paths))
}
