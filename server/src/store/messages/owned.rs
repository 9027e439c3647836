//! Messages of several people or conversations, read by one statement: pages of them, and how they divide.

use std::collections::HashMap;

use entity::message::{Direction, Entity, Model};
use entity::types::{Lane, MessageStatus};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, FromQueryResult};
use uuid::Uuid;

use super::Side;
use crate::store::sql::Sql;

/// Pages of one statement: SQLite joins up to 500.
const PAGES: usize = 100;

/// Whose messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A person's.
    Contact,
    /// A conversation's.
    Conversation,
}

impl Owner {
    fn column(self) -> &'static str {
        match self {
            Self::Contact => "contact_id",
            Self::Conversation => "conversation_id",
        }
    }

    /// Whose of these a message is.
    pub fn of(self, message: &Model) -> Uuid {
        match self {
            Self::Contact => message.contact_id,
            Self::Conversation => message.conversation_id,
        }
    }
}

/// Up to `limit` messages of each owner on one side of a place: the newest first, or the oldest.
///
/// # Errors
/// What the database said.
pub async fn pages(
    db: &impl ConnectionTrait,
    owner: Owner,
    ids: &[Uuid],
    (side, limit): (Side, u64),
) -> Result<Vec<Model>, DbErr> {
    let mut all: Vec<Model> = Vec::new();
    for ids in ids.chunks(PAGES) {
        let mut sql = Sql::new("");
        for (number, id) in ids.iter().enumerate() {
            sql.push(if number == 0 { "" } else { " UNION ALL " });
            sql.push("SELECT * FROM (SELECT * FROM message WHERE ");
            sql.push(owner.column()).push(" = ").value(*id);
            let (sign, place, order) = match side {
                Side::Older(below) => (" AND id < ", below, "DESC"),
                Side::Newer(above) => (" AND id > ", above, "ASC"),
            };
            if let Some(place) = place {
                sql.push(sign).value(place);
            }
            sql.push(&format!(" ORDER BY id {order} LIMIT {limit}) page{number}"));
        }
        let found = Entity::find().from_raw_sql(sql.on(db));
        all.extend(found.all(db).await?);
    }
    match side {
        Side::Older(_) => all.sort_unstable_by_key(|it| std::cmp::Reverse(it.id)),
        Side::Newer(_) => all.sort_unstable_by_key(|it| it.id),
    }
    Ok(all)
}

/// So many messages alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Alike {
    /// The owner's place among those who were asked for.
    place: i32,
    /// Their status.
    pub status: MessageStatus,
    /// Their direction.
    pub direction: Direction,
    /// Their lane.
    pub lane: Lane,
    /// How many.
    pub count: i64,
}

/// How each owner's newest messages divide, of at most `limit` each.
///
/// # Errors
/// What the database said.
pub async fn divided(
    db: &impl ConnectionTrait,
    owner: Owner,
    ids: &[Uuid],
    limit: u64,
) -> Result<HashMap<Uuid, Vec<Alike>>, DbErr> {
    let mut all: HashMap<Uuid, Vec<Alike>> = HashMap::new();
    for ids in ids.chunks(PAGES) {
        let mut sql = Sql::new("");
        for (number, id) in ids.iter().enumerate() {
            sql.push(if number == 0 { "" } else { " UNION ALL " });
            sql.push(&format!(
                "SELECT {number} AS place, status, direction, lane, COUNT(*) AS count FROM \
                 (SELECT status, direction, lane FROM message WHERE {} = ",
                owner.column()
            ));
            sql.value(*id).push(&format!(
                " ORDER BY id DESC LIMIT {limit}) owned{number} GROUP BY status, direction, lane"
            ));
        }
        for alike in Alike::find_by_statement(sql.on(db)).all(db).await? {
            let id = usize::try_from(alike.place).ok().and_then(|it| ids.get(it));
            if let Some(id) = id {
                all.entry(*id).or_default().push(alike);
            }
        }
    }
    Ok(all)
}
