//! Running processes, and the chores that only one of them does at a time.

use chrono::{DateTime, Utc};
use entity::{chore, node};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

/// A node reports itself.
///
/// # Errors
/// What the database said.
pub async fn report(db: &impl ConnectionTrait, node: node::Model) -> Result<(), DbErr> {
    let renew = OnConflict::column(node::Column::Name)
        .update_columns([node::Column::SeenAt, node::Column::Sending])
        .to_owned();
    node::Entity::insert(node.into_active_model())
        .on_conflict(renew)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Nodes that reported themselves since `since`, by name.
///
/// # Errors
/// What the database said.
pub async fn alive(
    db: &impl ConnectionTrait,
    since: DateTime<Utc>,
) -> Result<Vec<node::Model>, DbErr> {
    node::Entity::find()
        .filter(node::Column::SeenAt.gte(since))
        .order_by_asc(node::Column::Name)
        .all(db)
        .await
}

/// A node takes its leave, and those that were not heard of since `before` are forgotten.
///
/// # Errors
/// What the database said.
pub async fn forget(
    db: &impl ConnectionTrait,
    name: &str,
    before: DateTime<Utc>,
) -> Result<(), DbErr> {
    let gone = sea_orm::Condition::any()
        .add(node::Column::Name.eq(name))
        .add(node::Column::SeenAt.lt(before));
    node::Entity::delete_many()
        .filter(gone)
        .exec(db)
        .await
        .map(|_| ())
}

/// Takes a chore that is due at `due_at` or before, so that no other process does it before `next_at`. `None`: it is not
/// due; else the time up to which its work is complete, where it has one.
///
/// # Errors
/// What the database said.
pub async fn take_chore(
    db: &impl ConnectionTrait,
    name: &str,
    due_at: DateTime<Utc>,
    next_at: DateTime<Utc>,
) -> Result<Option<Option<DateTime<Utc>>>, DbErr> {
    let new = chore::Model {
        name: name.to_owned(),
        next_at: due_at,
        done_until: None,
    };
    chore::Entity::insert(new.into_active_model())
        .on_conflict(
            OnConflict::column(chore::Column::Name)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    let taken = chore::Entity::update_many()
        .col_expr(chore::Column::NextAt, next_at.into())
        .filter(chore::Column::Name.eq(name))
        .filter(chore::Column::NextAt.lte(due_at))
        .exec_with_returning(db)
        .await?;
    Ok(taken.into_iter().next().map(|it| it.done_until))
}

/// A chore failed: it is due again at `next_at`.
///
/// # Errors
/// What the database said.
pub async fn chore_failed(
    db: &impl ConnectionTrait,
    name: &str,
    next_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    chore::Entity::update_many()
        .col_expr(chore::Column::NextAt, Expr::value(next_at))
        .filter(chore::Column::Name.eq(name))
        .exec(db)
        .await
        .map(|_| ())
}

/// Notes up to when a chore's work is complete.
///
/// # Errors
/// What the database said.
pub async fn chore_done(
    db: &impl ConnectionTrait,
    name: &str,
    until: DateTime<Utc>,
) -> Result<(), DbErr> {
    chore::Entity::update_many()
        .col_expr(chore::Column::DoneUntil, Expr::value(Some(until)))
        .filter(chore::Column::Name.eq(name))
        .exec(db)
        .await
        .map(|_| ())
}
