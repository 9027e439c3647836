//! The index behind searches for words: three letters in a row, in any script, by message. It lags behind the log a little; what
//! it has not yet is looked through by the search itself. It only narrows: whether a message has the words is asked of the message.

mod whom;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use entity::message::Direction;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use super::is_postgres;
use super::messages::Filter;
use super::sql::Sql;

/// Words that stand in more messages than this are found quickest by looking at the newest ones.
const MANY: usize = 5_000;
/// An index that lags behind by more events is of no use.
const FAR_BEHIND: i64 = 100_000;
/// Words that are looked up.
const MOST_WORDS: usize = 3;
/// Letters of a gram.
const GRAM: usize = 3;
/// Grams asked for: a few tell almost as much as all.
const MOST_GRAMS: usize = 12;
/// Parts a list of grams on its way to PostgreSQL; no message has it, and no gram does.
const MARK: char = '\u{1}';
/// The lock of whoever fills the index on PostgreSQL.
const FILLING: i64 = 823_547;
/// The events by which messages come to be.
const BEGINS: &str = "kind IN ('RECEIVED', 'CREATED', 'RECOVERED')";

/// Where words may be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The events that stored these messages.
    found: Vec<i64>,
    /// What came after this event is not in the index.
    until: i64,
}

#[derive(FromQueryResult)]
struct Number {
    number: i64,
}

/// The filter with hints whose messages it has and where its words may be found, where those help.
///
/// # Errors
/// What the database said.
pub async fn narrow(db: &impl ConnectionTrait, mut filter: Filter) -> Result<Filter, DbErr> {
    filter.whose = whom::whose(db, &filter).await?;
    let mut words: Vec<&str> = filter.all_words().collect();
    if words.iter().any(|it| may_be_an_id(it)) {
        return Ok(filter);
    }
    // The longest is likely the rarest, and not always: all of them together narrow best.
    words.sort_by_key(|it| Reverse(it.chars().count()));
    words.truncate(MOST_WORDS);
    let share = MOST_GRAMS / words.len().max(1);
    let grams = words.iter().flat_map(|it| spread(grams(it), share));
    let grams: Vec<String> = grams.collect();
    if grams.is_empty() {
        return Ok(filter);
    }
    let until = until(db).await?;
    let head = super::message_events::head(db).await?;
    if head - until > FAR_BEHIND {
        return Ok(filter);
    }
    let found = found(db, &grams).await?;
    filter.index = (found.len() <= MANY).then_some(Index { found, until });
    Ok(filter)
}

/// How many messages the index has for a word, counted up to a bound.
///
/// # Errors
/// What the database said.
pub async fn matches(db: &impl ConnectionTrait, word: &str) -> Result<usize, DbErr> {
    let grams = spread(grams(word), MOST_GRAMS);
    found(db, &grams).await.map(|it| it.len())
}

/// The provider's ids are in an index of their own, whole; their parts are in none.
fn may_be_an_id(word: &str) -> bool {
    let rest = word.strip_prefix("SM").or_else(|| word.strip_prefix("MM"));
    rest.is_some_and(|it| it.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// At most so many of many, from the whole length of the list.
fn spread(grams: BTreeSet<String>, most: usize) -> Vec<String> {
    let step = grams.len().div_ceil(most);
    grams.into_iter().step_by(step.max(1)).collect()
}

/// Every three letters in a row, capital letters made small.
fn grams(text: &str) -> BTreeSet<String> {
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    letters
        .windows(GRAM)
        .map(|it| it.iter().collect())
        .collect()
}

/// The messages that have all the grams, each by the event that stored it; at most one more than [`MANY`].
async fn found(db: &impl ConnectionTrait, grams: &[String]) -> Result<Vec<i64>, DbErr> {
    let mut sql;
    if is_postgres(db) {
        sql = Sql::new("SELECT seq AS number FROM message_search WHERE grams @> string_to_array(");
        sql.value(grams.join(&MARK.to_string())).push(", chr(1))");
    } else {
        let quoted = grams
            .iter()
            .map(|it| format!("\"{}\"", it.replace('"', "\"\"")));
        sql = Sql::new("SELECT rowid AS number FROM message_search WHERE message_search MATCH ");
        sql.value(quoted.collect::<Vec<_>>().join(" AND "));
    }
    sql.push(&format!(" LIMIT {}", MANY + 1));
    let found = Number::find_by_statement(sql.on(db)).all(db).await?;
    Ok(found.into_iter().map(|it| it.number).collect())
}

impl Index {
    pub(in crate::store) fn condition(&self, db: &impl ConnectionTrait) -> SimpleExpr {
        // As one value: a statement with so many would be another one each time.
        let found: Vec<String> = self.found.iter().map(ToString::to_string).collect();
        let found = found.join(",");
        let (list, value) = if is_postgres(db) {
            ("= ANY (string_to_array($1, ',')::bigint[])", found)
        } else {
            ("IN (SELECT value FROM json_each(?))", format!("[{found}]"))
        };
        let text = format!(
            "message.id IN (SELECT message_id FROM message_event WHERE seq {list} \
             UNION ALL SELECT message_id FROM message_event WHERE seq > {} AND {BEGINS})",
            self.until
        );
        Expr::cust_with_values(text, [value])
    }
}

/// The last event up to which the index has everything; 0 when it is empty.
///
/// # Errors
/// What the database said.
pub async fn until(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let sql = if is_postgres(db) {
        "SELECT seq AS number FROM message_search ORDER BY seq DESC LIMIT 1"
    } else {
        "SELECT rowid AS number FROM message_search ORDER BY rowid DESC LIMIT 1"
    };
    let found = Number::find_by_statement(Sql::new(sql).on(db))
        .one(db)
        .await?;
    Ok(found.map_or(0, |it| it.number))
}

/// A message that is not in the index.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Text {
    /// The event by which it was stored.
    pub seq: i64,
    body: Option<String>,
    direction: Direction,
    from_address: String,
    to_address: String,
}

impl Text {
    /// What it is found by: its text, and the other side's address. Ours stands in every message.
    fn words(&self) -> String {
        let address = match self.direction {
            Direction::Inbound => &self.from_address,
            Direction::Outbound => &self.to_address,
        };
        let body = self.body.as_deref().unwrap_or_default();
        format!("{body}\n{address}").to_lowercase()
    }
}

/// Up to `limit` messages stored by events after `seq`, in the order of the log.
///
/// # Errors
/// What the database said.
pub async fn texts_after(
    db: &impl ConnectionTrait,
    seq: i64,
    limit: u64,
) -> Result<Vec<Text>, DbErr> {
    let mut sql = Sql::new(
        "SELECT e.seq, m.body, m.direction, m.from_address, m.to_address FROM message_event e \
         JOIN message m ON m.id = e.message_id WHERE e.seq > ",
    );
    sql.value(seq);
    sql.push(&format!(" AND e.{BEGINS} ORDER BY e.seq LIMIT {limit}"));
    Text::find_by_statement(sql.on(db)).all(db).await
}

/// Puts messages into the index. One that is there already stays.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &impl ConnectionTrait, texts: &[Text]) -> Result<(), DbErr> {
    if texts.is_empty() {
        return Ok(());
    }
    let is_postgres = is_postgres(tx);
    let mut sql = Sql::new(if is_postgres {
        "INSERT INTO message_search (seq, grams) SELECT v.seq, string_to_array(v.grams, chr(1)) FROM (VALUES "
    } else {
        "INSERT INTO message_search (rowid, text) VALUES "
    });
    sql.tuples(texts.iter().map(|it| {
        let words = it.words();
        let found_by = if is_postgres {
            let grams: Vec<String> = grams(&words).into_iter().collect();
            grams.join(&MARK.to_string())
        } else {
            words
        };
        [Value::from(it.seq), found_by.into()]
    }));
    if is_postgres {
        sql.push(") AS v (seq, grams) ON CONFLICT (seq) DO NOTHING");
    }
    tx.execute_raw(sql.on(tx)).await.map(drop)
}

/// Notes that the index has everything up to an event by which no message was stored.
///
/// # Errors
/// What the database said.
pub async fn reached(tx: &impl ConnectionTrait, seq: i64) -> Result<(), DbErr> {
    let sql = if is_postgres(tx) {
        format!(
            "INSERT INTO message_search (seq, grams) VALUES ({seq}, '{{}}') ON CONFLICT DO NOTHING"
        )
    } else {
        format!("INSERT INTO message_search (rowid, text) VALUES ({seq}, '')")
    };
    tx.execute_unprepared(&sql).await.map(drop)
}

/// Whether this transaction alone fills the index.
///
/// # Errors
/// What the database said.
pub async fn is_alone(tx: &impl ConnectionTrait) -> Result<bool, DbErr> {
    if !is_postgres(tx) {
        return Ok(true);
    }
    let lock = format!(
        "SELECT CASE WHEN pg_try_advisory_xact_lock({FILLING}) THEN 1::bigint ELSE 0 END AS number"
    );
    let found = Number::find_by_statement(Sql::new(lock).on(tx))
        .one(tx)
        .await?;
    Ok(found.is_some_and(|it| it.number == 1))
}

/// Takes messages out of the index. Call it while their events are there.
///
/// # Errors
/// What the database said.
pub async fn forget(tx: &impl ConnectionTrait, messages: &[Uuid]) -> Result<(), DbErr> {
    if messages.is_empty() {
        return Ok(());
    }
    if is_postgres(tx) {
        // Whoever fills the index may have read these already: either it comes first, or it does not see them.
        let lock = format!("SELECT pg_advisory_xact_lock_shared({FILLING})");
        tx.execute_unprepared(&lock).await?;
    }
    let place = if is_postgres(tx) { "seq" } else { "rowid" };
    let mut sql = Sql::new(format!(
        "DELETE FROM message_search WHERE {place} IN (SELECT seq FROM message_event WHERE {BEGINS} AND message_id IN ("
    ));
    sql.list(messages).push("))");
    tx.execute_raw(sql.on(tx)).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grams_are_the_same_for_capital_and_small_letters_and_for_any_script() {
        assert_eq!(grams("OrdeR"), grams("order"));
        assert_eq!(grams("ab"), BTreeSet::new());
        assert_eq!(grams("अर्डर").len(), 3);
        assert!(grams("तपाईंको अर्डर").is_superset(&grams("अर्डर")));
        let many = spread(grams(&"abcdefghijklmnopqrstuvwxyz".repeat(3)), MOST_GRAMS);
        assert!(many.len() <= MOST_GRAMS && many.len() > 5, "{many:?}");
        assert!(may_be_an_id("SM0a") && !may_be_an_id("SMS") && !may_be_an_id("0a"));
    }
}
