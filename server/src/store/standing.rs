//! Who may be written to: consent by person, the reply window by person and sender.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use entity::contact::{self, OptOutCause};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter,
};
use uuid::Uuid;

use super::sql::Sql;
use crate::domain::reach::Standing;
use crate::domain::window;

/// What is known of some addresses.
#[derive(Debug, Default)]
pub struct Standings {
    opted_out: HashMap<String, Option<DateTime<Utc>>>,
    blocked: HashMap<String, DateTime<Utc>>,
    windows: HashMap<(String, String), DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Row {
    address: String,
    opted_out_at: Option<DateTime<Utc>>,
    blocked_at: Option<DateTime<Utc>>,
    sender: Option<String>,
    last_inbound_at: Option<DateTime<Utc>>,
}

impl Standings {
    /// What is known of an address and one of our senders; of a stranger nothing.
    pub fn of(&self, address: &str, sender: &str) -> Standing {
        let pair = (address.to_owned(), sender.to_owned());
        Standing {
            opted_out_at: self.opted_out.get(address).copied().flatten(),
            blocked_at: self.blocked.get(address).copied(),
            last_inbound_at: self.windows.get(&pair).copied(),
        }
    }
}

/// What is known of addresses.
///
/// # Errors
/// What the database said.
pub async fn of(db: &impl ConnectionTrait, addresses: &BTreeSet<&str>) -> Result<Standings, DbErr> {
    let mut found = Standings::default();
    if addresses.is_empty() {
        return Ok(found);
    }
    let mut sql = Sql::new(
        "SELECT i.address, c.opted_out_at, c.blocked_at, v.sender, v.last_inbound_at FROM contact_identity i \
         JOIN contact c ON c.id = i.contact_id LEFT JOIN conversation v ON v.contact_id = c.id \
         WHERE i.address IN (",
    );
    let addresses: Vec<String> = addresses.iter().map(|it| (*it).to_owned()).collect();
    sql.list(&addresses).push(")");
    for row in Row::find_by_statement(sql.on(db)).all(db).await? {
        if let (Some(sender), Some(at)) = (row.sender, row.last_inbound_at) {
            found.windows.insert((row.address.clone(), sender), at);
        }
        if let Some(at) = row.blocked_at {
            found.blocked.insert(row.address.clone(), at);
        }
        found.opted_out.insert(row.address, row.opted_out_at);
    }
    Ok(found)
}

/// A waiting message that must not be sent any more.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Barred {
    /// Which one.
    pub id: Uuid,
    /// Since when its recipient wants no messages.
    pub opted_out_at: Option<DateTime<Utc>>,
    /// Since when its recipient is blocked; without both the reply window closed while it waited.
    pub blocked_at: Option<DateTime<Utc>>,
}

/// Those of `ids` whose recipients are blocked or opted out after they were accepted, or whose free text is too late for the reply window.
///
/// # Errors
/// What the database said.
pub async fn barred(
    tx: &impl ConnectionTrait,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<Barred>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // What tells an opted-out person of it is a reply that was accepted with their word, not before.
    let mut sql = Sql::new(
        "SELECT m.id, CASE WHEN m.lane <> 0 OR m.created_at < c.opted_out_at THEN c.opted_out_at END AS opted_out_at, c.blocked_at FROM message m \
         JOIN contact c ON c.id = m.contact_id JOIN conversation v ON v.id = m.conversation_id WHERE m.id IN (",
    );
    sql.list(ids).push(
        ") AND (c.blocked_at IS NOT NULL OR (c.opted_out_at IS NOT NULL AND (m.lane <> 0 OR m.created_at < c.opted_out_at)) OR (m.content_sid IS NULL AND \
         (v.last_inbound_at IS NULL OR v.last_inbound_at <= ",
    );
    sql.value(window::opened_after(now)).push(")))");
    Barred::find_by_statement(sql.on(tx)).all(tx).await
}

/// Notes that a person wants no more messages, as the provider told. Who is known for it stays as they are, unless it was an
/// operator who said so.
///
/// # Errors
/// What the database said.
pub async fn opt_out(
    tx: &impl ConnectionTrait,
    contact_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    contact::Entity::update_many()
        .col_expr(contact::Column::OptedOutAt, now.into())
        .col_expr(contact::Column::OptOutCause, OptOutCause::Provider.into())
        .filter(contact::Column::Id.eq(contact_id))
        .filter(
            Condition::any()
                .add(contact::Column::OptedOutAt.is_null())
                .add(contact::Column::OptOutCause.eq(OptOutCause::Operator)),
        )
        .exec(tx)
        .await
        .map(|_| ())
}
