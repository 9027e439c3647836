//! `cargo xtask setup`: everything that the builds need and a fresh machine lacks.

use anyhow::Result;

use crate::node::Node;
use crate::paths::Paths;
use crate::tools::Tools;
use crate::wasm::Toolchain;

/// What [`ready`] found or made.
pub(crate) struct Ready {
    /// The compiler for the browser.
    pub(crate) toolchain: Toolchain,
    /// Trunk and wasm-bindgen.
    pub(crate) tools: Tools,
    /// Node with the npm parts, where there is one.
    pub(crate) node: Option<Node>,
}

/// The chore.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<()> {
    crate::takes_nothing(arguments)?;
    ready(paths)?;
    println!("Everything is set up.");
    Ok(())
}

/// Finds or makes everything that the builds need; says so only when it takes time.
pub(crate) fn ready(paths: &Paths) -> Result<Ready> {
    let node = Node::ready(paths)?;
    let toolchain = Toolchain::ready(paths)?;
    let tools = Tools::ready(paths)?;
    Ok(Ready {
        toolchain,
        tools,
        node,
    })
}
