//! Relay connections by keyset: the cost of a page does not grow with its depth.

use async_graphql::SimpleObject;
use entity::message;
use entity::types::Kind;
use uuid::Uuid;

use super::guard::{bad_argument, fault};
use crate::app::App;
use crate::store::messages::{self, Filter, Side};

/// Most items a page.
pub(super) const MOST: i32 = 100;
const DEFAULT: i32 = 50;

/// What a client asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
}

/// Where a page lies in its list.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct PageInfo {
    /// Whether there are items before the page (newer ones).
    pub(super) has_previous_page: bool,
    /// Whether there are items after the page (older ones).
    pub(super) has_next_page: bool,
    /// Cursor of the first item; null on an empty page.
    pub(super) start_cursor: Option<String>,
    /// Cursor of the last item; null on an empty page.
    pub(super) end_cursor: Option<String>,
}

/// One page of messages, newest first.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) rows: Vec<message::Model>,
    pub(super) info: PageInfo,
}

/// A message's place in its list.
pub(super) fn cursor(id: Uuid) -> String {
    Kind::Message.encode(id)
}

/// Reads one page.
pub(super) async fn read(app: &App, filter: &Filter, asked: &Asked) -> async_graphql::Result<Page> {
    if asked.first.is_some() && asked.last.is_some() {
        return Err(bad_argument("ask for first or last, not for both"));
    }
    let count = size("first", asked.first)?
        .or(size("last", asked.last)?)
        .unwrap_or(DEFAULT);
    let wanted = usize::try_from(count).unwrap_or_default();
    let after = asked
        .after
        .as_deref()
        .map(|it| place("after", it))
        .transpose()?;
    let before = asked
        .before
        .as_deref()
        .map(|it| place("before", it))
        .transpose()?;
    if after.is_some() && before.is_some() {
        return Err(bad_argument("ask for after or before, not for both"));
    }
    let is_backwards = asked.last.is_some() || before.is_some();
    let side = if is_backwards {
        Side::Newer(before)
    } else {
        Side::Older(after)
    };
    let limit = u64::try_from(count).unwrap_or_default() + 1;
    let mut rows = messages::page(app.db.read(), filter, side, limit)
        .await
        .map_err(fault)?;
    let has_more = rows.len() > wanted;
    rows.truncate(wanted);
    if is_backwards {
        rows.reverse();
    }
    let info = PageInfo {
        has_previous_page: if is_backwards {
            has_more
        } else {
            after.is_some()
        },
        has_next_page: if is_backwards {
            before.is_some()
        } else {
            has_more
        },
        start_cursor: rows.first().map(|it| cursor(it.id)),
        end_cursor: rows.last().map(|it| cursor(it.id)),
    };
    Ok(Page { rows, info })
}

fn size(name: &str, asked: Option<i32>) -> async_graphql::Result<Option<i32>> {
    match asked {
        Some(size) if !(0..=MOST).contains(&size) => Err(bad_argument(format!(
            "{name}: {size} is not from 0 to {MOST}, the most items a page has"
        ))),
        other => Ok(other),
    }
}

fn place(name: &str, cursor: &str) -> async_graphql::Result<Uuid> {
    Kind::Message
        .parse(cursor)
        .map_err(|error| bad_argument(format!("{name}: not a cursor of this list ({error})")))
}
