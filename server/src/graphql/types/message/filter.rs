//! Which messages a list, a count, an export or work is about.

use async_graphql::{Context, ErrorExtensions as _, ID, InputObject};
use chrono::{DateTime, TimeDelta, Utc};
use entity::types::{Address, Kind};

use super::enums::{DirectionEnum, LaneEnum, StatusEnum};
use crate::error::{Refusal, RefusalCode};
use crate::flows::listing;
use crate::graphql::guard::{bad_argument, may_name, may_search};
use crate::graphql::page::few;
use crate::store::messages::Filter;

/// Longest search text, in bytes.
const SEARCH_LIMIT: usize = 200;

/// Which messages. Everything given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(in crate::graphql) struct MessageFilter {
    /// Any of these; at most 100.
    status: Option<Vec<StatusEnum>>,
    /// Who wrote it.
    direction: Option<DirectionEnum>,
    /// How urgent.
    lane: Option<LaneEnum>,
    /// From or to this number, with or without "whatsapp:". Needs the role OPERATOR; contactId does not.
    address: Option<String>,
    /// Of this contact, con_…
    contact_id: Option<ID>,
    /// Of this conversation, cvs_…
    conversation_id: Option<ID>,
    /// Any of these error codes; at most 100.
    error_code: Option<Vec<i32>>,
    /// Words and phrases ("in quotes") that must stand in the text, a number or Twilio's id, whatever the case, and keys:
    /// status:failed,undelivered direction:in lane:bulk kind:image code:63016 from:+1415 to:+977 after:2026-11-01
    /// before:2026-11-02T09:30:00Z. from: and to: take the beginning of a number after a plus sign, else any part of it. At most 200
    /// bytes. Digits need the role OPERATOR.
    search: Option<String>,
    /// Stored at this time or later.
    created_from: Option<DateTime<Utc>>,
    /// Stored before this time.
    created_to: Option<DateTime<Utc>>,
    /// Stored at this time or before: pages of a list that began then do not move when new messages come.
    as_of: Option<DateTime<Utc>>,
}

impl MessageFilter {
    /// For queries, where a broken filter is a broken argument.
    pub(in crate::graphql) fn checked(self, ctx: &Context<'_>) -> async_graphql::Result<Filter> {
        may_search(ctx, self.search.as_deref())?;
        may_name(ctx, self.address.as_deref())?;
        let broken = |it: Refusal| {
            let error = bad_argument(format!("filter.{}", it.message));
            match it.position {
                Some(at) => error.extend_with(|_, extensions| extensions.set("position", at)),
                None => error,
            }
        };
        self.check().map_err(broken)
    }

    /// For mutations, where it is a broken rule.
    pub(in crate::graphql) fn check(self) -> Result<Filter, Refusal> {
        let search = self
            .search
            .map(|it| it.trim().replace('\0', ""))
            .filter(|it| !it.is_empty());
        if search.as_ref().is_some_and(|it| it.len() > SEARCH_LIMIT) {
            let words = format!("search: longer than {SEARCH_LIMIT} bytes");
            return Err(Refusal::field(RefusalCode::TooLong, "filter", words));
        }
        let contact = self
            .contact_id
            .map(|it| Kind::Contact.parse(&it))
            .transpose();
        let conversation = self
            .conversation_id
            .map(|it| Kind::Conversation.parse(&it))
            .transpose();
        let unknown = |words| Refusal::field(RefusalCode::NotFound, "filter", words);
        let filter = Filter {
            statuses: few("status", self.status)?
                .into_iter()
                .map(Into::into)
                .collect(),
            direction: self.direction.map(Into::into),
            lane: self.lane.map(Into::into),
            address: self.address.as_deref().map(address).transpose()?,
            contact_id: contact.map_err(|error| unknown(format!("contactId: {error}")))?,
            conversation_id: conversation
                .map_err(|error| unknown(format!("conversationId: {error}")))?,
            error_codes: few("errorCode", self.error_code)?,
            created_from: self.created_from,
            created_to: earlier(self.created_to, self.as_of),
            ..Filter::default()
        };
        listing::searched(filter, search.as_deref().unwrap_or_default())
    }
}

/// The end of a range that `as_of` belongs to.
fn earlier(end: Option<DateTime<Utc>>, as_of: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    // Times are stored to the microsecond.
    let as_of = as_of.and_then(|it| it.checked_add_signed(TimeDelta::microseconds(1)));
    match (end, as_of) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A number as typed, or an opaque address as the API gave it.
fn address(text: &str) -> Result<String, Refusal> {
    let parsed = Address::parse(text).or_else(|error| {
        if text.contains(':') {
            Address::from_provider(text)
        } else {
            Err(error)
        }
    });
    match parsed {
        Ok(address) => Ok(address.as_str().to_owned()),
        Err(error) => {
            let words = format!("address: {error}");
            Err(Refusal::field(RefusalCode::InvalidNumber, "filter", words))
        }
    }
}
