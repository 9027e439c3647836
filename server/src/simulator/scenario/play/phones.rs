//! Steps about phones: people write, and messages come or do not.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::look::{LOOK_EVERY, look, until};
use super::{Done, Failure, Play};
use crate::gateway::simulator::{PhoneMessage, Writing};

impl Play<'_> {
    pub(super) async fn meet(&mut self, name: &str, address: &str, owner: &str) -> Done {
        let change = json!({ "name": owner });
        let made = self.phones.change_phone(address, &change).await;
        made.map_err(|error| error.to_string())?;
        let person = (address.to_owned(), owner.to_owned());
        self.people.insert(name.to_owned(), person);
        Ok(())
    }

    pub(super) async fn write(&self, phone: &str, writing: &Writing) -> Done {
        let (from, name) = self.people.get(phone).cloned().unwrap_or_default();
        let writing = Writing {
            from,
            name,
            ..writing.clone()
        };
        let written = self.phones.write(&writing).await;
        let written = written.map_err(|error| error.to_string())?;
        if written.status == "failed" {
            return Err(Failure::new(
                "that the webhook takes the message",
                "it refused it, or can't be reached",
            ));
        }
        Ok(())
    }

    pub(super) async fn change_phone(&self, phone: &str, change: &Value) -> Done {
        let changed = self.phones.change_phone(&self.address(phone), change).await;
        changed.map(drop).map_err(|error| error.to_string().into())
    }

    /// What came to a phone, oldest first.
    async fn arrived(&self, phone: &str) -> Result<Vec<PhoneMessage>, Failure> {
        let phone = self.phones.phone(&self.address(phone)).await;
        let mut messages = phone.map_err(|error| error.to_string())?.messages;
        messages.retain(|it| !it.from_phone && matches!(it.status.as_str(), "delivered" | "read"));
        Ok(messages)
    }

    async fn next_unnoticed(&self, phone: &str) -> Result<Option<PhoneMessage>, Failure> {
        let mut arrived = self.arrived(phone).await?.into_iter();
        Ok(arrived.find(|it| !self.noticed.contains(&it.sid)))
    }

    pub(super) async fn gets(&mut self, phone: &str, text: &str, within: Duration) -> Done {
        let deadline = Instant::now() + within;
        let expected = format!("a message on {phone}'s phone that holds {text:?}");
        loop {
            if let Some(message) = self.next_unnoticed(phone).await? {
                if !message.body.contains(text) {
                    return Err(Failure::new(expected, format!("{:?}", message.body)));
                }
                self.noticed.insert(message.sid);
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(Failure::new(expected, format!("nothing within {within:?}")));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub(super) async fn gets_nothing(&self, phone: &str, during: Duration) -> Done {
        let deadline = Instant::now() + during;
        while Instant::now() < deadline {
            if let Some(message) = self.next_unnoticed(phone).await? {
                let expected = format!("nothing on {phone}'s phone for {during:?}");
                return Err(Failure::new(expected, format!("{:?}", message.body)));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    pub(super) async fn has(&self, phone: &str, count: u64, within: Duration) -> Done {
        let expected = format!("{count} messages of ours on {phone}'s phone");
        until(within, &expected, async || {
            let arrived = self.arrived(phone).await?.len();
            Ok(look(u64::try_from(arrived).unwrap_or(u64::MAX), count))
        })
        .await
    }
}
