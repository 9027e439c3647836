//! What people do with conversations, as it happens.

use std::collections::VecDeque;
use std::time::Duration;

use async_graphql::{Context, ID, Subscription};
use entity::conversation_event;
use entity::types::Kind;
use entity::user::Role;
use futures_util::stream::{self, Stream};
use uuid::Uuid;

use super::{Events, cursor};
use crate::app::App;
use crate::graphql::guard::{app, fault, id_of, viewer};
use crate::graphql::types::conversation::ConversationEvent;
use crate::store;

/// Events read at one time.
const AT_ONCE: u64 = 100;
/// A hint that got lost costs no more than this.
const POLL: Duration = Duration::from_secs(1);
/// Hints that come closer are one.
const PAUSE: Duration = Duration::from_millis(50);

/// Conversations: a part of the root of subscriptions.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Conversations;

/// Conversations.
#[Subscription(name = "ConversationSubscription")]
impl Conversations {
    /// What people do with conversations, in the order in which it was stored: who takes them, gives them back, resolves them.
    /// Their messages come with messageEvents.
    async fn conversation_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this conversation only, cvs_…")] conversation_id: Option<ID>,
        #[graphql(
            desc = "Begin after this cursor, without a gap; from now on without it. CURSOR_UNKNOWN: it is not of this log"
        )]
        after: Option<String>,
    ) -> async_graphql::Result<impl Stream<Item = Events<ConversationEvent>>> {
        viewer(ctx, Role::Viewer)?;
        let id = conversation_id.map(|it| id_of(Kind::Conversation, &it));
        let after = after.as_deref().map(ConversationEvent::parse_cursor);
        let app = app(ctx).clone();
        let seq = match after.transpose()? {
            Some(seq) => {
                let last = store::conversations::last_given(app.db.read()).await;
                cursor::within(seq, last.map_err(fault)?)?;
                seq
            }
            None => store::conversations::head(app.db.read())
                .await
                .map_err(fault)?,
        };
        Ok(follow(app, id.transpose()?, seq))
    }
}

fn follow(app: App, of: Option<Uuid>, seq: i64) -> impl Stream<Item = Events<ConversationEvent>> {
    let grew = app.cluster.log();
    let ready = VecDeque::<conversation_event::Model>::new();
    // A stream ends with its first error; the client comes back with its cursor.
    let state = Some((app, grew, seq, ready));
    stream::unfold(state, move |state| async move {
        let (app, mut grew, mut seq, mut ready) = state?;
        loop {
            if let Some(event) = ready.pop_front() {
                seq = event.seq;
                return Some((Ok(ConversationEvent(event)), Some((app, grew, seq, ready))));
            }
            if app.closing.is_cancelled() {
                return None;
            }
            grew.mark_unchanged();
            match store::conversations::events_after(app.db.read(), of, seq, AT_ONCE).await {
                Ok(found) if found.is_empty() => {
                    tokio::select! {
                        () = app.closing.cancelled() => return None,
                        _ = grew.changed() => tokio::time::sleep(PAUSE).await,
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
                Ok(found) => ready = found.into(),
                Err(error) => return Some((Err(fault(error)), None)),
            }
        }
    })
}
