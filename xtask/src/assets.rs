//! Compresses what the browser gets into `server/embedded`, and touches no file that is right already.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, bail};
use brotli::enc::BrotliEncoderParams;

use crate::paths::Paths;
use crate::wasm::Toolchain;
use crate::{split, stamp};

/// What a first visit may load of the dashboard, whichever page it is of: the program's main part, the page's, and the looks.
const BUDGET_BYTES: u64 = 500_000;
/// The same where the compiler can't leave out the standard library's own words (see `wasm::Toolchain::shrink`).
const BUDGET_WITH_WORDS: u64 = 625_000;

/// What a first visit may load, in bytes.
pub(crate) fn budget(toolchain: Toolchain) -> u64 {
    match toolchain {
        Toolchain::Debian => BUDGET_BYTES,
        Toolchain::Own => BUDGET_WITH_WORDS,
    }
}

/// Bytes before and after compression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    files: usize,
    raw: u64,
    brotli: u64,
}

/// What was embedded.
pub(crate) struct Totals {
    dashboard: Weight,
    graphiql: Option<Weight>,
    /// The part of the program whose page is the heaviest to begin with, and what that loads, in bytes.
    first_visit: Option<(String, u64)>,
}

impl Totals {
    /// Prints one line each.
    pub(crate) fn print(&self) {
        println!("Dashboard  {}", self.dashboard.shown());
        if let Some((part, bytes)) = &self.first_visit {
            let kilobytes = bytes.div_ceil(1000);
            println!("           a first visit at most {kilobytes} KB brotli ({part})");
        }
        if let Some(graphiql) = self.graphiql {
            println!("GraphiQL   {}", graphiql.shown());
        }
    }

    /// Fails when a first visit loads more than it may.
    pub(crate) fn check_budget(&self, toolchain: Toolchain) -> Result<()> {
        let budget = budget(toolchain);
        if let Some((part, bytes)) = &self.first_visit
            && *bytes > budget
        {
            bail!(
                "a first visit that begins with {part} loads {bytes} bytes compressed, the budget is {budget}"
            );
        }
        Ok(())
    }
}

impl Weight {
    fn shown(self) -> String {
        let Self { files, raw, brotli } = self;
        format!(
            "{files} files, {} KB raw, {} KB brotli",
            raw.div_ceil(1000),
            brotli.div_ceil(1000)
        )
    }
}

/// Makes `server/embedded` equal to the dashboard and GraphiQL, compressed; what is stale goes.
pub(crate) fn embed(paths: &Paths, graphiql: Option<&Path>) -> Result<Totals> {
    let embedded = paths.embedded();
    let mut wanted = BTreeMap::new();
    collect(&paths.dist(), &embedded, &mut wanted)?;
    let own = wanted.len();
    if let Some(folder) = graphiql {
        collect(folder, &embedded.join("graphiql"), &mut wanted)?;
    }
    if own == 0 {
        bail!(
            "{} is empty: build the dashboard first",
            paths.shown(&paths.dist())
        );
    }
    for file in stamp::files(&embedded)? {
        if !wanted.contains_key(&file) {
            fs::remove_file(&file).with_context(|| file.display().to_string())?;
        }
    }
    compress_all(&wanted)?;
    let weigh = |within: &Path| weigh(&wanted, |it| it.starts_with(within));
    let all = weigh(&embedded)?;
    let api = weigh(&embedded.join("graphiql"))?;
    let dashboard = Weight {
        files: own,
        raw: all.raw - api.raw,
        brotli: all.brotli - api.brotli,
    };
    Ok(Totals {
        dashboard,
        graphiql: graphiql.map(|_| api),
        first_visit: heaviest(paths, dashboard.brotli)?,
    })
}

/// The heaviest first visit: all but the parts, and of these one with what it needs. None where the program is in one piece.
fn heaviest(paths: &Paths, whole: u64) -> Result<Option<(String, u64)>> {
    let Ok(lines) = fs::read_to_string(split::loads(paths)) else {
        return Ok(None);
    };
    let weight = |file: &str| -> Result<u64> {
        let file = paths.embedded().join(format!("{file}.br"));
        Ok(fs::metadata(&file)
            .with_context(|| file.display().to_string())?
            .len())
    };
    let parts: Vec<(&str, BTreeSet<&str>)> = lines
        .lines()
        .filter_map(|line| {
            let (part, files) = line.split_once(' ')?;
            Some((part, files.split_whitespace().collect()))
        })
        .collect();
    let sum = |files: &BTreeSet<&str>| files.iter().map(|it| weight(it)).sum::<Result<u64>>();
    let later: BTreeSet<&str> = parts.iter().flat_map(|it| it.1.iter().copied()).collect();
    let main = whole - sum(&later)?;
    let mut heaviest = None;
    for (part, files) in &parts {
        heaviest = heaviest.max(Some((main + sum(files)?, *part)));
    }
    Ok(heaviest.map(|(bytes, part)| (part.to_owned(), bytes)))
}

/// Notes for each file of a folder the compressed one that it shall become.
fn collect(from: &Path, to: &Path, wanted: &mut BTreeMap<PathBuf, PathBuf>) -> Result<()> {
    for file in stamp::files(from)? {
        let mut name = to.join(file.strip_prefix(from)?).into_os_string();
        name.push(".br");
        wanted.insert(PathBuf::from(name), file);
    }
    Ok(())
}

fn weigh(wanted: &BTreeMap<PathBuf, PathBuf>, counts: impl Fn(&Path) -> bool) -> Result<Weight> {
    let mut weight = Weight::default();
    for (compressed, source) in wanted.iter().filter(|(compressed, _)| counts(compressed)) {
        weight.files += 1;
        weight.raw += fs::metadata(source)?.len();
        weight.brotli += fs::metadata(compressed)?.len();
    }
    Ok(weight)
}

/// Every core takes the next file until none is left.
fn compress_all(wanted: &BTreeMap<PathBuf, PathBuf>) -> Result<()> {
    let rest = Mutex::new(wanted.iter());
    let work = || -> Result<()> {
        loop {
            let next = rest.lock().expect("no worker panics with the lock").next();
            let Some((compressed, source)) = next else {
                return Ok(());
            };
            compress(source, compressed).with_context(|| source.display().to_string())?;
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|it| it.join().expect("a worker returns its error"))
    })
}

/// Compresses one file, unless the compressed one already says the same.
fn compress(source: &Path, compressed: &Path) -> Result<()> {
    let raw = fs::read(source)?;
    if fs::read(compressed).is_ok_and(|old| decompressed(&old).is_some_and(|it| it == raw)) {
        return Ok(());
    }
    let parameters = BrotliEncoderParams {
        quality: 11,
        size_hint: raw.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut raw.as_slice(), &mut packed, &parameters)?;
    if let Some(folder) = compressed.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = compressed.with_extension("part");
    fs::write(&unfinished, packed)?;
    fs::rename(&unfinished, compressed)?;
    Ok(())
}

fn decompressed(packed: &[u8]) -> Option<Vec<u8>> {
    let mut raw = Vec::new();
    brotli::BrotliDecompress(&mut &*packed, &mut raw).ok()?;
    Some(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_files_go_and_unchanged_files_are_not_touched() {
        let root = std::env::temp_dir().join(format!("waybill-assets-{}", std::process::id()));
        let paths = Paths {
            root: root.clone(),
            target: root.join("t"),
            cache: root.join("c"),
        };
        let write = |path: PathBuf, text: &str| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(paths.dist().join("index.html"), "<p>hello");
        write(paths.dist().join("old.js"), "1");
        write(paths.graphiql().join("index.html"), "<p>graphiql");
        let first = embed(&paths, Some(&paths.graphiql())).unwrap();
        assert_eq!((first.dashboard.files, first.dashboard.raw), (2, 9));
        assert_eq!(first.graphiql.map(|it| it.raw), Some(11));

        let page = paths.embedded().join("index.html.br");
        let written_at = fs::metadata(&page).unwrap().modified().unwrap();
        fs::remove_file(paths.dist().join("old.js")).unwrap();
        let second = embed(&paths, None).unwrap();
        assert_eq!((second.dashboard.files, second.dashboard.raw), (1, 8));
        assert_eq!(
            stamp::files(&paths.embedded()).unwrap(),
            std::slice::from_ref(&page)
        );
        assert_eq!(fs::metadata(&page).unwrap().modified().unwrap(), written_at);
        assert_eq!(
            decompressed(&fs::read(&page).unwrap()).unwrap(),
            b"<p>hello"
        );
        fs::remove_dir_all(&root).unwrap();
    }
}
