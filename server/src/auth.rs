//! Who is asking: from a cookie or a bearer token to a [`Viewer`].

pub mod guests;
pub mod password;
pub mod viewer;

use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::Scope;
use entity::types::Kind;
use entity::user::Role;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::error::{Error, Fault, Result};
use crate::store::people;

pub use viewer::{Pass, Viewer};

/// The session cookie's name.
pub const COOKIE: &str = "waybill_session";
/// A token's or session's last use is noted at most this often.
const NOTE_USE_EVERY: TimeDelta = TimeDelta::minutes(1);

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
    if let Some(known) = app.acquaintances.fresh(&secret, app.now()) {
        return Ok(known);
    }
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

async fn look_up(app: &App, credential: &Credential) -> Result<Viewer> {
    let now = app.now();
    match credential {
        Credential::Session(secret) => {
            let found = people::user_of_session(app.db.read(), &hash(secret), now).await?;
            let (session, user) = found.ok_or(Error::Unauthenticated)?;
            if is_stale(session.last_used_at, now) {
                people::session_used(app.db.write(), session.id, now).await?;
            }
            let pass = Pass::Session {
                id: session.id,
                user: user.id,
            };
            Ok(Viewer {
                id: Kind::User.encode(user.id),
                name: user.name,
                role: user.role,
                pass,
                client: None,
            })
        }
        Credential::Bearer(token) => {
            let token = people::live_token(app.db.read(), &hash(token), now).await?;
            let token = token.ok_or(Error::Unauthenticated)?;
            if is_stale(token.last_used_at, now) {
                people::token_used(app.db.write(), token.id, now).await?;
            }
            Ok(Viewer {
                id: Kind::ApiToken.encode(token.id),
                name: token.name,
                role: role_of(token.scope),
                pass: Pass::Token(token.id),
                client: None,
            })
        }
    }
}

/// Some right was taken back: nobody comes in by it any more, and who is inside is shown out.
pub fn taken_back(app: &App) {
    app.acquaintances.doubt();
    app.guests.look_now();
}

/// The role whose rights a token has.
pub(crate) fn role_of(scope: Scope) -> Role {
    match scope {
        Scope::Read => Role::Viewer,
        Scope::Send => Role::Operator,
        Scope::Manage => Role::Admin,
    }
}

fn is_stale(noted: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    noted.is_none_or(|at| now - at > NOTE_USE_EVERY)
}
