//! Pictures, sounds, films and files: the bytes that messages carry, within a bound.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::new_sid;

/// So many bytes are kept; then the oldest go.
const LIMIT_BYTES: usize = 64 * 1_024 * 1_024;
/// So many things are kept, however small they are.
const LIMIT: usize = 20_000;

/// One thing that a message carries.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Medium {
    pub(in crate::simulator) sid: String,
    /// The message, `MM…`.
    pub(in crate::simulator) parent: String,
    pub(in crate::simulator) content_type: String,
    pub(in crate::simulator) filename: Option<String>,
    pub(in crate::simulator) bytes: Arc<[u8]>,
    pub(in crate::simulator) at: DateTime<Utc>,
}

#[derive(Debug, Default)]
pub(in crate::simulator) struct Shelf {
    by_sid: HashMap<String, Medium>,
    oldest_first: VecDeque<String>,
    size_bytes: usize,
}

impl Medium {
    /// With an id of its own.
    pub(in crate::simulator) fn new(
        parent: &str,
        content_type: &str,
        bytes: Arc<[u8]>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            sid: new_sid("ME"),
            parent: parent.to_owned(),
            content_type: content_type.to_owned(),
            filename: None,
            bytes,
            at,
        }
    }
}

impl Shelf {
    pub(in crate::simulator) fn keep(&mut self, medium: Medium) {
        self.size_bytes += medium.bytes.len();
        self.oldest_first.push_back(medium.sid.clone());
        self.by_sid.insert(medium.sid.clone(), medium);
        let is_full = |it: &Self| it.size_bytes > LIMIT_BYTES || it.oldest_first.len() > LIMIT;
        while is_full(self) && self.oldest_first.len() > 1 {
            if let Some(sid) = self.oldest_first.pop_front() {
                self.forget(&sid);
            }
        }
    }

    pub(in crate::simulator) fn find(&self, parent: &str, sid: &str) -> Option<&Medium> {
        self.by_sid.get(sid).filter(|it| it.parent == parent)
    }

    /// In the order of their making.
    pub(in crate::simulator) fn of(&self, parent: &str) -> Vec<&Medium> {
        let all = self.oldest_first.iter();
        all.filter_map(|sid| self.by_sid.get(sid))
            .filter(|it| it.parent == parent)
            .collect()
    }

    /// Whether there was one.
    pub(in crate::simulator) fn remove(&mut self, parent: &str, sid: &str) -> bool {
        let is_there = self.find(parent, sid).is_some();
        if is_there {
            self.forget(sid);
            self.oldest_first.retain(|it| it != sid);
        }
        is_there
    }

    fn forget(&mut self, sid: &str) {
        if let Some(gone) = self.by_sid.remove(sid) {
            self.size_bytes -= gone.bytes.len();
        }
    }
}
