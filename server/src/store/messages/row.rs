//! Rows of a page, read by the places of their columns: by their names, a page of fifty looks two thousand of them up.

use std::cell::Cell;

use entity::{contact, message};
use sea_orm::{DbErr, FromQueryResult, QueryResult, TryGetable};
use uuid::Uuid;

/// A message.
pub(super) struct Plain(pub(super) message::Model);

/// A message and its contact.
pub(super) struct WithContact(pub(super) message::Model, pub(super) Option<contact::Model>);

impl FromQueryResult for Plain {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self(message(&Columns::of(row))?))
    }
}

impl FromQueryResult for WithContact {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let columns = Columns::of(row);
        Ok(Self(message(&columns)?, contact(&columns)?))
    }
}

/// The columns of a row, one after the other.
struct Columns<'a> {
    row: &'a QueryResult,
    next: Cell<usize>,
}

impl<'a> Columns<'a> {
    fn of(row: &'a QueryResult) -> Self {
        let next = Cell::new(0);
        Self { row, next }
    }

    fn next<T: TryGetable>(&self) -> Result<T, DbErr> {
        let place = self.next.get();
        self.next.set(place + 1);
        self.row.try_get_by_index(place)
    }
}

/// The fields in the order of the entity's, which is that of the columns in a SELECT; they are evaluated as they stand here.
fn message(columns: &Columns<'_>) -> Result<message::Model, DbErr> {
    Ok(message::Model {
        id: columns.next()?,
        conversation_id: columns.next()?,
        contact_id: columns.next()?,
        direction: columns.next()?,
        status: columns.next()?,
        lane: columns.next()?,
        from_address: columns.next()?,
        to_address: columns.next()?,
        body: columns.next()?,
        content_kind: columns.next()?,
        content: columns.next()?,
        media_urls: columns.next()?,
        content_sid: columns.next()?,
        content_variables: columns.next()?,
        twilio_sid: columns.next()?,
        error_code: columns.next()?,
        attempt_count: columns.next()?,
        max_attempts: columns.next()?,
        due_at: columns.next()?,
        lease_until: columns.next()?,
        leased_by: columns.next()?,
        not_after: columns.next()?,
        idempotency_key: columns.next()?,
        content_hash: columns.next()?,
        version: columns.next()?,
        created_at: columns.next()?,
        updated_at: columns.next()?,
    })
}

/// `None` where the join found nobody.
fn contact(columns: &Columns<'_>) -> Result<Option<contact::Model>, DbErr> {
    let Some(id) = columns.next::<Option<Uuid>>()? else {
        return Ok(None);
    };
    Ok(Some(contact::Model {
        id,
        name: columns.next()?,
        address: columns.next()?,
        language: columns.next()?,
        last_inbound_at: columns.next()?,
        opted_out_at: columns.next()?,
        opt_out_cause: columns.next()?,
        note: columns.next()?,
        tags: columns.next()?,
        blocked_at: columns.next()?,
        created_at: columns.next()?,
    }))
}

#[cfg(test)]
mod tests {
    use sea_orm::{IdenStatic as _, Iterable as _};

    use super::*;

    fn words(text: &str) -> Vec<String> {
        let fields = text
            .lines()
            .filter_map(|it| it.trim().strip_suffix(": columns.next()?,"));
        fields.map(str::to_owned).collect()
    }

    #[test]
    fn fields_stand_in_the_order_of_the_columns() {
        let message = message::Column::iter().map(|it| it.as_str().to_owned());
        let contact = contact::Column::iter().map(|it| it.as_str().to_owned());
        let source = include_str!("row.rs").split("#[cfg(test)]").next().unwrap();
        let (of_message, of_contact) = source.split_once("contact::Model {").unwrap();
        assert_eq!(words(of_message), message.collect::<Vec<_>>());
        // The contact's id is read before the others, to see whether there is one.
        assert_eq!(words(of_contact), contact.skip(1).collect::<Vec<_>>());
    }
}
