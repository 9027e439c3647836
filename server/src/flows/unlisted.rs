//! A customer wrote to an address that this server does not send from: another sender of the same account has our webhook's
//! address, or one of ours is missing in the settings. The message is kept, as the webhook took it. Nobody answers by
//! themselves: an answer from that address would be refused, or come from a number that belongs to something else.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use entity::types::{Address, Kind};
use uuid::Uuid;

use crate::app::App;

/// Addresses of which it is remembered that the log knows; an account has fewer.
const MOST: usize = 100;

/// Addresses of which the log was told.
#[derive(Debug, Default)]
pub struct Unlisted(Mutex<HashSet<String>>);

impl Unlisted {
    fn is_new(&self, address: &str) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < MOST && told.insert(address.to_owned())
    }
}

/// What the operator is told of a message to `to`, in its timeline, and once in the log; `None`: the address is ours. The
/// senders of a messaging service are Twilio's to know.
pub(super) fn hint(app: &App, id: Uuid, to: &Address) -> Option<String> {
    let is_ours = app.senders().iter().any(|it| it.as_str() == to.as_str());
    if is_ours || app.account.messaging_service_sid.is_some() {
        return None;
    }
    if app.unlisted.is_new(to.as_str()) {
        let id = Kind::Message.encode(id);
        tracing::warn!(message.id = %id, "a customer wrote to an address that is not in TWILIO_WHATSAPP_FROM: it is kept and the bot is silent; the message's timeline names the address");
    }
    Some(format!(
        "it is to {}, which is not in TWILIO_WHATSAPP_FROM: the bot does not answer",
        to.as_str()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_told_once_of_each_address_and_fills_no_memory() {
        let unlisted = Unlisted::default();
        assert!(unlisted.is_new("a") && !unlisted.is_new("a") && unlisted.is_new("b"));
        let new = (0..1_000).filter(|it| unlisted.is_new(&it.to_string()));
        assert_eq!(new.count(), MOST - 2);
    }
}
