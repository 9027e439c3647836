//! Which messages: the same rule in SQL, in memory, and as JSON.

use chrono::{DateTime, TimeDelta, Utc};
use entity::message::{Column, ContentKind, Direction, Model};
use entity::types::{Lane, MessageStatus};
use sea_orm::sea_query::{Expr, IntoColumnRef, LikeExpr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, ExprTrait};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ENDED, RETRYABLE};
use crate::store::is_postgres;
use crate::store::search::Index;

/// What a person's number begins with.
const CHANNEL: &str = "whatsapp:";
/// Where words may stand.
const ANYWHERE: [Column; 4] = [
    Column::Body,
    Column::FromAddress,
    Column::ToAddress,
    Column::TwilioSid,
];

/// Which messages to read. Empty: all. Its JSON is kept with jobs: a key that this version does not know is an error, lest a
/// filter be taken for a wider one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Filter {
    /// Any of these; empty: any.
    pub statuses: Vec<MessageStatus>,
    /// Who wrote it.
    pub direction: Option<Direction>,
    /// How urgent.
    pub lane: Option<Lane>,
    /// From or to this address, channel included.
    pub address: Option<String>,
    /// Of this contact.
    pub contact_id: Option<Uuid>,
    /// Of this conversation.
    pub conversation_id: Option<Uuid>,
    /// Any of these codes; empty: any.
    pub error_codes: Vec<i32>,
    /// Any of these; empty: any.
    pub content_kinds: Vec<ContentKind>,
    /// A part of the sender's address; after a plus sign, its beginning.
    pub from: Option<String>,
    /// The same of the recipient's.
    pub to: Option<String>,
    /// A part of the text, or of a number.
    pub search: Option<String>,
    /// The same, each of them.
    pub words: Vec<String>,
    /// Stored at this time or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Stored before this time.
    pub created_to: Option<DateTime<Utc>>,
    /// Where the words may be found, as the index knows; it only spares looks, so it is not kept.
    #[serde(skip)]
    pub index: Option<Index>,
    /// Whose messages these can be, where that is known; it only spares looks, too.
    #[serde(skip)]
    pub whose: Option<Vec<Uuid>>,
}

/// An id holds the moment in which it was made, which is that in which its message was stored, or shortly before. So far apart
/// they never are.
const APART: TimeDelta = TimeDelta::hours(1);

impl Filter {
    pub(in crate::store) fn condition(&self, db: &impl ConnectionTrait) -> Condition {
        let mut all = Condition::all()
            .add_option(self.direction.map(|it| Column::Direction.eq(it)))
            .add_option(self.lane.map(|it| Column::Lane.eq(it)))
            .add_option(self.contact_id.map(|it| Column::ContactId.eq(it)))
            .add_option(self.conversation_id.map(|it| Column::ConversationId.eq(it)))
            .add_option(self.created_from.map(|it| Column::CreatedAt.gte(it)))
            .add_option(self.created_to.map(|it| Column::CreatedAt.lt(it)))
            // The same within what an index knows.
            .add_option(self.created_from.map(|it| Column::Id.gte(made_at(earlier(it)))))
            .add_option(self.created_to.map(|it| Column::Id.lt(made_at(later(it)))));
        if let Some(whose) = &self.whose {
            all = all.add(Column::ContactId.is_in(whose.iter().copied()));
        }
        if !self.statuses.is_empty() {
            all = all.add(Column::Status.is_in(self.statuses.iter().copied()));
            if self.statuses.iter().all(|it| RETRYABLE.contains(it)) {
                all = all.add(Expr::cust(ENDED));
            }
        }
        if !self.error_codes.is_empty() {
            all = all.add(Column::ErrorCode.is_in(self.error_codes.iter().copied()));
        }
        if let Some(address) = &self.address {
            let either = Condition::any()
                .add(Column::FromAddress.eq(address))
                .add(Column::ToAddress.eq(address));
            all = all.add(either);
        }
        if !self.content_kinds.is_empty() {
            all = all.add(Column::ContentKind.is_in(self.content_kinds.iter().copied()));
        }
        let from = self.from.as_deref().map(|it| (Column::FromAddress, it));
        let to = self.to.as_deref().map(|it| (Column::ToAddress, it));
        for (column, part) in from.into_iter().chain(to) {
            all = all.add(match beginning(part) {
                Some(beginning) => starts(column, &beginning),
                None => contains(db, column, part),
            });
        }
        if let Some(index) = &self.index {
            all = all.add(index.condition(db));
        }
        for words in self.all_words() {
            if is_sid(words) {
                all = all.add(Column::TwilioSid.eq(words));
                continue;
            }
            let anywhere = ANYWHERE.into_iter().fold(Condition::any(), |any, column| {
                any.add(contains(db, column, words))
            });
            all = all.add(anywhere);
        }
        all
    }

    /// Everything that must be found somewhere in a message.
    pub(in crate::store) fn all_words(&self) -> impl Iterator<Item = &str> {
        let words = self.words.iter().chain(&self.search);
        words.map(String::as_str)
    }

    /// Whether the log itself has to be looked through: nothing that has an index narrows what is looked for.
    pub(in crate::store) fn looks_through(&self) -> bool {
        let is_narrow = self.index.is_some()
            || self.whose.is_some()
            || self.contact_id.is_some()
            || self.conversation_id.is_some()
            || self.all_words().any(is_sid);
        let is_rare = !self.error_codes.is_empty() || !self.content_kinds.is_empty();
        !is_narrow && (is_rare || self.all_words().next().is_some())
    }

    /// Whether one message, already in memory, is of this filter: the same rule as in SQL.
    pub fn matches(&self, it: &Model) -> bool {
        let has = |text: &str, part: &str| {
            text.to_ascii_lowercase()
                .contains(&part.to_ascii_lowercase())
        };
        let has_in = |text: &str, part: &Option<String>| {
            let part = part.as_deref();
            part.is_none_or(|it| match beginning(it) {
                Some(beginning) => text.starts_with(&beginning),
                None => has(text, it),
            })
        };
        let any_has = |part: &str| {
            if is_sid(part) {
                return it.twilio_sid.as_deref() == Some(part);
            }
            [
                it.body.as_deref(),
                Some(&it.from_address),
                Some(&it.to_address),
                it.twilio_sid.as_deref(),
            ]
            .into_iter()
            .flatten()
            .any(|text| has(text, part))
        };
        (self.statuses.is_empty() || self.statuses.contains(&it.status))
            && self.direction.is_none_or(|want| want == it.direction)
            && self.lane.is_none_or(|want| want == it.lane)
            && self.contact_id.is_none_or(|want| want == it.contact_id)
            && self
                .conversation_id
                .is_none_or(|want| want == it.conversation_id)
            && self
                .address
                .as_ref()
                .is_none_or(|want| *want == it.from_address || *want == it.to_address)
            && (self.error_codes.is_empty()
                || it
                    .error_code
                    .is_some_and(|code| self.error_codes.contains(&code)))
            && self.created_from.is_none_or(|from| it.created_at >= from)
            && self.created_to.is_none_or(|to| it.created_at < to)
            && (self.content_kinds.is_empty() || self.content_kinds.contains(&it.content_kind))
            && has_in(&it.from_address, &self.from)
            && has_in(&it.to_address, &self.to)
            && self.all_words().all(any_has)
    }
}

/// The least id that is made at a moment.
fn made_at(at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    // An id has 48 bits for it: enough for nine thousand years.
    Uuid::from_u128(u128::from(Ord::min(millis, (1 << 48) - 1)) << 80)
}

fn earlier(at: DateTime<Utc>) -> DateTime<Utc> {
    at.checked_sub_signed(APART).unwrap_or(at)
}

fn later(at: DateTime<Utc>) -> DateTime<Utc> {
    at.checked_add_signed(APART).unwrap_or(at)
}

/// Whether a word is a whole id of the provider's.
fn is_sid(word: &str) -> bool {
    let rest = word.strip_prefix("SM").or_else(|| word.strip_prefix("MM"));
    rest.is_some_and(|it| it.len() == 32 && it.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// What the addresses begin with that a part names; `None`: it may stand anywhere in them.
pub(in crate::store) fn beginning(part: &str) -> Option<String> {
    if part.starts_with('+') {
        return Some(format!("{CHANNEL}{part}"));
    }
    part.starts_with(CHANNEL).then(|| part.to_owned())
}

/// `column` begins with `text`.
fn starts(column: Column, text: &str) -> SimpleExpr {
    let pattern = format!("{}%", escaped(text));
    Expr::col(column).like(LikeExpr::new(pattern).escape('\\'))
}

/// For LIKE: `%` and `_` mean themselves.
fn escaped(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let is_special = matches!(c, '%' | '_' | '\\');
            is_special.then_some('\\').into_iter().chain([c])
        })
        .collect()
}

/// `column` holds `words`; capital and small Latin letters are the same, `%` and `_` mean themselves.
pub(in crate::store) fn contains(
    db: &impl ConnectionTrait,
    column: impl IntoColumnRef + Copy,
    words: &str,
) -> SimpleExpr {
    let pattern = format!("%{}%", escaped(words));
    // SQLite's LIKE looks past the case of ASCII by itself, and has no escape of its own as PostgreSQL's has.
    if is_postgres(db) {
        sea_orm::sea_query::extension::postgres::PgExpr::ilike(Expr::col(column), pattern)
    } else {
        Expr::col(column).like(LikeExpr::new(pattern).escape('\\'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_filter_is_read_back_as_it_was_and_never_as_a_wider_one() {
        let filter = Filter {
            statuses: vec![MessageStatus::Failed, MessageStatus::Undelivered],
            direction: Some(Direction::Outbound),
            lane: Some(Lane::Bulk),
            address: Some("whatsapp:+9779800000000".into()),
            contact_id: Some(Uuid::from_u128(7)),
            conversation_id: Some(Uuid::from_u128(8)),
            error_codes: vec![63016],
            content_kinds: vec![ContentKind::Image],
            from: Some("+977".into()),
            to: None,
            search: Some("अर्डर".into()),
            words: vec!["नमस्ते".into()],
            index: None,
            whose: None,
            created_from: DateTime::from_timestamp(1_800_000_000, 0),
            created_to: None,
        };
        let kept = serde_json::to_value(&filter).unwrap();
        assert_eq!(serde_json::from_value::<Filter>(kept).unwrap(), filter);
        let empty = serde_json::from_str::<Filter>("{}").unwrap();
        assert_eq!(empty, Filter::default());
        assert!(serde_json::from_str::<Filter>(r#"{"country":"NP"}"#).is_err());
    }

    #[test]
    fn an_id_is_never_before_the_least_one_of_its_moment() {
        let at = DateTime::from_timestamp_millis(1_800_000_000_123).unwrap();
        let id = crate::clock::Ids::default().next(at);
        assert!(made_at(at) <= id && id < made_at(at + TimeDelta::milliseconds(1)));
        assert_eq!(made_at(earlier(DateTime::<Utc>::MIN_UTC)), Uuid::nil());
        assert!(made_at(later(DateTime::<Utc>::MAX_UTC)) > id);
    }

    #[test]
    fn only_a_whole_id_of_the_provider_is_one() {
        assert!(is_sid("SM00112233445566778899aabbccddeeff"));
        assert!(is_sid("MM00112233445566778899aabbccddeeff"));
        for word in [
            "SM00112233",
            "SMS",
            "",
            "XX00112233445566778899aabbccddeeff",
        ] {
            assert!(!is_sid(word), "{word}");
        }
    }
}
