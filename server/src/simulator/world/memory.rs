//! What outlives a restart: the account and the phones, in a file that only its owner reads.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::people::People;
use crate::config::{Secret, TwilioAccount};
use crate::simulator::Shared;

/// Changes within this time are written together.
const PAUSE: Duration = Duration::from_millis(100);

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) struct Remembered {
    /// Where the simulator listens.
    api: String,
    account_sid: String,
    auth_token: String,
    /// The server whose Twilio it is.
    public_url: String,
    #[serde(default)]
    phones: People,
}

impl Remembered {
    /// The phones; the account becomes the remembered one.
    pub(in crate::simulator) fn take(self, account: &mut TwilioAccount) -> People {
        account.account_sid = self.account_sid;
        account.auth_token = Secret::new(self.auth_token);
        self.phones
    }

    fn is_whole(&self) -> bool {
        let hex = self.account_sid.strip_prefix("AC").unwrap_or_default();
        let is_sid = hex.len() == 32 && hex.bytes().all(|it| it.is_ascii_hexdigit());
        is_sid && !self.auth_token.is_empty()
    }
}

/// What was remembered. A file that can't be understood is set aside: the simulator begins anew.
pub(in crate::simulator) fn read(path: &Path) -> Option<Remembered> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the simulator's memory can't be read; it begins anew");
            return None;
        }
    };
    let fault = match serde_json::from_slice::<Remembered>(&text) {
        Ok(remembered) if remembered.is_whole() => return Some(remembered),
        Ok(_) => "accountSid or authToken is not one".to_owned(),
        // Without the words around it: the file holds a secret.
        Err(error) => format!("line {}, column {}", error.line(), error.column()),
    };
    let aside = path.with_extension("json.broken");
    // Where even that fails, the file is written over.
    let _ = std::fs::rename(path, &aside);
    tracing::warn!(fault, aside = %aside.display(), "the simulator's memory is broken and was set aside; it begins anew");
    None
}

/// Writes the memory now, and whenever phones change.
///
/// # Errors
/// That it can't be written.
pub(in crate::simulator) fn keep(simulator: &Shared, address: SocketAddr) -> std::io::Result<()> {
    let Some(memory) = simulator.settings.memory.clone() else {
        return Ok(());
    };
    write(&memory.path, &text(simulator, address, &memory.public_url))?;
    let simulator2 = simulator.clone();
    simulator.tasks.spawn(async move {
        let mut is_over = false;
        while !is_over {
            let changed = async {
                simulator2.memory_changed.notified().await;
                tokio::time::sleep(PAUSE).await;
            };
            is_over = simulator2.stop.run_until_cancelled(changed).await.is_none();
            let text = text(&simulator2, address, &memory.public_url);
            let path = memory.path.clone();
            let written = tokio::task::spawn_blocking(move || write(&path, &text)).await;
            if !matches!(written, Ok(Ok(()))) {
                tracing::warn!(path = %memory.path.display(), "the simulator's memory can't be written");
            }
        }
    });
    Ok(())
}

fn text(simulator: &Shared, address: SocketAddr, public_url: &str) -> Vec<u8> {
    let account = &simulator.settings.account;
    let remembered = Remembered {
        api: format!("http://{address}"),
        account_sid: account.account_sid.clone(),
        auth_token: account.auth_token.expose().to_owned(),
        public_url: public_url.to_owned(),
        phones: simulator.world.lock().people.clone(),
    };
    serde_json::to_vec_pretty(&remembered).expect("text, numbers and times only")
}

/// In one step: a reader sees the old file or the new one.
fn write(path: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let new = path.with_extension("json.new");
    // One that a crash left may have other rights.
    let _ = std::fs::remove_file(&new);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(text)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}
