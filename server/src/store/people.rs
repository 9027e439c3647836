//! Users, sessions, sign-in links and tokens. Secrets come in and are compared as hashes only.

use chrono::{DateTime, Utc};
use entity::user::Role;
use entity::{api_token, session, sign_in_link, user};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use uuid::Uuid;

/// The first administrator by age, if there is one.
///
/// # Errors
/// What the database said.
pub async fn first_admin(db: &impl ConnectionTrait) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin))
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
    user::Entity::find_by_id(link.user_id).one(tx).await
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

/// The user of a session that has not ended.
///
/// # Errors
/// What the database said.
pub async fn user_of_session(
    db: &impl ConnectionTrait,
    secret_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<user::Model>, DbErr> {
    let found = session::Entity::find()
        .filter(session::Column::SecretHash.eq(secret_hash))
        .filter(session::Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    user::Entity::find_by_id(found.user_id).one(db).await
}

/// Ends a session.
///
/// # Errors
/// What the database said.
pub async fn end_session(tx: &impl ConnectionTrait, secret_hash: &str) -> Result<(), DbErr> {
    session::Entity::delete_many()
        .filter(session::Column::SecretHash.eq(secret_hash))
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
