//! Relay connections by keyset: the cost of a page does not grow with its depth.

use async_graphql::{Context, SimpleObject};
use entity::types::Kind;
use entity::{contact, message};
use uuid::Uuid;

use super::guard::{app, bad_argument, fault};
use super::types::message::Message;
use crate::error::{Refusal, RefusalCode};
use crate::store::messages::{self, Filter, Side};

/// Most items a page.
pub(super) const MOST: i32 = 100;
const DEFAULT: i32 = 50;
/// Far over what a query may cost, and no sum of a few thousand runs over.
const MOST_COST: usize = 1_000_000;

/// What a list costs: a quarter of its items' fields. More items than a page has are refused anyway, so they count as one
/// page; no sum of such costs runs over.
pub(super) fn cost(items: Option<i32>, of_item: usize) -> usize {
    let items = items.unwrap_or(DEFAULT).clamp(0, MOST);
    let items = usize::try_from(items).unwrap_or_default();
    (items.saturating_mul(of_item) / 4).min(MOST_COST)
}

/// What a list costs that is no page: its items' fields, for as many items as it usually has at most.
pub(super) fn cost_of_all(items: usize, of_item: usize) -> usize {
    items.saturating_mul(of_item).min(MOST_COST)
}

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

/// One page, newest first.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) rows: Vec<T>,
    pub(super) info: PageInfo,
}

/// The part of a list in the order of ids that was asked for.
#[derive(Debug)]
pub(super) struct Window {
    kind: Kind,
    part: Part<Uuid>,
}

/// The part of a list that was asked for, whatever its order: `P` is a place in it.
#[derive(Debug)]
pub(super) struct Part<P> {
    wanted: usize,
    after: Option<P>,
    before: Option<P>,
    is_backwards: bool,
}

/// A message's place in its list.
pub(super) fn cursor(id: Uuid) -> String {
    Kind::Message.encode(id)
}

/// Reads one page of messages, and with them their contacts where `ctx`'s field asks for those.
pub(super) async fn read(
    ctx: &Context<'_>,
    filter: &Filter,
    asked: &Asked,
) -> async_graphql::Result<Page<Message>> {
    let window = asked.window(Kind::Message)?;
    let (db, side, limit) = (&app(ctx).db, window.side(), window.limit());
    let list = ctx.look_ahead();
    let asks_whom = [list.field("edges").field("node"), list.field("nodes")]
        .iter()
        .any(|it| it.field("contact").exists());
    let rows: Vec<(message::Model, Option<contact::Model>)> = if asks_whom {
        db.search(filter, async move |db, filter| {
            messages::page_with_contacts(&db, &filter, side, limit).await
        })
        .await
    } else {
        let rows = db.search(filter, async move |db, filter| {
            messages::page(&db, &filter, side, limit).await
        });
        let rows = rows.await;
        rows.map(|it| it.into_iter().map(|row| (row, None)).collect())
    }
    .map_err(fault)?;
    let Page { rows, info } = window.page(rows, |it| it.0.id);
    let rows = rows.into_iter().map(Message::from).collect();
    Ok(Page { rows, info })
}

impl Asked {
    /// Checks what was asked for, of a list whose cursors are ids of `kind`.
    pub(super) fn window(&self, kind: Kind) -> async_graphql::Result<Window> {
        let part = self.part(|it| kind.parse(it).map_err(|error| error.to_string()))?;
        Ok(Window { kind, part })
    }

    /// Checks what was asked for, of a list whose cursors are read by `parse`.
    pub(super) fn part<P>(
        &self,
        parse: impl Fn(&str) -> Result<P, String>,
    ) -> async_graphql::Result<Part<P>> {
        if self.first.is_some() && self.last.is_some() {
            return Err(bad_argument("ask for first or last, not for both"));
        }
        let count = size("first", self.first)?
            .or(size("last", self.last)?)
            .unwrap_or(DEFAULT);
        let place = |name, cursor: &Option<String>| {
            let read = cursor.as_deref().map(&parse).transpose();
            read.map_err(|error| {
                bad_argument(format!("{name}: not a cursor of this list ({error})"))
            })
        };
        let after = place("after", &self.after)?;
        let before = place("before", &self.before)?;
        if after.is_some() && before.is_some() {
            return Err(bad_argument("ask for after or before, not for both"));
        }
        if (self.last.is_some() && after.is_some()) || (self.first.is_some() && before.is_some()) {
            return Err(bad_argument("first goes with after, last with before"));
        }
        Ok(Part {
            wanted: usize::try_from(count).unwrap_or_default(),
            is_backwards: self.last.is_some() || before.is_some(),
            after,
            before,
        })
    }
}

impl Window {
    /// From where, and in which direction.
    pub(super) fn side(&self) -> Side {
        match self.part.place() {
            Direction::Older(after) => Side::Older(after),
            Direction::Newer(before) => Side::Newer(before),
        }
    }

    /// How many rows to read: one more than wanted tells whether there are more.
    pub(super) fn limit(&self) -> u64 {
        self.part.limit()
    }

    /// Makes a page of the rows that were read.
    pub(super) fn page<T>(&self, rows: Vec<T>, id: impl Fn(&T) -> Uuid) -> Page<T> {
        self.part.page(rows, |it| self.kind.encode(id(it)))
    }
}

/// On which side of a place to read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direction<P> {
    /// Newest first.
    Older(Option<P>),
    /// Oldest first.
    Newer(Option<P>),
}

impl<P: Copy> Part<P> {
    /// From where, and in which direction.
    pub(super) fn place(&self) -> Direction<P> {
        if self.is_backwards {
            Direction::Newer(self.before)
        } else {
            Direction::Older(self.after)
        }
    }

    /// How many rows to read: one more than wanted tells whether there are more.
    pub(super) fn limit(&self) -> u64 {
        self.wanted as u64 + 1
    }

    /// Makes a page of the rows that were read.
    pub(super) fn page<T>(&self, mut rows: Vec<T>, cursor: impl Fn(&T) -> String) -> Page<T> {
        let has_more = rows.len() > self.wanted;
        rows.truncate(self.wanted);
        if self.is_backwards {
            rows.reverse();
        }
        let (has_previous_page, has_next_page) = if self.is_backwards {
            (has_more, self.before.is_some())
        } else {
            (self.after.is_some(), has_more)
        };
        let info = PageInfo {
            has_previous_page,
            has_next_page,
            start_cursor: rows.first().map(&cursor),
            end_cursor: rows.last().map(cursor),
        };
        Page { rows, info }
    }
}

/// The number of items of a list without pages.
pub(super) fn at_most(name: &str, asked: i32) -> async_graphql::Result<u64> {
    let size = size(name, Some(asked))?.unwrap_or_default();
    Ok(u64::try_from(size).unwrap_or_default())
}

fn size(name: &str, asked: Option<i32>) -> async_graphql::Result<Option<i32>> {
    match asked {
        Some(size) if !(0..=MOST).contains(&size) => Err(bad_argument(format!(
            "{name}: {size} is not from 0 to {MOST}, the most items a page has"
        ))),
        other => Ok(other),
    }
}

/// What any of is enough, as long as it is not more than a page has.
///
/// # Errors
/// A refusal of `filter` that says how many are too many.
pub(super) fn few<T>(name: &str, any: Option<Vec<T>>) -> Result<Vec<T>, Refusal> {
    let any = any.unwrap_or_default();
    let most = usize::try_from(MOST).unwrap_or_default();
    if any.len() > most {
        let words = format!("{name}: {} values; at most {most} are taken", any.len());
        return Err(Refusal::field(RefusalCode::TooMany, "filter", words));
    }
    Ok(any)
}

/// The same for queries, where it is a broken argument.
///
/// # Errors
/// As [`few`], of `filter`.
pub(super) fn few_of<T>(name: &str, any: Option<Vec<T>>) -> async_graphql::Result<Vec<T>> {
    few(name, any).map_err(|it| bad_argument(format!("filter.{}", it.message)))
}
