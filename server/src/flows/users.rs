//! Administrators keep users; users keep their passwords. There is always an administrator who may come in.

use entity::types::Kind;
use entity::user::{Model, Role};
use serde_json::{Value, json};
use uuid::Uuid;

use super::access::{Desk, first_admin, link_for, name};
use super::audit::{Actor, Change};
use super::knock::{self, Turn};
use crate::app::App;
use crate::auth::password::fault_of;
use crate::error::{Error, Refusal, RefusalCode, Result};
use crate::store::{self, Tx, people, users};

pub(super) const TOO_MANY_TRIES: &str = "too many wrong passwords";

/// What of a user is to be changed; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Patch {
    /// Their name.
    pub name: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they are kept out.
    pub is_disabled: Option<bool>,
}

/// Makes a user; with them the secret part of a link that signs them in once.
///
/// # Errors
/// A name that is none, or taken; or a fault.
pub async fn create(desk: &Desk<'_>, wanted: &str, role: Role) -> Result<(Model, String)> {
    let user = Model {
        id: desk.new_id(),
        name: name(wanted)?,
        role,
        password_hash: None,
        disabled_at: None,
        created_at: desk.now(),
    };
    let tx = store::begin(desk.db).await?;
    people::insert_user(&tx, user.clone())
        .await
        .map_err(taken)?;
    let link = link_for(desk, &tx, user.id).await?;
    let change = Change::new("createUser").of(Kind::User.encode(user.id));
    desk.note(&tx, change.to(shown(&user))).await?;
    tx.commit().await?;
    Ok((user, link))
}

/// Changes a user. Who is disabled is signed out.
///
/// # Errors
/// `NOT_FOUND`, `LAST_ADMIN`, a name that is none, or taken; or a fault.
pub async fn update(desk: &Desk<'_>, id: Uuid, patch: Patch) -> Result<Model> {
    let tx = store::begin(desk.db).await?;
    let admins = users::held_admins(&tx).await?;
    let before = found(&tx, id).await?;
    let mut user = before.clone();
    if let Some(wanted) = patch.name {
        user.name = name(&wanted)?;
    }
    user.role = patch.role.unwrap_or(user.role);
    user.disabled_at = match patch.is_disabled {
        None => user.disabled_at,
        Some(false) => None,
        Some(true) => user.disabled_at.or(Some(desk.now())),
    };
    let stays = user.role == Role::Admin && user.disabled_at.is_none();
    if !stays && admins == [id] {
        let words = "the last administrator who may sign in: make another one first";
        return Err(Refusal::field(RefusalCode::LastAdmin, "id", words).into());
    }
    users::update(&tx, &user).await.map_err(taken)?;
    if user.disabled_at.is_some() {
        people::end_sessions(&tx, id, None).await?;
        people::end_links(&tx, id).await?;
    }
    let change = Change::new("updateUser").of(Kind::User.encode(id));
    let change = change.from(shown(&before)).to(shown(&user));
    desk.note(&tx, change).await?;
    tx.commit().await?;
    Ok(user)
}

/// The secret part of a new one-time link for a user, whose password and sessions stay.
///
/// # Errors
/// `NOT_FOUND`, also for one who is disabled; or a fault.
pub async fn new_link(desk: &Desk<'_>, id: Uuid) -> Result<(Model, String)> {
    let tx = store::begin(desk.db).await?;
    let user = enabled(&tx, id).await?;
    let link = link_for(desk, &tx, id).await?;
    let change = Change::new("createSignInLink").of(Kind::User.encode(id));
    desk.note(&tx, change).await?;
    tx.commit().await?;
    Ok((user, link))
}

/// Takes a user's password away and signs them out everywhere; the secret part of a link by which they come in again.
///
/// # Errors
/// `NOT_FOUND`, also for one who is disabled; or a fault.
pub async fn reset_password(desk: &Desk<'_>, id: Uuid) -> Result<(Model, String)> {
    let tx = store::begin(desk.db).await?;
    let before = enabled(&tx, id).await?;
    let user = Model {
        password_hash: None,
        ..before.clone()
    };
    users::update(&tx, &user).await?;
    let ended = people::end_sessions(&tx, id, None).await?;
    people::end_links(&tx, id).await?;
    let link = link_for(desk, &tx, id).await?;
    let change = Change::new("resetPassword").of(Kind::User.encode(id));
    let change = change.from(shown(&before));
    let change = change.to(json!({ "hasPassword": false, "sessionsEnded": ended }));
    desk.note(&tx, change).await?;
    tx.commit().await?;
    Ok((user, link))
}

/// A new password of one's own. Every other session of the user ends: who had the old one is out.
// Not to be printed: it holds passwords.
pub struct NewPassword {
    /// Whose.
    pub user: Uuid,
    /// The session that stays.
    pub session: Uuid,
    /// The present one, where there is one.
    pub current: Option<String>,
    /// The new one.
    pub wanted: String,
}

/// Sets a user's password.
///
/// # Errors
/// `WEAK_PASSWORD`, `WRONG_PASSWORD`, `TOO_MANY_TRIES`; or a fault.
pub async fn set_password(app: &App, by: &Actor, wish: NewPassword) -> Result<Model> {
    let desk = Desk::of(app, by);
    let user = users::by_id(app.db.read(), wish.user).await?;
    let user = user.ok_or(Error::Unauthenticated)?;
    if let Some(words) = fault_of(&wish.wanted, &user.name) {
        return Err(Refusal::field(RefusalCode::WeakPassword, "newPassword", words).into());
    }
    check_current(app, &user, wish.current).await?;
    let hash = app.passwords.hash(wish.wanted).await?;
    let tx = store::begin(&app.db).await?;
    let before = enabled(&tx, wish.user).await?;
    if before.password_hash != user.password_hash {
        return Err(wrong("it was changed a moment ago").into());
    }
    let user = Model {
        password_hash: Some(hash),
        ..before.clone()
    };
    users::update(&tx, &user).await?;
    let ended = people::end_sessions(&tx, user.id, Some(wish.session)).await?;
    people::end_links(&tx, user.id).await?;
    let change = Change::new("setPassword").of(Kind::User.encode(user.id));
    let change = change.from(shown(&before));
    let change = change.to(json!({ "hasPassword": true, "sessionsEnded": ended }));
    desk.note(&tx, change).await?;
    tx.commit().await?;
    crate::auth::taken_back(app);
    Ok(user)
}

async fn check_current(app: &App, user: &Model, current: Option<String>) -> Result<()> {
    if user.password_hash.is_none() {
        return Ok(());
    }
    let Some(current) = current.filter(|it| it.len() <= crate::auth::password::LONGEST) else {
        return Err(wrong("the present password is needed").into());
    };
    if let Turn::Wait(wait) = knock::own_turn(app, user).await? {
        let refusal = Refusal::field(
            RefusalCode::TooManyTries,
            "currentPassword",
            knock::words(wait),
        );
        return Err(refusal.into());
    }
    let kept = user.password_hash.clone();
    if !app.passwords.is_right(current, kept).await? {
        return Err(wrong("this is not the present password").into());
    }
    knock::right(app, user).await
}

fn wrong(words: &str) -> Refusal {
    Refusal::field(RefusalCode::WrongPassword, "currentPassword", words)
}

/// Gives the first administrator the password of the settings, if they have none.
///
/// # Errors
/// A fault.
pub async fn set_first_password(app: &App) -> Result<()> {
    let Some(password) = app.config.admin_password.clone() else {
        return Ok(());
    };
    let by = Actor::system();
    let desk = Desk::of(app, &by);
    let tx = store::begin(&app.db).await?;
    let admin = first_admin(&desk, &tx).await?;
    tx.commit().await?;
    if admin.password_hash.is_some() {
        return Ok(());
    }
    let hash = app.passwords.hash(password.expose().to_owned()).await?;
    let tx = store::begin(&app.db).await?;
    let before = found(&tx, admin.id).await?;
    if before.password_hash.is_some() {
        return Ok(());
    }
    let user = Model {
        password_hash: Some(hash),
        ..before
    };
    users::update(&tx, &user).await?;
    let change = Change::new("setPassword").of(Kind::User.encode(user.id));
    desk.note(&tx, change.to(shown(&user))).await?;
    Ok(tx.commit().await?)
}

async fn found(tx: &Tx, id: Uuid) -> Result<Model> {
    let unknown = || Refusal::field(RefusalCode::NotFound, "id", "no user has this id");
    Ok(users::by_id(tx, id).await?.ok_or_else(unknown)?)
}

async fn enabled(tx: &Tx, id: Uuid) -> Result<Model> {
    let user = found(tx, id).await?;
    if user.disabled_at.is_none() {
        return Ok(user);
    }
    let words = "this user is disabled: let them in again first";
    Err(Refusal::field(RefusalCode::NotFound, "id", words).into())
}

/// What the audit log says of a user.
fn shown(user: &Model) -> Value {
    json!({
        "name": user.name,
        "role": match user.role {
            Role::Viewer => "VIEWER",
            Role::Operator => "OPERATOR",
            Role::Admin => "ADMIN",
        },
        "isDisabled": user.disabled_at.is_some(),
        "hasPassword": user.password_hash.is_some(),
    })
}

fn taken(error: sea_orm::DbErr) -> Error {
    if store::is_about_content(&error) {
        let words = "another user has this name";
        return Refusal::field(RefusalCode::NameTaken, "name", words).into();
    }
    error.into()
}
