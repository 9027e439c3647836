//! Where the simulated Twilio of a running `waybill serve` is: told in a file that only its owner may read.

use std::path::Path;

use serde::Deserialize;

use crate::config::Secret;

/// In `DATA_DIR`.
const FILE: &str = "simulator.json";

/// What `waybill serve` tells of its simulator.
#[derive(Clone, Debug)]
pub(super) struct Sandbox {
    pub(super) api: String,
    pub(super) account_sid: String,
    pub(super) auth_token: Secret,
    pub(super) public_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    api: String,
    account_sid: String,
    auth_token: String,
    public_url: String,
}

/// `None`: no server has told, or not in a form that is known.
pub(super) fn read(data_dir: &Path) -> Option<Sandbox> {
    let text = std::fs::read(data_dir.join(FILE)).ok()?;
    let told: Told = serde_json::from_slice(&text).ok()?;
    Some(Sandbox {
        api: told.api,
        account_sid: told.account_sid,
        auth_token: Secret::new(told.auth_token),
        public_url: told.public_url,
    })
}
