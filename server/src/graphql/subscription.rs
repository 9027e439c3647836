//! What can be followed live. Events come out of the log, so a cursor resumes them without a gap.

pub(super) mod bulk_job;
pub(super) mod conversations;
mod cursor;
pub(super) mod health;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Subscription as GraphQlSubscription};
use entity::user::Role;
use futures_util::stream::{self, Stream};

use super::guard::{app, bad_argument, fault, viewer};
use super::tail::{Live, Reader, Tail};
use super::types::message::{MessageEvent, MessageFilter};
use super::types::queue::{Looked, QueueMetrics};
use crate::store::messages::Filter;

/// Messages and the queue: a part of the root of subscriptions.
#[derive(Debug, Default)]
pub(super) struct Subscription;

pub(super) type Events<T> = async_graphql::Result<T>;

/// What can be followed live.
#[GraphQlSubscription(name = "MessageSubscription")]
#[expect(clippy::unused_async, reason = "the macro takes async functions only")]
impl Subscription {
    /// Everything that happens to messages, in the order in which it was stored.
    async fn message_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Events of these messages only, as they are when the event is told")]
        filter: Option<MessageFilter>,
        #[graphql(
            desc = "Begin after this cursor, without a gap; from now on without it. CURSOR_EXPIRED: what came after it may be deleted already; \
                            CURSOR_UNKNOWN: it is not of this log"
        )]
        after: Option<String>,
    ) -> async_graphql::Result<impl Stream<Item = Events<MessageEvent>>> {
        viewer(ctx, Role::Viewer)?;
        let filter = filter.unwrap_or_default().checked(ctx)?;
        let seq = after
            .as_deref()
            .map(MessageEvent::parse_cursor)
            .transpose()?;
        if let Some(seq) = seq {
            cursor::check(app(ctx), seq).await?;
        }
        let reader = ctx
            .data_unchecked::<Tail>()
            .reader(seq)
            .await
            .map_err(fault)?;
        Ok(events(reader, filter))
    }

    /// The queue, again and again.
    async fn queue_metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Milliseconds between two looks, 250 to 60000", default = 1000)]
        interval_ms: i32,
    ) -> async_graphql::Result<impl Stream<Item = Events<QueueMetrics>>> {
        viewer(ctx, Role::Viewer)?;
        if !(250..=60_000).contains(&interval_ms) {
            return Err(bad_argument("intervalMs: not from 250 to 60000"));
        }
        let pause = Duration::from_millis(u64::try_from(interval_ms).unwrap_or(1_000));
        let app = app(ctx).clone();
        let looked = ctx.data_unchecked::<Arc<Looked>>().clone();
        Ok(stream::unfold(
            (app, looked, true),
            move |(app, looked, is_first)| async move {
                if !is_first {
                    tokio::time::sleep(pause).await;
                }
                let metrics = looked.read(&app).await.map_err(fault);
                Some((metrics, (app, looked, false)))
            },
        ))
    }
}

fn events(reader: Reader, filter: Filter) -> impl Stream<Item = Events<MessageEvent>> {
    let state = (Some(reader), filter, Vec::<Live>::new().into_iter());
    stream::unfold(state, |(reader, filter, mut ready)| async move {
        // A stream ends with its first error; the client comes back with its cursor.
        let mut reader = reader?;
        loop {
            if let Some(live) = ready.find(|it| filter.matches(&it.message)) {
                let event = Ok(MessageEvent::live(live));
                return Some((event, (Some(reader), filter, ready)));
            }
            match reader.next().await {
                Ok(Some(batch)) => ready = batch.into_iter(),
                Ok(None) => return None,
                Err(error) => return Some((Err(fault(error)), (None, filter, ready))),
            }
        }
    })
}
