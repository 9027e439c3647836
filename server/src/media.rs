//! What customers sent besides words: fetched from the provider when somebody first looks, kept on disk by the hash of its
//! URL, within a bound. Knows nothing of who may see it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use entity::message::{self, Direction};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::domain::content::Content;
use crate::error::{Error, Fault};
use crate::gateway::twilio::media::{MediaError, Medium};

/// Below the data folder.
const FOLDER: &str = "media";
/// Fetched at one time: each may take 16 MiB of memory.
const AT_ONCE: usize = 4;
/// Kept on disk; beyond it the oldest go.
const KEPT_BYTES: u64 = 1_024 * 1_024 * 1_024;
/// After so much more they are counted.
const COUNT_AFTER: usize = 64 * 1_024 * 1_024;
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
pub struct Fetching {
    places: Semaphore,
    /// Kept since the files were counted last.
    new_bytes: AtomicUsize,
}

impl Default for Fetching {
    fn default() -> Self {
        Self {
            places: Semaphore::new(AT_ONCE),
            new_bytes: AtomicUsize::new(COUNT_AFTER),
        }
    }
}

impl Fetching {
    /// Notes that so much was kept; whether it is time to count.
    fn kept(&self, bytes: usize) -> bool {
        let before = self.new_bytes.fetch_add(bytes, Ordering::Relaxed);
        let is_time = before + bytes >= COUNT_AFTER;
        if is_time {
            self.new_bytes.store(0, Ordering::Relaxed);
        }
        is_time
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
pub async fn open(app: &App, message: &message::Model, number: usize) -> Result<Kept, Missing> {
    let url = message.media_urls.get(number).and_then(Value::as_str);
    let url = url
        .filter(|_| message.direction == Direction::Inbound)
        .ok_or(Missing::None)?;
    let folder = app.config.data_dir.join(FOLDER);
    let path = folder.join(hex::encode(Sha256::digest(url)));
    let content = Content::read(message.content.as_ref());
    if !tokio::fs::try_exists(&path).await? {
        let _place = app.fetching.places.acquire().await;
        if !tokio::fs::try_exists(&path).await? {
            let medium = app.twilio.medium(url).await?;
            keep(app, &folder, &path, medium).await?;
        }
    }
    let told = tokio::fs::read_to_string(type_of(&path)).await.ok();
    let by_form = content.media_types.get(number).cloned();
    // The provider's storage may tell less than its form.
    let content_type = [told, by_form]
        .into_iter()
        .flatten()
        .find(|it| SHOWN.contains(&it.as_str()));
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
async fn keep(app: &App, folder: &Path, path: &Path, medium: Medium) -> io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    if let Some(content_type) = medium.content_type {
        tokio::fs::write(type_of(path), content_type).await?;
    }
    let aside = path.with_extension(format!("{:08x}", rand::random::<u32>()));
    let written = match tokio::fs::write(&aside, &medium.bytes).await {
        Ok(()) => tokio::fs::rename(&aside, path).await,
        Err(error) => Err(error),
    };
    if written.is_err() {
        let _ = tokio::fs::remove_file(&aside).await;
    }
    // Counting all files is not worth it each time.
    if app.fetching.kept(medium.bytes.len()) || written.is_err() {
        drop_oldest(folder, KEPT_BYTES).await;
    }
    written
}

/// Deletes what was kept before `end`; how many files.
pub async fn delete_before(app: &App, end: DateTime<Utc>) -> usize {
    let end = SystemTime::from(end);
    let mut deleted = 0;
    for (at, _, path) in files(&app.config.data_dir.join(FOLDER)).await {
        if at < end && tokio::fs::remove_file(path).await.is_ok() {
            deleted += 1;
        }
    }
    deleted
}

/// Deletes the oldest files until the rest is within `limit` bytes. What goes by itself meanwhile is gone too.
async fn drop_oldest(folder: &Path, limit: u64) {
    let mut files = files(folder).await;
    let mut total: u64 = files.iter().map(|it| it.1).sum();
    files.sort();
    for (_, bytes, path) in files {
        if total <= limit {
            break;
        }
        total -= bytes;
        if let Err(error) = tokio::fs::remove_file(&path).await {
            tracing::debug!(%error, "an old medium could not be deleted");
        }
    }
}

/// Time, size and path of each file.
async fn files(folder: &Path) -> Vec<(SystemTime, u64, PathBuf)> {
    let mut files = Vec::new();
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else {
        return files;
    };
    while let Ok(Some(entry)) = entries.next_entry().await {
        if let Ok(about) = entry.metadata().await
            && let Ok(at) = about.modified()
        {
            files.push((at, about.len(), entry.path()));
        }
    }
    files
}

impl From<Missing> for Error {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::None | Missing::Provider(MediaError::Gone) => Self::NotFound("medium"),
            Missing::Provider(MediaError::TooLarge) => {
                Self::Unavailable("the file is larger than 16 MiB")
            }
            Missing::Provider(MediaError::Foreign) => {
                Self::Unavailable("the file is not at Twilio, and is fetched from nowhere else")
            }
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
        drop_oldest(folder.path(), 25).await;
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|it| it.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["b", "c"]);
    }
}
