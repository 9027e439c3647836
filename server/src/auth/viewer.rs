//! Somebody who may come in, and who was let in lately.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use entity::user::Role;
use uuid::Uuid;

use crate::error::{Error, Result};

/// For so long somebody is believed whom the database can't be asked about.
const LATELY: TimeDelta = TimeDelta::minutes(15);
const ACQUAINTANCES: usize = 1_000;

/// Somebody who may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// `usr_…` or `tok_…`
    pub id: String,
    /// The user's or the token's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What let them in.
    pub pass: Pass,
    /// The address they ask from, where it is known.
    pub client: Option<IpAddr>,
}

/// What lets somebody in: it can be taken back while they are inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pass {
    /// A user's session.
    Session {
        /// Its id.
        id: Uuid,
        /// Whose it is.
        user: Uuid,
    },
    /// A program's token.
    Token(Uuid),
}

impl Viewer {
    /// Lets a viewer pass who may do what `role` may.
    ///
    /// # Errors
    /// [`Error::Forbidden`] with the role needed.
    pub fn needs(&self, role: Role) -> Result<()> {
        if self.role >= role {
            return Ok(());
        }
        Err(Error::Forbidden(match role {
            Role::Viewer => "the role VIEWER or a token with the scope read",
            Role::Operator => "the role OPERATOR or a token with the scope send",
            Role::Admin => "the role ADMIN or a token with the scope manage",
        }))
    }
}

/// Who was let in lately: they are believed while the database is away, so that the immediate lane stays open.
#[derive(Debug, Default)]
pub struct Acquaintances(Mutex<HashMap<String, (Viewer, DateTime<Utc>)>>);

impl Acquaintances {
    pub(super) fn note(&self, secret: String, viewer: Option<&Viewer>, now: DateTime<Utc>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match viewer {
            Some(viewer) => {
                if known.len() >= ACQUAINTANCES {
                    known.retain(|_, (_, at)| now - *at < LATELY);
                }
                if known.len() < ACQUAINTANCES {
                    known.insert(secret, (viewer.clone(), now));
                }
            }
            None => {
                known.remove(&secret);
            }
        }
    }

    pub(super) fn find(&self, secret: &str, now: DateTime<Utc>) -> Option<Viewer> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (viewer, at) = known.get(secret)?;
        (now - *at < LATELY).then(|| viewer.clone())
    }
}
