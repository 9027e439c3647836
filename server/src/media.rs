//! What customers sent besides words: fetched from the provider when somebody first looks, kept on disk by the hash of its
//! URL, within a bound. Knows nothing of who may see it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use entity::message::{self, Direction};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::domain::content::Content;
use crate::error::{Error, Fault, Result};
use crate::gateway::twilio::media::{MediaError, Medium};

/// Below the data folder.
const FOLDER: &str = "media";
/// Fetched at one time: each may take 16 MiB of memory.
const AT_ONCE: usize = 4;
/// Kept on disk; beyond it the oldest go.
const KEPT_BYTES: u64 = 1_024 * 1_024 * 1_024;
/// For what nobody told the type of.
const BYTES: &str = "application/octet-stream";
/// Shown within a page; anything else is only offered to be saved. None of them can run a script.
const SHOWN: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "audio/aac",
    "audio/amr",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "video/3gpp",
    "video/mp4",
    "video/webm",
];

/// Limits how much is fetched at one time.
#[derive(Debug)]
pub struct Fetching(Semaphore);

impl Default for Fetching {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// A medium on disk.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Where.
    pub path: PathBuf,
    /// Its MIME type, one that a browser can be given.
    pub content_type: String,
    /// Whether it may be shown within a page, rather than saved.
    pub is_shown: bool,
    /// Its name, where the customer gave one.
    pub file_name: Option<String>,
}

/// Why there is none to show.
#[derive(Debug, thiserror::Error)]
pub enum Missing {
    /// The message is ours, or has no such medium.
    #[error("this message has no medium of this number from a customer")]
    None,
    /// The provider does not give it.
    #[error("it can't be fetched from Twilio: {0}")]
    Provider(#[from] MediaError),
    /// Our disk.
    #[error("it can't be kept on disk: {0}")]
    Disk(#[from] io::Error),
}

/// The medium of a customer's message, numbered from 0.
///
/// # Errors
/// See [`Missing`].
pub async fn open(
    app: &App,
    message: &message::Model,
    number: usize,
) -> std::result::Result<Kept, Missing> {
    let url = message.media_urls.get(number).and_then(Value::as_str);
    let url = url
        .filter(|_| message.direction == Direction::Inbound)
        .ok_or(Missing::None)?;
    let folder = app.config.data_dir.join(FOLDER);
    let path = folder.join(hex::encode(Sha256::digest(url)));
    let content = Content::read(message.content.as_ref());
    if !tokio::fs::try_exists(&path).await? {
        let _place = app.fetching.0.acquire().await;
        if !tokio::fs::try_exists(&path).await? {
            let medium = app.twilio.medium(url).await?;
            keep(&folder, &path, medium).await?;
        }
    }
    let told = tokio::fs::read_to_string(type_of(&path)).await.ok();
    let told = told.or_else(|| content.media_types.get(number).cloned());
    let content_type = told.filter(|it| SHOWN.contains(&it.as_str()));
    Ok(Kept {
        is_shown: content_type.is_some(),
        content_type: content_type.unwrap_or_else(|| BYTES.to_owned()),
        file_name: content.file_name,
        path,
    })
}

/// Deletes what is kept of a message's media; how many files of customers.
pub async fn forget(app: &App, message: &message::Model) -> u64 {
    let mut files = 0;
    let urls = message.media_urls.as_array().into_iter().flatten();
    for url in urls.filter_map(Value::as_str) {
        let path = app.config.data_dir.join(FOLDER);
        let path = path.join(hex::encode(Sha256::digest(url)));
        // Most were never looked at, so they are not there.
        files += u64::from(tokio::fs::remove_file(&path).await.is_ok());
        let _ = tokio::fs::remove_file(type_of(&path)).await;
    }
    files
}

fn type_of(path: &Path) -> PathBuf {
    path.with_extension("type")
}

/// Written aside first, so that nobody ever reads half of it.
async fn keep(folder: &Path, path: &Path, medium: Medium) -> io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let aside = path.with_extension(format!("{:08x}", rand::random::<u32>()));
    tokio::fs::write(&aside, &medium.bytes).await?;
    if let Some(content_type) = medium.content_type {
        tokio::fs::write(type_of(path), content_type).await?;
    }
    tokio::fs::rename(&aside, path).await?;
    drop_oldest(folder, KEPT_BYTES).await
}

/// Deletes the oldest files until the rest is within `limit` bytes.
async fn drop_oldest(folder: &Path, limit: u64) -> io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        let about = entry.metadata().await?;
        files.push((about.modified()?, about.len(), entry.path()));
    }
    let mut total: u64 = files.iter().map(|it| it.1).sum();
    files.sort();
    for (_, bytes, path) in files {
        if total <= limit {
            break;
        }
        total -= bytes;
        tokio::fs::remove_file(path).await?;
    }
    Ok(())
}

impl From<Missing> for Error {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::None | Missing::Provider(MediaError::Gone) => Self::NotFound("medium"),
            Missing::Provider(_) => {
                tracing::warn!(error = %missing, "a medium can't be shown");
                Self::Unavailable(
                    "Twilio does not give this file now: try again, and check the credentials with waybill doctor",
                )
            }
            Missing::Disk(error) => Self::Fault(Fault::Other(format!("DATA_DIR: {error}"))),
        }
    }
}

/// See [`open`].
///
/// # Errors
/// As our doors tell them.
pub async fn get(app: &App, message: &message::Model, number: usize) -> Result<Kept> {
    Ok(open(app, message, number).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_files_go_first_and_only_as_many_as_needed() {
        let folder = tempfile::tempdir().unwrap();
        for (age, name) in [(3, "a"), (2, "b"), (1, "c")] {
            let path = folder.path().join(name);
            std::fs::write(&path, [0; 10]).unwrap();
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000 - age);
            file.set_modified(at).unwrap();
        }
        drop_oldest(folder.path(), 25).await.unwrap();
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|it| it.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["b", "c"]);
    }
}
