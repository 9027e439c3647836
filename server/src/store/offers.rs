//! Lists and buttons that the provider knows: by what they show, each registered once.

use chrono::{DateTime, Utc};
use entity::content_resource::{Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};

/// The provider's id of what has this hash; `None`: it is not registered.
///
/// # Errors
/// What the database said.
pub async fn find(db: &impl ConnectionTrait, hash: &str) -> Result<Option<String>, DbErr> {
    let found = Entity::find_by_id(hash).one(db).await?;
    Ok(found.map(|it| it.content_sid))
}

/// Notes that something is registered; whoever was first stays.
///
/// # Errors
/// What the database said.
pub async fn note(
    db: &impl ConnectionTrait,
    hash: &str,
    content_sid: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = Model {
        hash: hash.to_owned(),
        content_sid: content_sid.to_owned(),
        created_at: now,
    };
    let on_known = OnConflict::column(Column::Hash).do_nothing().to_owned();
    Entity::insert(row.into_active_model())
        .on_conflict(on_known)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Forgets what the provider does not know any more: it is registered again when it is needed.
///
/// # Errors
/// What the database said.
pub async fn forget(db: &impl ConnectionTrait, content_sid: &str) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ContentSid.eq(content_sid))
        .exec(db)
        .await
        .map(|_| ())
}

/// Forgets all of it.
///
/// # Errors
/// What the database said.
pub async fn forget_all(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    Entity::delete_many().exec(db).await.map(|_| ())
}
