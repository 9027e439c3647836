//! A client's key makes a change happen once, however often it is asked for: a double click, or a request whose answer got lost.

use chrono::TimeDelta;
use serde_json::Value;

use super::access::Desk;
use crate::auth::hash;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store::Tx;
use crate::store::asked_once::{self, Asked};

/// Longest key, in bytes.
const LONGEST: usize = 255;
/// A key is known for so long.
const KNOWN_FOR: TimeDelta = TimeDelta::days(30);

/// A key, and what it is used for.
#[derive(Clone, Debug)]
pub struct Once {
    /// The API's name of the change, e.g. `createToken`.
    pub action: &'static str,
    /// The client's key.
    pub key: String,
    /// What is asked for: the same key goes with the same content.
    pub content: Value,
}

impl Once {
    /// Takes the key for what is about to be made, whose public id is `target`; `Some`: the id of what was made with it before.
    ///
    /// # Errors
    /// `REQUIRED`, `TOO_LONG`: the key is none; `KEY_REUSED` with other content; or a fault.
    pub(super) async fn take(
        &self,
        desk: &Desk<'_>,
        tx: &Tx,
        target: &str,
    ) -> Result<Option<String>> {
        let field = "idempotencyKey";
        if self.key.trim().is_empty() {
            let words = "an empty key is none: leave it out";
            return Err(Refusal::field(RefusalCode::Required, field, words).into());
        }
        if self.key.len() > LONGEST || self.key.contains('\0') {
            let words = "at most 255 bytes, none of them NUL";
            return Err(Refusal::field(RefusalCode::TooLong, field, words).into());
        }
        let asked = Asked {
            key: format!("{}/{}/{}", desk.by.id, self.action, self.key),
            digest: hash(&self.content.to_string()),
            target: target.to_owned(),
        };
        asked_once::forget(tx, desk.now() - KNOWN_FOR).await?;
        match asked_once::take(tx, &asked, desk.now()).await? {
            None => Ok(None),
            Some(known) if known.digest == asked.digest => Ok(Some(known.target)),
            Some(_) => {
                let words = "this key was used before, for something else: take a new one";
                Err(Refusal::field(RefusalCode::KeyReused, field, words).into())
            }
        }
    }
}
