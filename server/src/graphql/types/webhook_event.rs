//! What Twilio posted, kept raw.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::types::Kind;
use entity::user::Role;
use entity::webhook_event::{self, WebhookKind, WebhookSource, WebhookState};

use super::user_error::UserError;
use crate::flows::replay;
use crate::gateway::wire::Form;
use crate::graphql::guard::{actor, app, shown_text};
use crate::graphql::guardrail::Door;
use crate::graphql::page::{Page, PageInfo};
use crate::store::webhook_events::Filter;

/// What a webhook event carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "WebhookEventKind", remote = "WebhookKind")]
enum KindEnum {
    /// A message from a customer.
    Inbound,
    /// A status of one of this server's messages.
    Status,
}

/// How far the processing of a webhook event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "WebhookEventState", remote = "WebhookState")]
enum StateEnum {
    /// Kept, and waiting for its processing or its next try.
    Pending,
    /// Done.
    Processed,
    /// Failed too often; replayWebhookEvent processes it again.
    Dead,
}

/// How this server knows of a webhook event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "WebhookEventSource", remote = "WebhookSource")]
enum SourceEnum {
    /// Twilio posted it.
    Webhook,
    /// Its webhook never came: it was found in Twilio's list.
    Recovered,
}

/// Which webhook events. Everything given must hold.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub(in crate::graphql) struct WebhookEventFilter {
    /// How far their processing is.
    state: Option<StateEnum>,
    /// What they carry.
    kind: Option<KindEnum>,
    /// How this server knows of them.
    source: Option<SourceEnum>,
}

impl From<WebhookEventFilter> for Filter {
    fn from(it: WebhookEventFilter) -> Self {
        Self {
            state: it.state.map(Into::into),
            kind: it.kind.map(Into::into),
            source: it.source.map(Into::into),
        }
    }
}

/// One request of Twilio's.
pub(in crate::graphql) struct WebhookEvent(pub(in crate::graphql) webhook_event::Model);

/// One request of Twilio's.
#[Object]
impl WebhookEvent {
    /// whe_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::WebhookEvent.encode(self.0.id).into()
    }

    /// What it carries.
    async fn kind(&self) -> KindEnum {
        self.0.kind.into()
    }

    /// How far its processing is.
    async fn state(&self) -> StateEnum {
        self.0.state.into()
    }

    /// How this server knows of it.
    async fn source(&self) -> SourceEnum {
        self.0.source.into()
    }

    /// When it came in.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.received_at
    }

    /// When it was done; null until then.
    async fn processed_at(&self) -> Option<DateTime<Utc>> {
        self.0.processed_at
    }

    /// How often its processing failed since it came in, or was replayed.
    async fn failures(&self) -> i32 {
        self.0.failures
    }

    /// What failed last; null when nothing did.
    async fn error(&self, ctx: &Context<'_>) -> Option<String> {
        shown_text(ctx, self.0.error.as_deref())
    }

    /// When it is tried next; null when it is not.
    async fn next_try_at(&self) -> Option<DateTime<Utc>> {
        (self.0.state == WebhookState::Pending).then_some(self.0.next_try_at)
    }

    /// What makes it one event however often it is posted.
    async fn dedupe_key(&self) -> &str {
        &self.0.dedupe_key
    }

    /// Twilio's id of the message it is about; null when it names none.
    async fn message_sid(&self) -> Option<String> {
        let form = Form::decode(self.0.body.as_bytes());
        let sid = form.get("MessageSid").or_else(|| form.get("SmsSid"));
        sid.map(str::to_owned)
    }

    /// The form as it was posted, with everything that people wrote. For administrators only; that it was read is in the audit
    /// log, once a request.
    async fn body(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<&str>> {
        let by = actor(ctx, Role::Admin)?;
        let first = replay::read(app(ctx), &by, self.0.id);
        ctx.data_unchecked::<Arc<Door>>()
            .reveal(Box::pin(first))
            .await?;
        Ok(Some(&self.0.body))
    }
}

/// A page of webhook events, newest first.
pub(in crate::graphql) struct WebhookEventConnection(
    pub(in crate::graphql) Page<webhook_event::Model>,
);

/// A webhook event in a list.
#[derive(SimpleObject)]
struct WebhookEventEdge {
    /// Its place in the list.
    cursor: String,
    /// The event.
    node: WebhookEvent,
}

/// A page of webhook events, newest first.
#[Object]
impl WebhookEventConnection {
    /// The page's events with their cursors.
    async fn edges(&self) -> Vec<WebhookEventEdge> {
        let edge = |it: &webhook_event::Model| WebhookEventEdge {
            cursor: Kind::WebhookEvent.encode(it.id),
            node: WebhookEvent(it.clone()),
        };
        self.0.rows.iter().map(edge).collect()
    }

    /// The page's events.
    async fn nodes(&self) -> Vec<WebhookEvent> {
        self.0.rows.iter().cloned().map(WebhookEvent).collect()
    }

    /// Where the page lies in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.0.info
    }
}

/// What became of replayWebhookEvent: an event or errors, never both.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ReplayWebhookEventPayload {
    /// The event, waiting for its processing; null when there are errors.
    pub(in crate::graphql) webhook_event: Option<WebhookEvent>,
    /// Why it can't be processed again.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}
