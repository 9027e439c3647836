//! Remembers what a step was made from, so that the same step a second time costs a look instead of a build.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A digest of files (by path and content; folders with all that is in them) and words.
pub(crate) fn digest(sources: &[PathBuf], words: &[&str]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    for source in sources {
        for file in files(source)? {
            file.hash(&mut hasher);
            fs::read(&file)
                .with_context(|| file.display().to_string())?
                .hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the stamp says that the step was made from exactly this.
pub(crate) fn is_current(stamp: &Path, digest: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text == digest)
}

/// Writes the stamp, after the step succeeded.
pub(crate) fn write(stamp: &Path, digest: &str) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(stamp, digest).with_context(|| stamp.display().to_string())
}

/// Every file below a path in one fixed order; the path itself where it is a file; nothing where it is missing.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        entries.push(entry?.path());
    }
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        found.extend(files(&entry)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_follows_content_and_words() {
        let folder = std::env::temp_dir().join(format!("waybill-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("in")).unwrap();
        let file = folder.join("in/file");
        fs::write(&file, "one").unwrap();
        let of = |words: &[&str]| digest(std::slice::from_ref(&folder), words).unwrap();
        let first = of(&["release"]);
        assert_eq!(first, of(&["release"]));
        assert_ne!(first, of(&["dev"]));
        fs::write(&file, "two").unwrap();
        assert_ne!(first, of(&["release"]));
        fs::remove_dir_all(&folder).unwrap();
    }
}
