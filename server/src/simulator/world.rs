//! What the simulated Twilio knows: messages, phones, templates, and how the world is to behave.

pub(super) mod content;
pub(super) mod controls;
pub(super) mod media;
pub(super) mod memory;
pub(super) mod messages;
pub(super) mod people;
mod stock;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use content::Templates;
use controls::Controls;
use media::Shelf;
use messages::Messages;
use people::People;

#[derive(Debug)]
pub(super) struct World {
    inner: Mutex<Inner>,
    usual: Controls,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) messages: Messages,
    pub(super) people: People,
    pub(super) templates: Templates,
    pub(super) controls: Controls,
    pub(super) media: Shelf,
    /// When each sender's messages of the last second were taken.
    pub(super) pace: HashMap<String, VecDeque<Instant>>,
}

impl World {
    /// A world as usual, with people in it.
    pub(super) fn new(usual: Controls, people: People) -> Self {
        Self {
            inner: Mutex::new(Inner::new(usual.clone(), people)),
            usual,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it behaves when nobody said otherwise.
    pub(super) fn usual(&self) -> &Controls {
        &self.usual
    }

    /// Forgets everything but the account.
    pub(super) fn reset(&self) {
        *self.lock() = Inner::new(self.usual.clone(), People::default());
    }
}

impl Inner {
    fn new(controls: Controls, people: People) -> Self {
        Self {
            messages: Messages::default(),
            people,
            templates: stock::templates(),
            controls,
            media: Shelf::default(),
            pace: HashMap::new(),
        }
    }
}

/// Two letters and 32 hex digits.
pub(super) fn new_sid(prefix: &str) -> String {
    format!("{prefix}{:032x}", rand::random::<u128>())
}
