//! `cargo xtask dashboard`: Trunk, wasm-opt, then everything compressed to where the server embeds it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::node::Node;
use crate::paths::Paths;
use crate::setup::{self, Ready};
use crate::{Misuse, assets, graphiql, program, split, stamp};

/// What the compiler for WASM may emit, and `wasm-opt` therefore must accept.
const WASM_OPT: [&str; 8] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// How much care the build takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavor {
    /// As it is shipped.
    Release,
    /// Quick to build, large to load.
    Development,
}

/// The chore.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<()> {
    let mut flavor = Flavor::Release;
    for word in arguments {
        match word.as_str() {
            "--dev" => flavor = Flavor::Development,
            _ => return Err(Misuse(format!("unexpected argument {word:?}")).into()),
        }
    }
    let ready = setup::ready(paths)?;
    build(paths, &ready, flavor)?.print();
    Ok(())
}

/// Builds what has changed and fills `server/embedded`.
pub(crate) fn build(paths: &Paths, ready: &Ready, flavor: Flavor) -> Result<assets::Totals> {
    trunk(paths, ready, flavor)?;
    let graphiql = graphiql::build(paths, ready.node.as_ref())?;
    assets::embed(paths, graphiql.as_deref())
}

fn trunk(paths: &Paths, ready: &Ready, flavor: Flavor) -> Result<()> {
    let digest = digest(paths, ready, flavor)?;
    let stamp = paths.target.join("xtask/dashboard.stamp");
    if stamp::is_current(&stamp, &digest) && paths.dist().join("index.html").is_file() {
        return Ok(());
    }
    println!("Building the dashboard; the first time takes several minutes");
    let mut command = program::clean("trunk");
    ready
        .toolchain
        .prepare(&mut command, ready.tools.folders())?;
    command
        .current_dir(&paths.root)
        .env("CARGO_TARGET_DIR", &paths.target);
    // Trunk reads NO_COLOR as a flag of its own and refuses the usual value.
    command
        .env_remove("NO_COLOR")
        .env_remove("RUST_BACKTRACE")
        .args(["build", "--skip-version-check"]);
    if flavor == Flavor::Release {
        ready.toolchain.shrink(&mut command);
        command.args(["--release", "--features", "split"]);
    }
    program::run(&mut command)?;
    match flavor {
        Flavor::Release => split::split(paths, ready)?,
        Flavor::Development => drop(fs::remove_file(split::loads(paths))),
    }
    if let (Flavor::Release, Some(node)) = (flavor, &ready.node) {
        optimise(paths, node)?;
    }
    stamp::write(&stamp, &digest)
}

fn digest(paths: &Paths, ready: &Ready, flavor: Flavor) -> Result<String> {
    let mut sources: Vec<PathBuf> = [
        ".cargo",
        "Cargo.lock",
        "Cargo.toml",
        "Trunk.toml",
        "schema.graphql",
    ]
    .map(|file| paths.root.join(file))
    .into();
    for entry in fs::read_dir(paths.root.join("dashboard")).context("dashboard/")? {
        sources.push(entry?.path());
    }
    sources.retain(|path| *path != paths.dist());
    sources.sort();
    let optimised = if ready.node.is_some() {
        "wasm-opt"
    } else {
        "plain"
    };
    let words = [format!("{flavor:?}"), format!("{:?}", ready.toolchain)];
    stamp::digest(
        &sources,
        &[
            &words[0],
            &words[1],
            optimised,
            &WASM_OPT.join(" "),
            &split::BIND.join(" "),
        ],
    )
}

/// Shrinks each WASM file in place. The names keep the hash of what they were made from.
fn optimise(paths: &Paths, node: &Node) -> Result<()> {
    let dist = paths.dist();
    let page = fs::read_to_string(dist.join("index.html")).context("dashboard/dist/index.html")?;
    let is_pinned = |tag: &str| tag.contains("_bg.wasm") && tag.contains("integrity=");
    if page.split('<').any(is_pinned) {
        bail!(
            "dashboard/index.html needs data-integrity=\"none\": wasm-opt rewrites the file after Trunk"
        );
    }
    for file in stamp::files(&dist)? {
        if file.extension().is_some_and(|it| it == "wasm") {
            let smaller = file.with_extension("smaller");
            let mut command = node.part("binaryen/bin/wasm-opt");
            // Quiet: it warns of names in the parts that it does not know and that go anyway.
            program::capture(command.args(WASM_OPT).arg(&file).arg("-o").arg(&smaller))?;
            fs::rename(&smaller, &file)?;
        }
    }
    Ok(())
}
