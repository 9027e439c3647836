//! Cuts the dashboard's program into what starts and the pages' parts (`dashboard/src/pages/parts.rs`). Trunk can't do this
//! yet: it has made one file, whose place the pieces take.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasm_split_cli_support::{Options, transform};

use crate::paths::Paths;
use crate::setup::Ready;
use crate::{program, stamp};

/// The linker's notes of what refers to what: they tell which function and which data belong to which part.
pub(crate) const NOTES: &str = "-Clink-args=--emit-relocs";

/// What the parts need stays visible: the linker's exports too.
pub(crate) const BIND: [&str; 6] = [
    "--target",
    "web",
    "--no-typescript",
    "--keep-lld-exports",
    "--out-name",
    "dashboard",
];

/// How the pieces name each other before they have their final names.
const MAIN: &str = "./dashboard.js";
const LOADER: &str = "./parts.js";

/// The file that tells what each part's first page loads: the part and what it shares with others, in a line.
pub(crate) fn loads(paths: &Paths) -> PathBuf {
    paths.target.join("xtask/part-loads.txt")
}

/// Replaces Trunk's program in `dashboard/dist` by its pieces, named by what is in them: browsers keep them for ever.
pub(crate) fn split(paths: &Paths, ready: &Ready) -> Result<()> {
    let whole = paths
        .target
        .join("wasm32-unknown-unknown/wasm-release/dashboard.wasm");
    let folder = paths.target.join("xtask/parts");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(&folder)?;
    let needs = cut(&whole, &folder)?;
    bind(ready, &folder)?;

    let dist = paths.dist();
    let page = fs::read_to_string(dist.join("index.html")).context("dashboard/dist/index.html")?;
    let old = trunks_name(&page).context("Trunk's page does not load dashboard-….js")?;
    let files = stamp::files(&folder)?;
    let new = format!("dashboard-{}", stamp::digest(&files, &[])?);
    for file in &files {
        put(file, &dist, &new)?;
    }
    for file in [format!("{old}.js"), format!("{old}_bg.wasm")] {
        fs::remove_file(dist.join(&file)).with_context(|| file)?;
    }
    fs::write(dist.join("index.html"), page.replace(&old, &new))?;
    let line = |(part, files): (&String, &Vec<String>)| {
        let files = files.iter().map(|it| format!("{new}.{it}.wasm"));
        format!("{part} {}\n", files.collect::<Vec<_>>().join(" "))
    };
    let lines: String = needs.iter().map(line).collect();
    fs::write(loads(paths), lines)?;
    Ok(())
}

/// The program as the linker left it becomes the main part, the others, and a script that fetches them. Tells for each
/// part which files it needs beside the main one.
fn cut(whole: &Path, folder: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let program = fs::read(whole).with_context(|| whole.display().to_string())?;
    let main = folder.join("main.wasm");
    let mut options = Options::new(&program);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = MAIN;
    options.link_name = LOADER;
    let split = transform(options);
    let split = split.map_err(|it| anyhow!("the dashboard can't be split: {it:#}"))?;
    Ok(split.prefetch_map.into_iter().collect())
}

fn bind(ready: &Ready, folder: &Path) -> Result<()> {
    let main = folder.join("main.wasm");
    let mut command = program::clean("wasm-bindgen");
    command.env("PATH", program::path_with(ready.tools.folders())?);
    command.args(BIND);
    command.arg("--out-dir").arg(folder).arg(&main);
    program::run(&mut command)?;
    fs::remove_file(main)?;
    Ok(())
}

/// `dashboard-` and Trunk's hash.
fn trunks_name(page: &str) -> Option<String> {
    let from = page.find("dashboard-")?;
    let name = page[from..].split_once(".js")?.0;
    name.bytes()
        .all(|it| it.is_ascii_alphanumeric() || it == b'-')
        .then(|| name.to_owned())
}

/// Copies a piece under its final name, in which it also speaks of the others.
fn put(file: &Path, dist: &Path, new: &str) -> Result<()> {
    let name = file.file_name().and_then(|it| it.to_str());
    let name = name.context("a piece without a name")?;
    let to = dist.join(renamed(name, new)?);
    if file.extension().is_none_or(|it| it != "js") {
        fs::copy(file, &to).with_context(|| to.display().to_string())?;
        return Ok(());
    }
    let mut script = fs::read_to_string(file)?;
    for word in [MAIN, LOADER] {
        let import = format!("from \"{word}\"");
        let final_name = renamed(word.trim_start_matches("./"), new)?;
        script = script.replace(&import, &format!("from \"./{final_name}\""));
    }
    for part in named_parts(&script) {
        let final_name = renamed(&part, new)?;
        script = script.replace(&format!("\"./{part}\""), &format!("\"./{final_name}\""));
    }
    fs::write(&to, script).with_context(|| to.display().to_string())
}

/// The files that a script fetches: `new URL("./split_log.wasm", …)`.
fn named_parts(script: &str) -> Vec<String> {
    let calls = script.split("new URL(\"./").skip(1);
    let names = calls.filter_map(|rest| rest.split_once('"').map(|it| it.0.to_owned()));
    // wasm-bindgen's own default, which nobody uses, is left alone.
    names.filter(|it| !it.starts_with("dashboard")).collect()
}

/// `parts.js` → `dashboard-0123….parts.js`; the main part keeps the names that the page knows.
fn renamed(name: &str, new: &str) -> Result<String> {
    match name.strip_prefix("dashboard") {
        Some(rest) if rest == ".js" || rest == "_bg.wasm" => Ok(format!("{new}{rest}")),
        Some(_) => bail!("an unexpected piece: {name}"),
        None => Ok(format!("{new}.{name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_speak_of_each_other_by_their_final_names() {
        let folder = std::env::temp_dir().join(format!("waybill-split-{}", std::process::id()));
        let dist = folder.join("dist");
        fs::create_dir_all(&dist).unwrap();
        let write = |name: &str, text: &str| {
            let file = folder.join(name);
            fs::write(&file, text).unwrap();
            file
        };
        let loader = write(
            "parts.js",
            "import { initSync } from \"./dashboard.js\";\nfetch(new URL(\"./split_log.wasm\", import.meta.url))",
        );
        let main = write(
            "dashboard.js",
            "import * as it from \"./parts.js\"\nreturn { \"./parts.js\": it }",
        );
        for file in [loader, main] {
            put(&file, &dist, "dashboard-77").unwrap();
        }
        assert_eq!(
            fs::read_to_string(dist.join("dashboard-77.parts.js")).unwrap(),
            "import { initSync } from \"./dashboard-77.js\";\n\
             fetch(new URL(\"./dashboard-77.split_log.wasm\", import.meta.url))"
        );
        // The key is the module's name inside of the WASM.
        assert_eq!(
            fs::read_to_string(dist.join("dashboard-77.js")).unwrap(),
            "import * as it from \"./dashboard-77.parts.js\"\nreturn { \"./parts.js\": it }"
        );
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn trunks_name_is_read_from_the_page() {
        let page = "<script>import init from '/dashboard-fd5b90.js';</script>";
        assert_eq!(trunks_name(page).as_deref(), Some("dashboard-fd5b90"));
        assert_eq!(trunks_name("<script src=other.js>"), None);
    }
}
