//! Lists of messages: page, count, facets.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object, SimpleObject};
use entity::message::Direction;
use entity::types::{Lane, MessageStatus};
use uuid::Uuid;

use super::enums::{DirectionEnum, LaneEnum, StatusEnum};
use super::{Message, MessageEvent};
use crate::graphql::guard::{app, fault};
use crate::graphql::loaders::{DivisionOf, Loader};
use crate::graphql::page::{Page, PageInfo};
use crate::store::messages::owned::{Alike, Owner};
use crate::store::messages::{self, Filter};

/// Counting stops here.
pub(in crate::graphql) const COUNT_LIMIT: u64 = 10_000;
/// A page of messages, newest first.
pub(in crate::graphql) struct MessageConnection {
    pub(in crate::graphql) page: Page<Message>,
    pub(in crate::graphql) whose: Whose,
    /// The head of the event log, read before the page was; 0 when nobody asked for it.
    pub(in crate::graphql) head: i64,
}

/// What a list is of.
pub(in crate::graphql) enum Whose {
    /// A filter's messages.
    Filtered(Box<Filter>),
    /// Those of one person or conversation, perhaps within a list of them.
    Owned(Owner, Uuid),
}

/// A message in a list.
#[derive(SimpleObject)]
#[graphql(serial)]
struct MessageEdge {
    /// Its place in the list.
    cursor: String,
    /// The message.
    node: Message,
}

/// A count that stops somewhere.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BoundedCount {
    /// The count, at most 10,000.
    value: i32,
    /// False when there are more.
    is_exact: bool,
}

impl BoundedCount {
    /// Of what was counted up to one more than the limit.
    pub(in crate::graphql) fn of(counted: u64) -> Self {
        Self {
            value: i32::try_from(counted.min(COUNT_LIMIT)).unwrap_or_default(),
            is_exact: counted <= COUNT_LIMIT,
        }
    }
}

/// How messages divide.
#[derive(SimpleObject)]
struct MessageFacets {
    /// By status, most frequent first; those without a message are left out.
    status: Vec<StatusFacet>,
    /// By who wrote them.
    direction: Vec<DirectionFacet>,
    /// By how urgent they are.
    lane: Vec<LaneFacet>,
    /// False when there are more messages than were counted.
    is_exact: bool,
}

/// Messages in one status.
#[derive(SimpleObject)]
struct StatusFacet {
    /// The status.
    value: StatusEnum,
    /// How many.
    count: i32,
}

/// Messages of one side.
#[derive(SimpleObject)]
struct DirectionFacet {
    /// The direction.
    value: DirectionEnum,
    /// How many.
    count: i32,
}

/// Messages of one lane.
#[derive(SimpleObject)]
struct LaneFacet {
    /// The lane.
    value: LaneEnum,
    /// How many.
    count: i32,
}

/// How often each value comes, most frequent first.
fn tally<T: PartialEq>(all: impl Iterator<Item = (T, i32)>) -> impl Iterator<Item = (T, i32)> {
    let mut counts: Vec<(T, i32)> = Vec::new();
    for (value, count) in all {
        match counts.iter_mut().find(|it| it.0 == value) {
            Some(known) => known.1 += count,
            None => counts.push((value, count)),
        }
    }
    counts.sort_by_key(|it| std::cmp::Reverse(it.1));
    counts.into_iter()
}

/// A page of messages, newest first.
#[Object]
impl MessageConnection {
    /// The page's messages with their cursors.
    async fn edges(&self) -> Vec<MessageEdge> {
        let edge = |it: &Message| MessageEdge {
            cursor: it.cursor(),
            node: it.clone(),
        };
        self.page.rows.iter().map(edge).collect()
    }

    /// The page's messages.
    async fn nodes(&self) -> Vec<Message> {
        self.page.rows.clone()
    }

    /// Where the page lies in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.page.info
    }

    /// How many messages the filter has, counted only when asked for and up to 10,000.
    async fn total_count(&self, ctx: &Context<'_>) -> async_graphql::Result<BoundedCount> {
        let counted = match &self.whose {
            Whose::Filtered(filter) => {
                let counted = app(ctx).db.search(filter, async |db, filter| {
                    messages::count(&db, &filter, COUNT_LIMIT + 1).await
                });
                counted.await.map_err(fault)?
            }
            Whose::Owned(owner, id) => {
                let division = division(ctx, *owner, *id).await?;
                let counts = division.iter().map(|it| it.count.unsigned_abs());
                counts.sum()
            }
        };
        Ok(BoundedCount::of(counted))
    }

    /// How the newest 10,000 messages of the filter divide, counted only when asked for.
    #[graphql(complexity = "50 + child_complexity")]
    async fn facets(&self, ctx: &Context<'_>) -> async_graphql::Result<MessageFacets> {
        let (kinds, is_exact): (Vec<(Kinds, i32)>, bool) = match &self.whose {
            Whose::Filtered(filter) => {
                let kinds = app(ctx).db.search(filter, async |db, filter| {
                    messages::many::kinds(&db, &filter, COUNT_LIMIT + 1).await
                });
                let mut kinds = kinds.await.map_err(fault)?;
                let is_exact = kinds.len() as u64 <= COUNT_LIMIT;
                kinds.truncate(usize::try_from(COUNT_LIMIT).unwrap_or(usize::MAX));
                (kinds.into_iter().map(|it| (it, 1)).collect(), is_exact)
            }
            Whose::Owned(owner, id) => {
                let division = division(ctx, *owner, *id).await?;
                let kinds = division.iter().map(|it| {
                    let count = i32::try_from(it.count).unwrap_or(i32::MAX);
                    ((it.status, it.direction, it.lane), count)
                });
                let counted: i64 = division.iter().map(|it| it.count).sum();
                (kinds.collect(), counted.unsigned_abs() <= COUNT_LIMIT)
            }
        };
        let of = || kinds.iter();
        Ok(MessageFacets {
            status: tally(of().map(|((it, ..), count)| (*it, *count)))
                .map(|(value, count)| StatusFacet {
                    value: value.into(),
                    count,
                })
                .collect(),
            direction: tally(of().map(|((_, it, _), count)| (*it, *count)))
                .map(|(value, count)| DirectionFacet {
                    value: value.into(),
                    count,
                })
                .collect(),
            lane: tally(of().map(|((.., it), count)| (*it, *count)))
                .map(|(value, count)| LaneFacet {
                    value: value.into(),
                    count,
                })
                .collect(),
            is_exact,
        })
    }

    /// Subscribe with messageEvents(after: eventCursor) to miss nothing that happens after this page was read.
    async fn event_cursor(&self) -> String {
        MessageEvent::cursor_of(self.head)
    }
}

/// Status, direction and lane.
type Kinds = (MessageStatus, Direction, Lane);

/// How an owner's messages divide, read for all owners of a list at once.
async fn division(ctx: &Context<'_>, owner: Owner, id: Uuid) -> async_graphql::Result<Vec<Alike>> {
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    let limit = COUNT_LIMIT + 1;
    let found = loader.load_one(DivisionOf { owner, id, limit }).await?;
    Ok(found.unwrap_or_default())
}
