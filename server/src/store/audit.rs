//! The audit log. Only ever appended to.

use entity::audit_entry::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::messages::Side;

/// Which entries to read. Empty: all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// By this actor.
    pub actor: Option<String>,
    /// Of this action.
    pub action: Option<String>,
    /// About this target.
    pub target: Option<String>,
}

/// Stores entries.
///
/// # Errors
/// What the database said.
pub async fn insert_all(tx: &impl ConnectionTrait, entries: Vec<Model>) -> Result<(), DbErr> {
    if entries.is_empty() {
        return Ok(());
    }
    Entity::insert_many(entries.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// Entries by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// Up to `limit` entries of a filter, by id on one side of a place.
///
/// # Errors
/// What the database said.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    side: Side,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let wanted = [
        (Column::Actor, &filter.actor),
        (Column::Action, &filter.action),
        (Column::Target, &filter.target),
    ];
    let mut all = Condition::all();
    for (column, value) in wanted {
        all = all.add_option(value.as_ref().map(|it| column.eq(it)));
    }
    let select = Entity::find().filter(all).limit(limit);
    match side {
        Side::Older(below) => {
            let place = Condition::all().add_option(below.map(|id| Column::Id.lt(id)));
            select.filter(place).order_by_desc(Column::Id).all(db).await
        }
        Side::Newer(above) => {
            let place = Condition::all().add_option(above.map(|id| Column::Id.gt(id)));
            select.filter(place).order_by_asc(Column::Id).all(db).await
        }
    }
}
