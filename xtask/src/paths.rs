//! Where things are: the workspace, its build folder, and the cache that outlives a clone.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders that the chores work in.
pub(crate) struct Paths {
    /// Top of the workspace.
    pub(crate) root: PathBuf,
    /// Cargo's build folder, shared by every build of the workspace.
    pub(crate) target: PathBuf,
    /// Tools built once a machine.
    pub(crate) cache: PathBuf,
}

impl Paths {
    /// Finds them: `CARGO_TARGET_DIR` and `WAYBILL_CACHE` are honoured.
    pub(crate) fn find() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .parent()
            .context("xtask lies in the workspace")?
            .to_owned();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => env::current_dir()?.join(folder),
            None => root.join("target"),
        };
        let cache = cache(|name| {
            env::var_os(name)
                .filter(|it| !it.is_empty())
                .map(PathBuf::from)
        })
        .context("no cache folder: set WAYBILL_CACHE or HOME")?;
        Ok(Self {
            root,
            target,
            cache,
        })
    }

    /// What Trunk writes.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dashboard/dist")
    }

    /// What the server embeds.
    pub(crate) fn embedded(&self) -> PathBuf {
        self.root.join("server/embedded")
    }

    /// The npm package of the browser walks.
    pub(crate) fn e2e(&self) -> PathBuf {
        self.root.join("e2e")
    }

    /// What esbuild makes of GraphiQL.
    pub(crate) fn graphiql(&self) -> PathBuf {
        self.target.join("graphiql")
    }

    /// A path as a person reads it: relative to the workspace where that is possible.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

fn cache(var: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    var("WAYBILL_CACHE")
        .or_else(|| Some(var("XDG_CACHE_HOME")?.join("waybill")))
        .or_else(|| Some(var("HOME")?.join(".cache/waybill")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_folder_is_the_first_that_is_named() {
        let with = |names: &'static [&'static str]| {
            cache(move |name| names.contains(&name).then(|| PathBuf::from("/").join(name)))
        };
        let all = ["WAYBILL_CACHE", "XDG_CACHE_HOME", "HOME"];
        assert_eq!(with(&["HOME"]), Some(PathBuf::from("/HOME/.cache/waybill")));
        assert_eq!(
            with(&["HOME", "XDG_CACHE_HOME"]),
            Some(PathBuf::from("/XDG_CACHE_HOME/waybill"))
        );
        assert_eq!(
            cache(|name| all.contains(&name).then(|| PathBuf::from("/").join(name))),
            Some(PathBuf::from("/WAYBILL_CACHE"))
        );
        assert_eq!(with(&[]), None);
    }
}
