//! GraphiQL, bundled by esbuild from e2e/graphiql so that it needs no other host.

use std::path::PathBuf;

use anyhow::Result;

use crate::node::Node;
use crate::paths::Paths;
use crate::{program, stamp};

/// Builds it when it has changed and returns its folder; nothing without Node, and the server then says so.
pub(crate) fn build(paths: &Paths, node: Option<&Node>) -> Result<Option<PathBuf>> {
    let Some(node) = node else { return Ok(None) };
    let folder = paths.graphiql();
    let sources = [
        paths.e2e().join("graphiql"),
        paths.e2e().join("package-lock.json"),
    ];
    let digest = stamp::digest(&sources, &[])?;
    let stamp = paths.target.join("xtask/graphiql.stamp");
    if stamp::is_current(&stamp, &digest) && folder.join("index.html").is_file() {
        return Ok(Some(folder));
    }
    program::run(node.script("graphiql/build.mjs").arg(&folder))?;
    stamp::write(&stamp, &digest)?;
    Ok(Some(folder))
}
