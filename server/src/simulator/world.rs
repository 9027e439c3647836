//! What the simulated Twilio knows: messages in the order of their making, and who owns which phone.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::gateway::wire::{MessageJson, rfc2822};

/// One message, either way.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) json: MessageJson,
    pub(super) at: DateTime<Utc>,
}

#[derive(Debug, Default)]
pub(super) struct World(Mutex<Inner>);

#[derive(Debug, Default)]
pub(super) struct Inner {
    /// Oldest first.
    pub(super) messages: Vec<Kept>,
    by_sid: BTreeMap<String, usize>,
    /// Owners' names by address.
    pub(super) phones: BTreeMap<String, String>,
}

impl World {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    pub(super) fn keep(&mut self, kept: Kept) {
        let sid = kept.json.sid.clone().unwrap_or_default();
        self.by_sid.insert(sid, self.messages.len());
        self.messages.push(kept);
    }

    pub(super) fn find(&self, sid: &str) -> Option<&Kept> {
        self.messages.get(*self.by_sid.get(sid)?)
    }

    /// Moves a message on; what it is now.
    pub(super) fn set_status(
        &mut self,
        sid: &str,
        status: &str,
        now: DateTime<Utc>,
    ) -> Option<MessageJson> {
        let kept = self.messages.get_mut(*self.by_sid.get(sid)?)?;
        kept.json.status = Some(status.to_owned());
        kept.json.date_updated = Some(rfc2822(now));
        if kept.json.date_sent.is_none() {
            kept.json.date_sent = Some(rfc2822(now));
        }
        Some(kept.json.clone())
    }
}

/// Two letters and 32 hex digits.
pub(super) fn new_sid(prefix: &str) -> String {
    format!("{prefix}{:032x}", rand::random::<u128>())
}
