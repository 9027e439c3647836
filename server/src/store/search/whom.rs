//! Whose messages a filter can have. Addresses and parts of them are looked up among people, of whom there are far fewer than
//! messages. It only narrows: whether a message is from or to an address is asked of the message.

use std::collections::BTreeSet;

use entity::contact_identity::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::store::is_postgres;
use crate::store::messages::Filter;
use crate::store::messages::filter::{beginning, contains};
use crate::store::sql::Sql;

/// From so many people on, theirs are found soon among the newest messages.
const MANY: usize = 500;
/// Our own senders, each found by one step through the index.
const SENDERS: &str = "WITH RECURSIVE senders (sender) AS (SELECT MIN(sender) FROM conversation UNION ALL \
    SELECT (SELECT MIN(c.sender) FROM conversation c WHERE c.sender > s.sender) FROM senders s WHERE s.sender IS NOT NULL) \
    SELECT sender FROM senders WHERE sender IS NOT NULL";

/// What is asked of an address.
enum Wanted<'a> {
    Whole(&'a str),
    Part(&'a str),
}

/// Whose messages these are; `None`: of too many, of an address of ours, or nothing is asked of addresses.
pub(super) async fn whose(
    db: &impl ConnectionTrait,
    filter: &Filter,
) -> Result<Option<Vec<Uuid>>, DbErr> {
    let parts = [&filter.from, &filter.to].map(|it| it.as_deref().map(Wanted::Part));
    let whole = filter.address.as_deref().map(Wanted::Whole);
    let wanted: Vec<Wanted<'_>> = parts.into_iter().chain([whole]).flatten().collect();
    // One conversation's or person's are few already.
    if wanted.is_empty() || filter.contact_id.or(filter.conversation_id).is_some() {
        return Ok(None);
    }
    let ours = senders(db).await?;
    let mut known: Option<BTreeSet<Uuid>> = None;
    for it in wanted
        .iter()
        .filter(|it| !ours.iter().any(|sender| it.is_of(sender)))
    {
        let found = it.people(db).await?;
        if found.len() <= MANY {
            known = Some(match known {
                Some(others) => &others & &found,
                None => found,
            });
        }
    }
    Ok(known.map(|it| it.into_iter().collect()))
}

impl Wanted<'_> {
    fn is_of(&self, address: &str) -> bool {
        match self {
            Self::Whole(whole) => address == *whole,
            Self::Part(part) => match beginning(part) {
                Some(beginning) => address.starts_with(&beginning),
                None => address
                    .to_ascii_lowercase()
                    .contains(&part.to_ascii_lowercase()),
            },
        }
    }

    async fn people(&self, db: &impl ConnectionTrait) -> Result<BTreeSet<Uuid>, DbErr> {
        let condition = match self {
            Self::Whole(whole) => Column::Address.eq(*whole),
            Self::Part(part) => match beginning(part) {
                Some(beginning) => between(db, beginning),
                None => contains(db, Column::Address, part),
            },
        };
        let found: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::ContactId)
            .distinct()
            .filter(condition)
            .limit(MANY as u64 + 1)
            .into_tuple()
            .all(db)
            .await?;
        Ok(found.into_iter().collect())
    }
}

/// Addresses with a beginning, letter by letter.
fn between(db: &impl ConnectionTrait, beginning: String) -> sea_orm::sea_query::SimpleExpr {
    let end = format!("{beginning}{}", char::MAX);
    if is_postgres(db) {
        return Expr::cust_with_values("address ~>=~ $1 AND address ~<~ $2", [beginning, end]);
    }
    Expr::cust_with_values("address >= ? AND address < ?", [beginning, end])
}

#[derive(FromQueryResult)]
struct Ours {
    sender: String,
}

async fn senders(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let found = Ours::find_by_statement(Sql::new(SENDERS).on(db))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|it| it.sender).collect())
}
