//! Phones and their owners: names, settings, and when they last wrote.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// After a person's message the business may write freely for so long.
/// Source: Twilio's "Key concepts" of WhatsApp.
pub(in crate::simulator) const WINDOW: TimeDelta = TimeDelta::hours(24);
/// Who joined the sandbox is a member for so long.
/// Source: Twilio's "Test WhatsApp messaging with the Sandbox".
const MEMBERSHIP: TimeDelta = TimeDelta::hours(72);
/// A phone shows that the business is typing for so long.
const TYPING: TimeDelta = TimeDelta::seconds(25);
/// So many phones are kept; then those that were quiet longest go.
const LIMIT: usize = 50_000;

/// Phones by address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::simulator) struct People(BTreeMap<String, Person>);

/// A person with a phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::simulator) struct Person {
    pub(in crate::simulator) name: String,
    pub(in crate::simulator) online: bool,
    pub(in crate::simulator) read_receipts: bool,
    pub(in crate::simulator) blocked: bool,
    pub(in crate::simulator) joined_at: Option<DateTime<Utc>>,
    /// When they last wrote to each address of the business.
    pub(in crate::simulator) wrote_at: BTreeMap<String, DateTime<Utc>>,
    /// Addresses of the business from which they want nothing, as far as the provider was told.
    pub(in crate::simulator) opted_out_of: BTreeSet<String>,
    #[serde(skip)]
    pub(in crate::simulator) typing_until: Option<DateTime<Utc>>,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            name: String::new(),
            online: true,
            read_receipts: true,
            blocked: false,
            joined_at: None,
            wrote_at: BTreeMap::new(),
            opted_out_of: BTreeSet::new(),
            typing_until: None,
        }
    }
}

impl Person {
    /// Whether `business` may write freely to them.
    pub(in crate::simulator) fn is_open_to(&self, business: &str, now: DateTime<Utc>) -> bool {
        let wrote_at = self.wrote_at.get(business);
        wrote_at.is_some_and(|at| now - *at < WINDOW)
    }

    pub(in crate::simulator) fn has_joined(&self, now: DateTime<Utc>) -> bool {
        self.joined_at.is_some_and(|at| now - at < MEMBERSHIP)
    }

    pub(in crate::simulator) fn last_wrote_at(&self) -> Option<DateTime<Utc>> {
        self.wrote_at.values().max().copied()
    }

    /// This phone's clock moves on: what it did is so much longer ago.
    pub(in crate::simulator) fn travel(&mut self, by: TimeDelta) {
        let times = self.wrote_at.values_mut().chain(&mut self.joined_at);
        for at in times {
            *at -= by;
        }
    }

    pub(in crate::simulator) fn show_typing(&mut self, now: DateTime<Utc>) {
        self.typing_until = Some(now + TYPING);
    }

    pub(in crate::simulator) fn is_shown_typing(&self, now: DateTime<Utc>) -> bool {
        self.typing_until.is_some_and(|until| now < until)
    }
}

impl People {
    pub(in crate::simulator) fn get(&self, address: &str) -> Option<&Person> {
        self.0.get(address)
    }

    pub(in crate::simulator) fn get_mut(&mut self, address: &str) -> Option<&mut Person> {
        self.0.get_mut(address)
    }

    /// The person with this phone, made where there was none.
    pub(in crate::simulator) fn with(&mut self, address: &str) -> &mut Person {
        if self.0.len() >= LIMIT && !self.0.contains_key(address) {
            self.make_room();
        }
        self.0.entry(address.to_owned()).or_default()
    }

    pub(in crate::simulator) fn addresses(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn make_room(&mut self) {
        let mut quiet: Vec<(Option<DateTime<Utc>>, String)> = self
            .0
            .iter()
            .map(|(address, it)| (it.last_wrote_at(), address.clone()))
            .collect();
        quiet.sort_unstable();
        for (_, address) in quiet.into_iter().take(LIMIT / 100) {
            self.0.remove(&address);
        }
    }
}
