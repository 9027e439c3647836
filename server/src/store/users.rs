//! Users as administrators keep them, and failed sign-ins.

use chrono::{DateTime, Utc};
use entity::sign_in_failure;
use entity::user::{self, Role};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

/// Every user, by name.
///
/// # Errors
/// What the database said.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<user::Model>, DbErr> {
    user::Entity::find()
        .order_by_asc(user::Column::Name)
        .all(db)
        .await
}

/// One user.
///
/// # Errors
/// What the database said.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).one(db).await
}

/// The user of a name.
///
/// # Errors
/// What the database said.
pub async fn by_name(db: &impl ConnectionTrait, name: &str) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find()
        .filter(user::Column::Name.eq(name))
        .one(db)
        .await
}

/// The administrators who may come in, held as they are until the transaction ends.
///
/// # Errors
/// What the database said.
pub async fn held_admins(tx: &impl ConnectionTrait) -> Result<Vec<Uuid>, DbErr> {
    let admins = user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin))
        .filter(user::Column::DisabledAt.is_null())
        .order_by_asc(user::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    Ok(admins.into_iter().map(|it| it.id).collect())
}

/// Stores what a user is now.
///
/// # Errors
/// What the database said; a taken name breaks a constraint.
pub async fn update(tx: &impl ConnectionTrait, user: &user::Model) -> Result<(), DbErr> {
    use user::Column;
    user::Entity::update_many()
        .col_expr(Column::Name, user.name.clone().into())
        .col_expr(Column::Role, Expr::value(user.role))
        .col_expr(Column::PasswordHash, user.password_hash.clone().into())
        .col_expr(Column::DisabledAt, user.disabled_at.into())
        .filter(Column::Id.eq(user.id))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Failed sign-ins of some accounts and addresses.
///
/// # Errors
/// What the database said.
pub async fn failures(
    db: &impl ConnectionTrait,
    keys: &[String],
) -> Result<Vec<sign_in_failure::Model>, DbErr> {
    sign_in_failure::Entity::find()
        .filter(sign_in_failure::Column::Key.is_in(keys))
        .all(db)
        .await
}

/// Counts one more failure of an account or address; what it is now.
///
/// # Errors
/// What the database said.
pub async fn count_failure(
    tx: &impl ConnectionTrait,
    key: &str,
    now: DateTime<Utc>,
) -> Result<sign_in_failure::Model, DbErr> {
    use sign_in_failure::{Column, Entity, Model};
    let first = Model {
        key: key.to_owned(),
        count: 1,
        last_at: now,
        locked_until: None,
    };
    let more = OnConflict::column(Column::Key)
        .value(Column::Count, Expr::col((Entity, Column::Count)).add(1))
        .value(Column::LastAt, now)
        .to_owned();
    Entity::insert(first.into_active_model())
        .on_conflict(more)
        .exec_with_returning(tx)
        .await
}

/// Locks an account or address.
///
/// # Errors
/// What the database said.
pub async fn lock(tx: &impl ConnectionTrait, key: &str, until: DateTime<Utc>) -> Result<(), DbErr> {
    use sign_in_failure::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::LockedUntil, Some(until).into())
        .filter(Column::Key.eq(key))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Forgets the failures of accounts and addresses.
///
/// # Errors
/// What the database said.
pub async fn forgive(tx: &impl ConnectionTrait, keys: &[String]) -> Result<(), DbErr> {
    use sign_in_failure::{Column, Entity};
    Entity::delete_many()
        .filter(Column::Key.is_in(keys))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Forgets failures that are older than `before`.
///
/// # Errors
/// What the database said.
pub async fn forget_failures(
    tx: &impl ConnectionTrait,
    before: DateTime<Utc>,
) -> Result<(), DbErr> {
    use sign_in_failure::{Column, Entity};
    Entity::delete_many()
        .filter(Column::LastAt.lt(before))
        .exec(tx)
        .await
        .map(|_| ())
}
