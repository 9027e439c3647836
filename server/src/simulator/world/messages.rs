//! Messages in the order of their making, so many and no more.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use crate::gateway::simulator::PhoneMessage;
use crate::gateway::wire::{MessageJson, rfc2822};

/// So many are kept; then the oldest final ones go.
const LIMIT: usize = 100_000;
/// So many go at once.
const BATCH: usize = 1_000;
/// Nothing follows these.
const FINAL: [&str; 6] = [
    "read",
    "delivered",
    "failed",
    "undelivered",
    "canceled",
    "received",
];

/// One message, either way.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Kept {
    /// As the API shows it.
    pub(in crate::simulator) json: MessageJson,
    /// When it was sent, or came.
    pub(in crate::simulator) sent_at: Option<DateTime<Utc>>,
    /// As the phone shows it; its status is only kept here for what the person wrote.
    pub(in crate::simulator) shown: PhoneMessage,
    /// Where its statuses go.
    pub(in crate::simulator) callback: Option<String>,
    /// Why the channel will not take it.
    pub(in crate::simulator) fault: Option<i32>,
}

#[derive(Debug, Default)]
pub(in crate::simulator) struct Messages {
    by_place: BTreeMap<u64, Kept>,
    places: HashMap<String, u64>,
    next: u64,
}

impl Kept {
    pub(in crate::simulator) fn is_inbound(&self) -> bool {
        self.json.direction.as_deref() == Some("inbound")
    }

    pub(in crate::simulator) fn status(&self) -> &str {
        self.json.status.as_deref().unwrap_or_default()
    }

    pub(in crate::simulator) fn is_final(&self) -> bool {
        FINAL.contains(&self.status())
    }

    /// The address of the phone it is on.
    pub(in crate::simulator) fn phone(&self) -> &str {
        let address = if self.is_inbound() {
            &self.json.from
        } else {
            &self.json.to
        };
        address.as_deref().unwrap_or_default()
    }

    /// The business's address; empty while a service has not chosen.
    pub(in crate::simulator) fn business(&self) -> &str {
        let address = if self.is_inbound() {
            &self.json.to
        } else {
            &self.json.from
        };
        address.as_deref().unwrap_or_default()
    }

    /// Moves it on.
    pub(in crate::simulator) fn advance(&mut self, status: &str, now: DateTime<Utc>) {
        self.json.status = Some(status.to_owned());
        self.json.date_updated = Some(rfc2822(now));
        if self.sent_at.is_none() && matches!(status, "sent" | "undelivered") {
            self.sent_at = Some(now);
            self.json.date_sent = Some(rfc2822(now));
            self.json.num_segments = Some("1".to_owned());
        }
    }
}

impl Messages {
    pub(in crate::simulator) fn keep(&mut self, kept: Kept) {
        if self.by_place.len() >= LIMIT {
            self.make_room();
        }
        let sid = kept.json.sid.clone().unwrap_or_default();
        self.places.insert(sid, self.next);
        self.by_place.insert(self.next, kept);
        self.next += 1;
    }

    /// Drops the oldest final ones; the oldest of all where none is final.
    fn make_room(&mut self) {
        let all = self.by_place.iter();
        let mut places: Vec<u64> = all
            .filter(|(_, it)| it.is_final())
            .map(|(place, _)| *place)
            .take(BATCH)
            .collect();
        if places.is_empty() {
            places = self.by_place.keys().copied().take(BATCH).collect();
        }
        for place in places {
            if let Some(gone) = self.by_place.remove(&place) {
                self.places
                    .remove(gone.json.sid.as_deref().unwrap_or_default());
            }
        }
    }

    pub(in crate::simulator) fn find(&self, sid: &str) -> Option<&Kept> {
        self.by_place.get(self.places.get(sid)?)
    }

    pub(in crate::simulator) fn find_mut(&mut self, sid: &str) -> Option<&mut Kept> {
        self.by_place.get_mut(self.places.get(sid)?)
    }

    pub(in crate::simulator) fn remove(&mut self, sid: &str) -> Option<Kept> {
        let place = self.places.remove(sid)?;
        self.by_place.remove(&place)
    }

    /// Oldest first.
    pub(in crate::simulator) fn iter(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.by_place.values()
    }

    /// Those made before this one, newest first; every one for a place that is not known any more.
    pub(in crate::simulator) fn before(&self, place: u64) -> impl Iterator<Item = (u64, &Kept)> {
        let older = self.by_place.range(..place).rev();
        older.map(|(place, kept)| (*place, kept))
    }

    /// Those made after this one, oldest first.
    pub(in crate::simulator) fn after(&self, place: u64) -> impl Iterator<Item = (u64, &Kept)> {
        let newer = self.by_place.range(place + 1..);
        newer.map(|(place, kept)| (*place, kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(number: usize, status: &str) -> Kept {
        Kept {
            json: MessageJson {
                sid: Some(number.to_string()),
                status: Some(status.to_owned()),
                ..MessageJson::default()
            },
            sent_at: None,
            shown: PhoneMessage::default(),
            callback: None,
            fault: None,
        }
    }

    #[test]
    fn memory_is_bounded_and_what_is_under_way_stays() {
        let mut messages = Messages::default();
        messages.keep(message(0, "queued"));
        for number in 1..=LIMIT + 1 {
            messages.keep(message(number, "read"));
        }
        assert!(messages.iter().count() <= LIMIT);
        assert!(messages.find("0").is_some());
        assert!(messages.find("1").is_none());
        assert!(messages.find(&(LIMIT + 1).to_string()).is_some());
    }
}
