//! Who gets in: the first administrator, one-time links, sessions, tokens. Every change is in the audit log.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::{self, Scope};
use entity::types::Kind;
use entity::user::{self, Role};
use entity::{session, sign_in_link};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::auth::hash;
use crate::clock::{Clock, Ids, secret};
use crate::error::{Refusal, RefusalCode, Result};
use crate::store::{self, Db, Tx, people};

/// How long a one-time link works.
pub const LINK_LIFE: TimeDelta = TimeDelta::hours(1);
/// How long a browser stays signed in.
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(14);
/// A session that was used after so long gets a new secret.
const ROTATE_AFTER: TimeDelta = TimeDelta::days(1);
/// For so long the old secret goes on working: requests with it may be under way.
const ROTATE_GRACE: TimeDelta = TimeDelta::minutes(1);
/// What ended so long ago is deleted.
const FORGET_AFTER: TimeDelta = TimeDelta::days(30);
/// The first administrator's name, until they choose another.
const FIRST_ADMIN: &str = "admin";
/// Longest name of a user or token, in characters.
const LONGEST_NAME: usize = 100;
/// Longest name of a browser that is kept, in characters.
const LONGEST_AGENT: usize = 300;

/// What a change of access needs: the database, time, ids, and who makes it.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The database.
    pub db: &'a Db,
    /// Time.
    pub clock: &'a Clock,
    /// Ids.
    pub ids: &'a Ids,
    /// Who makes the change.
    pub by: &'a Actor,
}

impl<'a> Desk<'a> {
    /// The desk of a running server.
    pub fn of(app: &'a App, by: &'a Actor) -> Self {
        Self {
            db: &app.db,
            clock: &app.clock,
            ids: &app.ids,
            by,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(super) fn new_id(&self) -> Uuid {
        self.ids.next(self.clock.now())
    }

    pub(super) async fn note(&self, tx: &impl ConnectionTrait, change: Change) -> Result<()> {
        audit::note(tx, (self.new_id(), self.now()), self.by, change).await
    }
}

/// A browser that signs in.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// As it names itself.
    pub user_agent: Option<String>,
    /// Where it asks from.
    pub client: Option<IpAddr>,
}

/// The secret part of a new one-time link for the first administrator, who is made if there is none.
///
/// # Errors
/// A fault of the database.
pub async fn new_link(db: &Db, clock: &Clock, ids: &Ids) -> Result<String> {
    let by = &Actor::cli();
    let desk = Desk { db, clock, ids, by };
    let tx = store::begin(db).await?;
    let admin = first_admin(&desk, &tx).await?;
    let secret = link_for(&desk, &tx, admin.id).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The secret part of a new one-time link for a user.
pub(super) async fn link_for(desk: &Desk<'_>, tx: &Tx, user: Uuid) -> Result<String> {
    let secret = secret();
    let link = sign_in_link::Model {
        secret_hash: hash(&secret),
        user_id: user,
        expires_at: desk.now() + LINK_LIFE,
        used_at: None,
    };
    people::insert_link(tx, link).await?;
    Ok(secret)
}

pub(super) async fn first_admin(desk: &Desk<'_>, tx: &Tx) -> Result<user::Model> {
    if let Some(admin) = people::first_admin(tx).await? {
        return Ok(admin);
    }
    let user = user::Model {
        id: desk.new_id(),
        name: FIRST_ADMIN.to_owned(),
        role: Role::Admin,
        password_hash: None,
        disabled_at: None,
        created_at: desk.now(),
    };
    people::insert_user(tx, user.clone()).await?;
    Ok(user)
}

/// Uses a link up: the secret of a new session, or `None` when the link is unknown, used or too old, or its user may not
/// come in.
///
/// # Errors
/// A fault of the database.
pub async fn sign_in(app: &App, link: &str, browser: Browser) -> Result<Option<String>> {
    let tx = store::begin(&app.db).await?;
    let Some(user) = people::use_link(&tx, &hash(link), app.now()).await? else {
        return Ok(None);
    };
    let secret = begin_session(app, &tx, &user, browser).await?;
    tx.commit().await?;
    super::knock::right(app, &user).await?;
    Ok(Some(secret))
}

/// Begins a user's session; its secret.
pub(super) async fn begin_session(
    app: &App,
    tx: &Tx,
    user: &user::Model,
    browser: Browser,
) -> Result<String> {
    let (now, secret) = (app.now(), secret());
    let agent = browser.user_agent.as_deref();
    let session = session::Model {
        id: app.new_id(),
        user_id: user.id,
        secret_hash: hash(&secret),
        created_at: now,
        user_agent: agent.map(|it| it.chars().take(LONGEST_AGENT).collect()),
        client: browser.client.map(|it| it.to_string()),
        last_used_at: Some(now),
        expires_at: now + SESSION_LIFE,
    };
    let by = Actor {
        id: Kind::User.encode(user.id),
        name: user.name.clone(),
        client: browser.client,
    };
    let change = Change::new("signIn").of(Kind::Session.encode(session.id));
    people::forget_ended(tx, now - FORGET_AFTER).await?;
    people::insert_session(tx, session).await?;
    audit::note(tx, (app.new_id(), now), &by, change).await?;
    Ok(secret)
}

/// A new secret for a session that has been used for a day: a stolen one does not work for ever. `None`: not yet, or it has
/// ended. The old one works for another minute.
///
/// # Errors
/// A fault of the database.
pub async fn rotate(app: &App, secret: &str) -> Result<Option<String>> {
    let now = app.now();
    let found = people::user_of_session(app.db.read(), &hash(secret), now).await?;
    let is_due = |it: &session::Model| {
        let life = it.expires_at - now;
        life > ROTATE_GRACE && life < SESSION_LIFE - ROTATE_AFTER
    };
    let Some((old, _)) = found.filter(|it| is_due(&it.0)) else {
        return Ok(None);
    };
    let tx = store::begin(&app.db).await?;
    if !people::shorten_session(&tx, &old, now + ROTATE_GRACE).await? {
        return Ok(None);
    }
    let secret = crate::clock::secret();
    let fresh = session::Model {
        id: app.new_id(),
        secret_hash: hash(&secret),
        last_used_at: Some(now),
        expires_at: now + SESSION_LIFE,
        ..old
    };
    people::insert_session(&tx, fresh).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Ends a session by its id; one of another user only where `whose` is nobody.
///
/// # Errors
/// `NOT_FOUND`; or a fault.
pub async fn revoke_session(desk: &Desk<'_>, id: Uuid, whose: Option<Uuid>) -> Result<()> {
    let tx = store::begin(desk.db).await?;
    let found = people::session(&tx, id).await?;
    let is_theirs = |it: &session::Model| whose.is_none_or(|user| user == it.user_id);
    let Some(session) = found.filter(is_theirs) else {
        return Err(Refusal::field(RefusalCode::NotFound, "id", "no session has this id").into());
    };
    people::end_session(&tx, id).await?;
    let change = Change::new("revokeSession").of(Kind::Session.encode(id));
    let change = change.from(json!({ "user": Kind::User.encode(session.user_id) }));
    desk.note(&tx, change).await?;
    Ok(tx.commit().await?)
}

/// Ends all of a user's sessions; how many.
///
/// # Errors
/// A fault of the database.
pub async fn sign_out_everywhere(desk: &Desk<'_>, user: Uuid) -> Result<u64> {
    let tx = store::begin(desk.db).await?;
    let ended = people::end_sessions(&tx, user, None).await?;
    let change = Change::new("signOutEverywhere").of(Kind::User.encode(user));
    desk.note(&tx, change.to(json!({ "sessions": ended })))
        .await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends the session of a secret, if there is one.
///
/// # Errors
/// A fault of the database.
pub async fn sign_out(app: &App, secret: &str, client: Option<IpAddr>) -> Result<()> {
    let found = people::user_of_session(app.db.read(), &hash(secret), app.now()).await?;
    let Some((session, user)) = found else {
        return Ok(());
    };
    let by = Actor {
        id: Kind::User.encode(user.id),
        name: user.name,
        client,
    };
    let tx = store::begin(&app.db).await?;
    people::end_session(&tx, session.id).await?;
    let change = Change::new("signOut").of(Kind::Session.encode(session.id));
    audit::note(&tx, (app.new_id(), app.now()), &by, change).await?;
    tx.commit().await?;
    crate::auth::taken_back(app);
    Ok(())
}

/// Makes a token from the command line; the whole of it is in the answer only.
///
/// # Errors
/// See [`create_token`].
pub async fn new_token(
    db: &Db,
    clock: &Clock,
    ids: &Ids,
    wish: TokenWish,
) -> Result<(api_token::Model, String)> {
    let by = &Actor::cli();
    create_token(&Desk { db, clock, ids, by }, wish).await
}

/// Makes a token; the whole of it is in the answer only.
///
/// # Errors
/// A name that is none; or a fault of the database.
pub async fn create_token(desk: &Desk<'_>, wish: TokenWish) -> Result<(api_token::Model, String)> {
    let (row, token) = blank_token(desk, &wish)?;
    let tx = store::begin(desk.db).await?;
    keep_token(desk, &tx, &row).await?;
    tx.commit().await?;
    Ok((row, token))
}

/// A new token, not stored yet, and the whole of it.
pub(super) fn blank_token(desk: &Desk<'_>, wish: &TokenWish) -> Result<(api_token::Model, String)> {
    let now = desk.now();
    let token = format!("wb_{}", secret());
    let row = api_token::Model {
        id: desk.new_id(),
        name: name(&wish.name)?,
        prefix: token.chars().take(7).collect(),
        secret_hash: hash(&token),
        scope: wish.scope,
        created_at: now,
        expires_at: wish.life.map(|life| now + life),
        revoked_at: None,
        last_used_at: None,
    };
    Ok((row, token))
}

/// Stores it.
pub(super) async fn keep_token(desk: &Desk<'_>, tx: &Tx, row: &api_token::Model) -> Result<()> {
    let change = Change::new("createToken").of(Kind::ApiToken.encode(row.id));
    people::insert_token(tx, row.clone()).await?;
    desk.note(tx, change.to(told(row))).await
}

/// What of a token is told in the audit log.
fn told(it: &api_token::Model) -> Value {
    json!({ "name": it.name, "scope": scope_word(it.scope), "expiresAt": it.expires_at })
}

/// Takes a token back; `None` when there is none of this id or it was taken back before.
///
/// # Errors
/// A fault of the database.
pub async fn revoke_token(desk: &Desk<'_>, id: Uuid) -> Result<Option<api_token::Model>> {
    let tx = store::begin(desk.db).await?;
    if !people::revoke_token(&tx, id, desk.now()).await? {
        return Ok(None);
    }
    let token = people::token(&tx, id).await?;
    let before = token.as_ref().map_or(Value::Null, told);
    let change = Change::new("revokeToken").of(Kind::ApiToken.encode(id));
    let after = json!({ "revokedAt": desk.now() });
    desk.note(&tx, change.from(before).to(after)).await?;
    tx.commit().await?;
    Ok(token)
}

fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "READ",
        Scope::Send => "SEND",
        Scope::Manage => "MANAGE",
    }
}

/// A name of a user or token, checked.
pub(super) fn name(text: &str) -> Result<String> {
    let name = text.trim();
    let refused = |code, words| Err(Refusal::field(code, "name", words).into());
    if name.is_empty() {
        return refused(RefusalCode::Required, "a name is needed");
    }
    if name.chars().count() > LONGEST_NAME {
        return refused(RefusalCode::TooLong, "at most 100 characters");
    }
    if name.chars().any(char::is_control) {
        return refused(
            RefusalCode::InvalidContent,
            "one line, without control characters",
        );
    }
    Ok(name.to_owned())
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
