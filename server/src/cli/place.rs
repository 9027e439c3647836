//! A place of one's own for a server that is started for a moment: an empty folder, an empty database.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// A new folder, for its owner only, removed when it is dropped.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Result<Self, String> {
        let name = format!("waybill-{:032x}", rand::random::<u128>());
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind is untidy and nothing more.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The URL of another database on the same server.
pub(super) fn sibling(url: &str, name: &str) -> String {
    let (address, options) = match url.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (url, String::new()),
    };
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..]
        .find('/')
        .map_or(address.len(), |at| authority + at);
    format!("{}/{name}{options}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sibling_is_on_the_same_server() {
        for (url, expected) in [
            ("postgres://me@h:5/old", "postgres://me@h:5/new"),
            ("postgres://me@h:5", "postgres://me@h:5/new"),
            (
                "postgres://h/old?host=/run/pg",
                "postgres://h/new?host=/run/pg",
            ),
        ] {
            assert_eq!(sibling(url, "new"), expected);
        }
    }
}
