//! Who gets in: the first administrator, one-time links, sessions, tokens.

use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::{self, Scope};
use entity::user::{self, Role};
use entity::{session, sign_in_link};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::auth::hash;
use crate::clock::{Clock, Ids, secret};
use crate::error::Result;
use crate::store::{self, Db, people};

/// How long a one-time link works.
pub const LINK_LIFE: TimeDelta = TimeDelta::hours(1);
/// How long a browser stays signed in.
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(14);
/// The first administrator's name, until they choose another.
const FIRST_ADMIN: &str = "admin";

/// The secret part of a new one-time link for the first administrator, who is made if there is none.
///
/// # Errors
/// A fault of the database.
pub async fn new_link(db: &Db, clock: &Clock, ids: &Ids) -> Result<String> {
    let now = clock.now();
    let tx = store::begin(db).await?;
    let admin = first_admin(&tx, ids, now).await?;
    let secret = secret();
    let link = sign_in_link::Model {
        secret_hash: hash(&secret),
        user_id: admin.id,
        expires_at: now + LINK_LIFE,
        used_at: None,
    };
    people::insert_link(&tx, link).await?;
    tx.commit().await?;
    Ok(secret)
}

async fn first_admin(
    tx: &impl ConnectionTrait,
    ids: &Ids,
    now: DateTime<Utc>,
) -> Result<user::Model> {
    if let Some(admin) = people::first_admin(tx).await? {
        return Ok(admin);
    }
    let user = user::Model {
        id: ids.next(now),
        name: FIRST_ADMIN.to_owned(),
        role: Role::Admin,
        password_hash: None,
        disabled_at: None,
        created_at: now,
    };
    people::insert_user(tx, user.clone()).await?;
    Ok(user)
}

/// Uses a link up: the secret of a new session, or `None` when the link is unknown, used or too old.
///
/// # Errors
/// A fault of the database.
pub async fn sign_in(db: &Db, clock: &Clock, ids: &Ids, link: &str) -> Result<Option<String>> {
    let now = clock.now();
    let tx = store::begin(db).await?;
    let Some(user) = people::use_link(&tx, &hash(link), now).await? else {
        return Ok(None);
    };
    let secret = secret();
    let session = session::Model {
        id: ids.next(now),
        user_id: user.id,
        secret_hash: hash(&secret),
        created_at: now,
        user_agent: None,
        client: None,
        last_used_at: None,
        expires_at: now + SESSION_LIFE,
    };
    people::insert_session(&tx, session).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Ends a session.
///
/// # Errors
/// A fault of the database.
pub async fn sign_out(db: &Db, session: &str) -> Result<()> {
    Ok(people::end_session(db.write(), &hash(session)).await?)
}

/// Makes a token; the whole of it is in the answer only.
///
/// # Errors
/// A fault of the database.
pub async fn new_token(
    db: &Db,
    clock: &Clock,
    ids: &Ids,
    wish: TokenWish,
) -> Result<(api_token::Model, String)> {
    let now = clock.now();
    let token = format!("wb_{}", secret());
    let row = api_token::Model {
        id: ids.next(now),
        name: wish.name,
        prefix: token.chars().take(7).collect(),
        secret_hash: hash(&token),
        scope: wish.scope,
        created_at: now,
        expires_at: wish.life.map(|life| now + life),
        revoked_at: None,
        last_used_at: None,
    };
    people::insert_token(db.write(), row.clone()).await?;
    Ok((row, token))
}

/// Takes a token back; false when there is none of this id or it was taken back before.
///
/// # Errors
/// A fault of the database.
pub async fn revoke_token(db: &Db, clock: &Clock, id: Uuid) -> Result<bool> {
    Ok(people::revoke_token(db.write(), id, clock.now()).await?)
}

/// What a token is to be.
#[derive(Clone, Debug)]
pub struct TokenWish {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// How long it works; `None`: for ever.
    pub life: Option<TimeDelta>,
}
