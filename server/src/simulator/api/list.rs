//! Listing messages: newest first, filtered, in pages that stay while new messages come.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use super::refusals::{self, Refusal};
use super::{Answer, answer, authenticate};
use crate::gateway::wire::{Form, MessageJson, MessagePage, parse_rfc2822};
use crate::simulator::Shared;
use crate::simulator::world::messages::{Kept, Messages};

const DEFAULT_SIZE: usize = 50;
const LARGEST_SIZE: usize = 1_000;
/// Keys that the links to other pages repeat.
const FILTERS: [&str; 5] = ["To", "From", "DateSent", "DateSent<", "DateSent>"];

/// What is wanted.
struct Wish {
    query: Form,
    /// Sent at this time or later, and before that one.
    sent_from: Option<DateTime<Utc>>,
    sent_before: Option<DateTime<Utc>>,
    page: usize,
    size: usize,
    place: Place,
}

/// Where a page begins.
#[derive(Clone, Copy)]
enum Place {
    Page,
    /// After the message at this place of the world's order, towards older ones.
    Older(u64),
    /// Before it, towards newer ones.
    Newer(u64),
}

/// A page's messages, and the places of its ends.
struct Found {
    messages: Vec<MessageJson>,
    first: Option<u64>,
    last: Option<u64>,
    has_more: bool,
}

/// One page.
pub(super) async fn list(
    State(simulator): State<Shared>,
    Path(account): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let wish = Wish::read(Form::decode(query.unwrap_or_default().as_bytes()))?;
    let found = wish.find(&simulator.world.lock().messages);
    Ok(answer(StatusCode::OK, &wish.page_of(&account, found)))
}

impl Wish {
    fn read(query: Form) -> Result<Self, Refusal> {
        let number = |key: &str, without: usize, refusal: Refusal| {
            let given = query.get(key).map_or(Ok(without), str::parse);
            given.map_err(|_| refusal)
        };
        let size = number("PageSize", DEFAULT_SIZE, refusals::PAGE_TOO_LARGE)?;
        if !(1..=LARGEST_SIZE).contains(&size) {
            return Err(refusals::PAGE_TOO_LARGE);
        }
        let page = number("Page", 0, refusals::NO_SUCH_PAGE)?;
        let place = query.get("PageToken").map_or(Ok(Place::Page), token)?;
        let time = |key: &str| query.get(key).map(range).transpose();
        let (on, until, from) = (time("DateSent")?, time("DateSent<")?, time("DateSent>")?);
        Ok(Self {
            sent_from: from.or(on).map(|it| it.0),
            sent_before: until.or(on).map(|it| it.1),
            page,
            size,
            place,
            query,
        })
    }

    fn is_wanted(&self, kept: &Kept) -> bool {
        let is = |key: &str, value: &Option<String>| {
            let wanted = self.query.get(key);
            wanted.is_none_or(|it| value.as_deref() == Some(it))
        };
        let is_in_time = |kept: &Kept| match kept.sent_at {
            Some(at) => {
                self.sent_from.is_none_or(|from| from <= at)
                    && self.sent_before.is_none_or(|before| at < before)
            }
            None => self.sent_from.is_none() && self.sent_before.is_none(),
        };
        is("To", &kept.json.to) && is("From", &kept.json.from) && is_in_time(kept)
    }

    fn find(&self, messages: &Messages) -> Found {
        let from = match self.place {
            Place::Page | Place::Newer(_) => u64::MAX,
            Place::Older(place) => place,
        };
        let skipped = match self.place {
            Place::Page => self.page.saturating_mul(self.size),
            Place::Older(_) | Place::Newer(_) => 0,
        };
        if let Place::Newer(place) = self.place {
            let newer = messages.after(place).filter(|(_, it)| self.is_wanted(it));
            let mut found: Vec<_> = newer.take(self.size).collect();
            found.reverse();
            return Found::of(&found, true);
        }
        let mut older = messages
            .before(from)
            .filter(|(_, it)| self.is_wanted(it))
            .skip(skipped);
        let found: Vec<_> = older.by_ref().take(self.size).collect();
        Found::of(&found, older.next().is_some())
    }

    fn page_of(&self, account: &str, found: Found) -> MessagePage {
        let uri = |page: usize, token: Option<String>| {
            let mut text = form_urlencoded::Serializer::new(String::new());
            for key in FILTERS {
                if let Some(value) = self.query.get(key) {
                    text.append_pair(key, value);
                }
            }
            text.append_pair("PageSize", &self.size.to_string())
                .append_pair("Page", &page.to_string());
            if let Some(token) = token {
                text.append_pair("PageToken", &token);
            }
            let query = text.finish();
            format!("/2010-04-01/Accounts/{account}/Messages.json?{query}")
        };
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let start = self.page.saturating_mul(self.size);
        let next = found.last.filter(|_| found.has_more);
        let previous = self.page.checked_sub(1).zip(found.first);
        MessagePage {
            start: small(start),
            end: small((start + found.messages.len()).saturating_sub(1)),
            page: small(self.page),
            page_size: small(self.size),
            uri: uri(self.page, self.query.get("PageToken").map(str::to_owned)),
            first_page_uri: uri(0, None),
            next_page_uri: next.map(|place| uri(self.page + 1, Some(format!("PASM{place:032x}")))),
            previous_page_uri: previous
                .map(|(page, place)| uri(page, Some(format!("PBSM{place:032x}")))),
            messages: found.messages,
        }
    }
}

impl Found {
    fn of(found: &[(u64, &Kept)], has_more: bool) -> Self {
        Self {
            messages: found.iter().map(|(_, it)| it.json.clone()).collect(),
            first: found.first().map(|it| it.0),
            last: found.last().map(|it| it.0),
            has_more,
        }
    }
}

fn token(text: &str) -> Result<Place, Refusal> {
    let place = |hex: &str| u64::from_str_radix(hex, 16).map_err(|_| refusals::NO_SUCH_PAGE);
    if let Some(hex) = text.strip_prefix("PASM") {
        place(hex).map(Place::Older)
    } else if let Some(hex) = text.strip_prefix("PBSM") {
        place(hex).map(Place::Newer)
    } else {
        Err(refusals::NO_SUCH_PAGE)
    }
}

/// A day, or a moment to the second: where it begins, and where it is over.
fn range(text: &str) -> Result<(DateTime<Utc>, DateTime<Utc>), Refusal> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        let start = day.and_time(NaiveTime::MIN).and_utc();
        return Ok((start, start.checked_add_days(Days::new(1)).unwrap_or(start)));
    }
    let moment = DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|it| it.to_utc());
    let moment = moment.or(parse_rfc2822(text)).ok_or(Refusal::bad(
        20001,
        "DateSent must be a date (YYYY-MM-DD) or a time in ISO 8601",
    ))?;
    Ok((moment, moment + chrono::TimeDelta::seconds(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_from_midnight_to_midnight_and_nonsense_is_refused() {
        let (start, end) = range("2026-11-21").unwrap();
        assert_eq!(start.to_rfc3339(), "2026-11-21T00:00:00+00:00");
        assert_eq!(end.to_rfc3339(), "2026-11-22T00:00:00+00:00");
        assert!(range("2026-11-21T10:00:00Z").is_ok());
        assert!(range("Sat, 21 Nov 2026 09:05:07 +0000").is_ok());
        for nonsense in ["yesterday", "2026-13-01", "-"] {
            assert_eq!(range(nonsense).unwrap_err().code, 20001, "{nonsense}");
        }
        for nonsense in ["PASM", "PAXX1", "PASM-1", ""] {
            assert!(token(nonsense).is_err(), "{nonsense}");
        }
    }
}
