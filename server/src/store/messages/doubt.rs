//! Messages of which nobody knows how they stand: asked about too late, or never answered.

use chrono::{DateTime, Utc};
use entity::message::{Column, Entity, Model};
use entity::types::MessageStatus;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

/// Messages that may have been left behind.
#[derive(Clone, Copy, Debug)]
pub enum Stale {
    /// Nobody knows yet whether the provider took them.
    Unconfirmed,
    /// The provider took them and has not reported their end.
    Unfinished,
}

/// Where a walk through stale messages stands: when the last one changed, and its id.
pub type Place = (DateTime<Utc>, Uuid);

/// Stale messages that changed before `until`, oldest first, those after a place only.
///
/// # Errors
/// What the database said.
pub async fn stale(
    db: &impl ConnectionTrait,
    which: Stale,
    after: Option<Place>,
    until: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    // Word for word as in the partial indexes.
    let condition = match which {
        Stale::Unconfirmed => "status = 'UNCONFIRMED'",
        Stale::Unfinished => "status IN ('ACCEPTED', 'SENT')",
    };
    let mut select = Entity::find()
        .filter(Expr::cust(condition))
        .filter(Column::UpdatedAt.lt(until));
    if let Some((at, id)) = after {
        let later = Condition::any()
            .add(Column::UpdatedAt.gt(at))
            .add(Column::Id.gt(id));
        select = select.filter(Column::UpdatedAt.gte(at)).filter(later);
    }
    select
        .order_by_asc(Column::UpdatedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Whether another message between the same two may be the one that the provider's list shows.
///
/// # Errors
/// What the database said.
pub async fn has_rival(db: &impl ConnectionTrait, of: &Model) -> Result<bool, DbErr> {
    // Of two unconfirmed messages with the same text each may take either of the two in the list; one that is being sent has
    // its own.
    let alike = match &of.body {
        Some(body) => Condition::all()
            .add(Column::Body.eq(body))
            .add(Column::Status.eq(MessageStatus::Sending)),
        None => Condition::all(),
    };
    let rival = Entity::find()
        .filter(Column::Id.ne(of.id))
        .filter(Column::ToAddress.eq(&of.to_address))
        .filter(Column::FromAddress.eq(&of.from_address))
        .filter(Expr::cust(
            "status IN ('QUEUED', 'SENDING', 'UNCONFIRMED') AND status <> 'QUEUED'",
        ))
        .filter(alike)
        .limit(1)
        .one(db)
        .await?;
    Ok(rival.is_some())
}
