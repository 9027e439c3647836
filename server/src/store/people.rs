//! Users, sessions, sign-in links and tokens. Secrets come in and are compared as hashes only.

use chrono::{DateTime, Utc};
use entity::user::Role;
use entity::{api_token, session, sign_in_link, user};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder,
};
use uuid::Uuid;

/// Ids of one statement.
const MOST_IDS: usize = 500;

/// The first administrator by age who may come in, if there is one.
///
/// # Errors
/// What the database said.
pub async fn first_admin(db: &impl ConnectionTrait) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin))
        .filter(user::Column::DisabledAt.is_null())
        .order_by_asc(user::Column::Id)
        .one(db)
        .await
}

/// Stores a user.
///
/// # Errors
/// What the database said; a taken name breaks a constraint.
pub async fn insert_user(tx: &impl ConnectionTrait, user: user::Model) -> Result<(), DbErr> {
    user::Entity::insert(user.into_active_model())
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// Stores a sign-in link.
///
/// # Errors
/// What the database said.
pub async fn insert_link(
    tx: &impl ConnectionTrait,
    link: sign_in_link::Model,
) -> Result<(), DbErr> {
    sign_in_link::Entity::insert(link.into_active_model())
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// Uses up a link: the user it signs in, or `None` when it is unknown, used or too old.
///
/// # Errors
/// What the database said.
pub async fn use_link(
    tx: &impl ConnectionTrait,
    secret_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<user::Model>, DbErr> {
    use sign_in_link::Column;
    let used = sign_in_link::Entity::update_many()
        .col_expr(Column::UsedAt, Some(now).into())
        .filter(Column::SecretHash.eq(secret_hash))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(tx)
        .await?;
    let Some(link) = used.into_iter().next() else {
        return Ok(None);
    };
    let whose = user::Entity::find_by_id(link.user_id).one(tx).await?;
    Ok(whose.filter(|it| it.disabled_at.is_none()))
}

/// Ends the one-time links of a user that nobody used.
///
/// # Errors
/// What the database said.
pub async fn end_links(tx: &impl ConnectionTrait, user_id: Uuid) -> Result<(), DbErr> {
    sign_in_link::Entity::delete_many()
        .filter(sign_in_link::Column::UserId.eq(user_id))
        .filter(sign_in_link::Column::UsedAt.is_null())
        .exec(tx)
        .await
        .map(|_| ())
}

/// Stores a session.
///
/// # Errors
/// What the database said.
pub async fn insert_session(
    tx: &impl ConnectionTrait,
    session: session::Model,
) -> Result<(), DbErr> {
    session::Entity::insert(session.into_active_model())
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// A session that has not ended, with its user, who may come in.
///
/// # Errors
/// What the database said.
pub async fn user_of_session(
    db: &impl ConnectionTrait,
    secret_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<(session::Model, user::Model)>, DbErr> {
    let found = session::Entity::find()
        .filter(session::Column::SecretHash.eq(secret_hash))
        .filter(session::Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let user = user::Entity::find_by_id(found.user_id).one(db).await?;
    let user = user.filter(|it| it.disabled_at.is_none());
    Ok(user.map(|it| (found, it)))
}

/// Those of some sessions that have not ended, with their users, who may come in.
///
/// # Errors
/// What the database said.
pub async fn live_sessions(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<(session::Model, user::Model)>, DbErr> {
    let mut live = Vec::new();
    for ids in ids.chunks(MOST_IDS) {
        let found = session::Entity::find()
            .filter(session::Column::Id.is_in(ids.iter().copied()))
            .filter(session::Column::ExpiresAt.gt(now))
            .all(db)
            .await?;
        let users = user::Entity::find()
            .filter(user::Column::Id.is_in(found.iter().map(|it| it.user_id)))
            .filter(user::Column::DisabledAt.is_null())
            .all(db)
            .await?;
        live.extend(found.into_iter().filter_map(|session| {
            let user = users.iter().find(|it| it.id == session.user_id)?.clone();
            Some((session, user))
        }));
    }
    Ok(live)
}

/// Those of some tokens that are neither revoked nor too old.
///
/// # Errors
/// What the database said.
pub async fn live_tokens(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<api_token::Model>, DbErr> {
    let mut live = Vec::new();
    for ids in ids.chunks(MOST_IDS) {
        let found = api_token::Entity::find()
            .filter(api_token::Column::Id.is_in(ids.iter().copied()))
            .filter(api_token::Column::RevokedAt.is_null())
            .all(db)
            .await?;
        live.extend(
            found
                .into_iter()
                .filter(|it| it.expires_at.is_none_or(|end| end > now)),
        );
    }
    Ok(live)
}

/// Notes a session's use.
///
/// # Errors
/// What the database said.
pub async fn session_used(
    tx: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::LastUsedAt, Some(now).into())
        .filter(session::Column::Id.eq(id))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Sessions that have not ended, newest first: of one user, or of all.
///
/// # Errors
/// What the database said.
pub async fn sessions(
    db: &impl ConnectionTrait,
    user: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<session::Model>, DbErr> {
    session::Entity::find()
        .filter(Condition::all().add_option(user.map(|it| session::Column::UserId.eq(it))))
        .filter(session::Column::ExpiresAt.gt(now))
        .order_by_desc(session::Column::Id)
        .all(db)
        .await
}

/// One session.
///
/// # Errors
/// What the database said.
pub async fn session(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<session::Model>, DbErr> {
    session::Entity::find_by_id(id).one(db).await
}

/// Sessions by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn sessions_by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<session::Model>, DbErr> {
    let those = session::Column::Id.is_in(ids);
    session::Entity::find().filter(those).all(db).await
}

/// Ends a user's sessions but one; how many.
///
/// # Errors
/// What the database said.
pub async fn end_sessions(
    tx: &impl ConnectionTrait,
    user: Uuid,
    but: Option<Uuid>,
) -> Result<u64, DbErr> {
    let ended = session::Entity::delete_many()
        .filter(session::Column::UserId.eq(user))
        .filter(Condition::all().add_option(but.map(|it| session::Column::Id.ne(it))))
        .exec(tx)
        .await?;
    Ok(ended.rows_affected)
}

/// Brings a session's end nearer, if it is still what it was; whether it was.
///
/// # Errors
/// What the database said.
pub async fn shorten_session(
    tx: &impl ConnectionTrait,
    session: &session::Model,
    to: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let changed = session::Entity::update_many()
        .col_expr(session::Column::ExpiresAt, to.into())
        .filter(session::Column::Id.eq(session.id))
        .filter(session::Column::ExpiresAt.eq(session.expires_at))
        .exec(tx)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Ends a session; whether there was one.
///
/// # Errors
/// What the database said.
pub async fn end_session(tx: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    let ended = session::Entity::delete_by_id(id).exec(tx).await?;
    Ok(ended.rows_affected == 1)
}

/// Deletes sessions and sign-in links that ended before a time.
///
/// # Errors
/// What the database said.
pub async fn forget_ended(tx: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<(), DbErr> {
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lt(before))
        .exec(tx)
        .await?;
    sign_in_link::Entity::delete_many()
        .filter(sign_in_link::Column::ExpiresAt.lt(before))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Stores a token.
///
/// # Errors
/// What the database said.
pub async fn insert_token(tx: &impl ConnectionTrait, token: api_token::Model) -> Result<(), DbErr> {
    api_token::Entity::insert(token.into_active_model())
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// One token.
///
/// # Errors
/// What the database said.
pub async fn token(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<api_token::Model>, DbErr> {
    api_token::Entity::find_by_id(id).one(db).await
}

/// Tokens by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn tokens_by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<api_token::Model>, DbErr> {
    let those = api_token::Column::Id.is_in(ids);
    api_token::Entity::find().filter(those).all(db).await
}

/// Every token, newest first.
///
/// # Errors
/// What the database said.
pub async fn tokens(db: &impl ConnectionTrait) -> Result<Vec<api_token::Model>, DbErr> {
    api_token::Entity::find()
        .order_by_desc(api_token::Column::Id)
        .all(db)
        .await
}

/// The token of a hash, where it is neither revoked nor too old.
///
/// # Errors
/// What the database said.
pub async fn live_token(
    db: &impl ConnectionTrait,
    secret_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<api_token::Model>, DbErr> {
    use api_token::Column;
    let found = api_token::Entity::find()
        .filter(Column::SecretHash.eq(secret_hash))
        .filter(Column::RevokedAt.is_null())
        .one(db)
        .await?;
    Ok(found.filter(|it| it.expires_at.is_none_or(|end| end > now)))
}

/// Notes a token's use.
///
/// # Errors
/// What the database said.
pub async fn token_used(
    tx: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    api_token::Entity::update_many()
        .col_expr(api_token::Column::LastUsedAt, Some(now).into())
        .filter(api_token::Column::Id.eq(id))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Takes a token back; false when there is none of this id or it was taken back before.
///
/// # Errors
/// What the database said.
pub async fn revoke_token(
    tx: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let revoked = api_token::Entity::update_many()
        .col_expr(api_token::Column::RevokedAt, Some(now).into())
        .filter(api_token::Column::Id.eq(id))
        .filter(api_token::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(revoked.rows_affected == 1)
}
