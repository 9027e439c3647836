//! Who is asking: from a cookie or a bearer token to a [`Viewer`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::Scope;
use entity::types::Kind;
use entity::user::Role;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::error::{Error, Fault, Result};
use crate::store::people;

/// The session cookie's name.
pub const COOKIE: &str = "waybill_session";
/// A token's last use is noted at most this often.
const NOTE_USE_EVERY: TimeDelta = TimeDelta::minutes(1);
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
}

/// What a request brought along.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The value of the session cookie.
    Session(String),
    /// A token, `wb_…`.
    Bearer(String),
}

/// The stored form of a secret of 256 bits: its SHA-256, hex. Such secrets can't be guessed, so no slow hash is needed.
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// The viewer behind a credential.
///
/// # Errors
/// [`Error::Unauthenticated`] when it is unknown, ended or revoked; or a fault.
pub async fn viewer(app: &App, credential: &Credential) -> Result<Viewer> {
    let secret = hash(match credential {
        Credential::Session(secret) | Credential::Bearer(secret) => secret,
    });
    if !app.db.is_well()
        && let Some(known) = app.acquaintances.find(&secret, app.now())
    {
        return Ok(known);
    }
    match look_up(app, credential).await {
        Err(Error::Fault(Fault::Database(error))) => {
            tracing::warn!(%error, "who asks could not be looked up");
            let known = app.acquaintances.find(&secret, app.now());
            known.ok_or(Error::Unavailable(
                "the database does not answer, and nobody with this token or session was here lately",
            ))
        }
        known => {
            app.acquaintances
                .note(secret, known.as_ref().ok(), app.now());
            known
        }
    }
}

/// Who was let in lately: they are believed while the database is away, so that the immediate lane stays open.
#[derive(Debug, Default)]
pub struct Acquaintances(Mutex<HashMap<String, (Viewer, DateTime<Utc>)>>);

impl Acquaintances {
    fn note(&self, secret: String, viewer: Option<&Viewer>, now: DateTime<Utc>) {
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

    fn find(&self, secret: &str, now: DateTime<Utc>) -> Option<Viewer> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (viewer, at) = known.get(secret)?;
        (now - *at < LATELY).then(|| viewer.clone())
    }
}

async fn look_up(app: &App, credential: &Credential) -> Result<Viewer> {
    let now = app.now();
    match credential {
        Credential::Session(secret) => {
            let user = people::user_of_session(app.db.read(), &hash(secret), now).await?;
            let user = user.ok_or(Error::Unauthenticated)?;
            Ok(Viewer {
                id: Kind::User.encode(user.id),
                name: user.name,
                role: user.role,
            })
        }
        Credential::Bearer(token) => {
            let token = people::live_token(app.db.read(), &hash(token), now).await?;
            let token = token.ok_or(Error::Unauthenticated)?;
            if token
                .last_used_at
                .is_none_or(|at| now - at > NOTE_USE_EVERY)
            {
                people::token_used(app.db.write(), token.id, now).await?;
            }
            let role = match token.scope {
                Scope::Read => Role::Viewer,
                Scope::Send => Role::Operator,
                Scope::Manage => Role::Admin,
            };
            Ok(Viewer {
                id: Kind::ApiToken.encode(token.id),
                name: token.name,
                role,
            })
        }
    }
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
