//! Somebody who may come in, and who was let in lately.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use entity::user::Role;
use uuid::Uuid;

use crate::error::{Error, Result};

/// For so long somebody is believed whom the database can't be asked about.
const LATELY: TimeDelta = TimeDelta::minutes(15);
const ACQUAINTANCES: usize = 1_000;
/// For so long the database is not asked again: what another process takes back counts after it.
const FRESH: Duration = Duration::from_millis(250);

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

/// Who was let in lately: they are believed while the database is away, so that the immediate lane stays open, and for a
/// moment without asking it again.
#[derive(Debug, Default)]
pub struct Acquaintances(Mutex<HashMap<String, Acquaintance>>);

#[derive(Debug)]
struct Acquaintance {
    viewer: Viewer,
    /// By the product's clock.
    at: DateTime<Utc>,
    /// When the database was asked; `None`: it has to be asked again.
    asked_at: Option<Instant>,
}

impl Acquaintances {
    pub(super) fn note(&self, secret: String, viewer: Option<&Viewer>, now: DateTime<Utc>) {
        let mut known = self.known();
        match viewer {
            Some(viewer) => {
                if known.len() >= ACQUAINTANCES {
                    known.retain(|_, it| now - it.at < LATELY);
                }
                if known.len() < ACQUAINTANCES {
                    let noted = Acquaintance {
                        viewer: viewer.clone(),
                        at: now,
                        asked_at: Some(Instant::now()),
                    };
                    known.insert(secret, noted);
                }
            }
            None => {
                known.remove(&secret);
            }
        }
    }

    pub(super) fn find(&self, secret: &str, now: DateTime<Utc>) -> Option<Viewer> {
        let known = self.known();
        let found = known.get(secret)?;
        (now - found.at < LATELY).then(|| found.viewer.clone())
    }

    /// Somebody of whom the database was asked a moment ago.
    pub(super) fn fresh(&self, secret: &str, now: DateTime<Utc>) -> Option<Viewer> {
        let known = self.known();
        let found = known.get(secret)?;
        let is_fresh = found.asked_at.is_some_and(|it| it.elapsed() < FRESH);
        // A clock that was set knows better than we who has run out.
        (is_fresh && (now - found.at).abs() < TimeDelta::seconds(1)).then(|| found.viewer.clone())
    }

    /// Has the database asked of everybody again: some right was taken back.
    pub(super) fn doubt(&self) {
        self.known().values_mut().for_each(|it| it.asked_at = None);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Acquaintance>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
