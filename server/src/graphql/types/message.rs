//! A message with its attempts and its timeline.

mod attempt;
mod content;
mod enums;
mod event;
mod filter;
mod list;
mod owned;

use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Json, Object};
use chrono::{DateTime, Utc};
use entity::types::Kind;
use entity::{contact, message};
use serde_json::Value;

pub(in crate::graphql) use enums::{LaneEnum, StatusEnum};
pub(in crate::graphql) use event::MessageEvent;
pub(in crate::graphql) use filter::MessageFilter;
pub(in crate::graphql) use list::{BoundedCount, COUNT_LIMIT, MessageConnection, Whose};

use super::contact::Contact;
use super::conversation::Conversation;
use super::twilio_error::TwilioError;
use crate::domain::catalogue;
use crate::domain::content::Content;
use crate::graphql::guard::{sees_numbers, shown_address};
use crate::graphql::loaders::{AttemptsOf, ContactKey, ConversationKey, Loader, TimelineOf};
use crate::graphql::page::cursor;
use attempt::DeliveryAttempt;
use content::{
    ChoiceObject, ContentKindEnum, LocationObject, Medium, QuotedObject, ReferralObject,
};
use enums::DirectionEnum;

/// A message of either direction.
#[derive(Clone)]
pub(in crate::graphql) struct Message {
    row: Arc<message::Model>,
    /// Who it is from or to, where they were read along with it.
    contact: Option<Arc<contact::Model>>,
}

impl From<Arc<message::Model>> for Message {
    fn from(row: Arc<message::Model>) -> Self {
        Self { row, contact: None }
    }
}

impl From<message::Model> for Message {
    fn from(row: message::Model) -> Self {
        Arc::new(row).into()
    }
}

impl From<(message::Model, Option<contact::Model>)> for Message {
    fn from((row, contact): (message::Model, Option<contact::Model>)) -> Self {
        Self {
            row: Arc::new(row),
            contact: contact.map(Arc::new),
        }
    }
}

/// A message of either direction.
// One field after the other: a task for each costs more than what most of them do. Relations of many messages are read by
// one statement a kind all the same.
#[Object(serial)]
impl Message {
    /// msg_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::Message.encode(self.row.id).into()
    }

    /// Who wrote it.
    async fn direction(&self) -> DirectionEnum {
        self.row.direction.into()
    }

    /// Where it is in its life.
    async fn status(&self) -> StatusEnum {
        self.row.status.into()
    }

    /// How urgent it is.
    async fn lane(&self) -> LaneEnum {
        self.row.lane.into()
    }

    /// Sender, channel included, e.g. whatsapp:+14155238886. A customer's is masked for the role VIEWER: whatsapp:+977•••••00.
    async fn from(&self, ctx: &Context<'_>) -> String {
        shown_address(ctx, &self.row.from_address)
    }

    /// Recipient, channel included. A customer's is masked for the role VIEWER.
    async fn to(&self, ctx: &Context<'_>) -> String {
        shown_address(ctx, &self.row.to_address)
    }

    /// Who it is from or to.
    async fn contact(&self, ctx: &Context<'_>) -> async_graphql::Result<Contact> {
        if let Some(known) = &self.contact {
            return Ok(Contact(known.clone()));
        }
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(ContactKey(self.row.contact_id)).await?;
        found
            .map(Contact::from)
            .ok_or_else(|| "the contact was erased a moment ago".into())
    }

    /// The conversation it is of.
    async fn conversation(&self, ctx: &Context<'_>) -> async_graphql::Result<Conversation> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let key = ConversationKey(self.row.conversation_id);
        let found = loader.load_one(key).await?;
        found
            .map(Conversation)
            .ok_or_else(|| "the conversation was erased a moment ago".into())
    }

    /// Text or caption; null for a template or bare media.
    async fn body(&self) -> Option<&str> {
        self.row.body.as_deref()
    }

    /// What it is made of.
    async fn content_kind(&self) -> ContentKindEnum {
        self.row.content_kind.into()
    }

    /// Its pictures, voices and files.
    #[graphql(complexity = "1 + crate::graphql::page::cost_of_all(2, child_complexity)")]
    async fn media(&self, ctx: &Context<'_>) -> Vec<Medium> {
        content::media(ctx, &self.row)
    }

    /// The place it tells; null without one.
    async fn location(&self) -> Option<LocationObject> {
        self.content().location.map(LocationObject)
    }

    /// What was tapped or chosen; null without it.
    async fn choice(&self) -> Option<ChoiceObject> {
        self.content().choice.map(ChoiceObject)
    }

    /// The message it answers to ("reply"); null when it is no such answer.
    async fn quoted(&self) -> Option<QuotedObject> {
        self.content().quoted.map(QuotedObject)
    }

    /// The advertisement by which the customer came; null on all but their first message.
    async fn referral(&self) -> Option<ReferralObject> {
        self.content().referral.map(ReferralObject)
    }

    /// Whether the customer forwarded it from somebody else.
    async fn is_forwarded(&self) -> bool {
        self.content().is_forwarded
    }

    /// Fields of Twilio's form that this server does not know, as they came; null when it knows them all,
    /// and for the role VIEWER.
    async fn unknown_fields(&self, ctx: &Context<'_>) -> Option<Json<Value>> {
        content::unknown(&self.content()).filter(|_| sees_numbers(ctx))
    }

    /// URLs of its media as Twilio has them; media tells where to see them.
    async fn media_urls(&self) -> Vec<&str> {
        self.row
            .media_urls
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Its template, HX…; null without one.
    async fn content_sid(&self) -> Option<&str> {
        self.row.content_sid.as_deref()
    }

    /// The template's variables; null without them.
    async fn content_variables(&self) -> Option<Json<&Value>> {
        self.row.content_variables.as_ref().map(Json)
    }

    /// Twilio's id of the message; null until Twilio took it.
    async fn twilio_sid(&self) -> Option<&str> {
        self.row.twilio_sid.as_deref()
    }

    /// Twilio's error code of the last failure; null without one.
    async fn error_code(&self) -> Option<i32> {
        self.row.error_code
    }

    /// What the error code means; null without one, or when it is not in the catalogue.
    async fn error(&self) -> Option<TwilioError> {
        self.row
            .error_code
            .and_then(catalogue::find)
            .map(TwilioError)
    }

    /// Requests to Twilio so far.
    async fn attempt_count(&self) -> i32 {
        self.row.attempt_count
    }

    /// Whether retryMessage would send it again.
    async fn is_retryable(&self) -> bool {
        self.row.status.is_retryable()
    }

    /// Grows with every change: of two copies the one with the greater version is newer.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// When it was stored.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// When the queue takes it next; null once it left the queue.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.row.due_at
    }

    /// Not to be sent after this time; null without a limit.
    async fn not_after(&self) -> Option<DateTime<Utc>> {
        self.row.not_after
    }

    /// Every request to Twilio, oldest first.
    #[graphql(complexity = "1 + crate::graphql::page::cost_of_all(5, child_complexity)")]
    async fn attempts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<DeliveryAttempt>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader
            .load_one(AttemptsOf(self.row.id))
            .await?
            .unwrap_or_default();
        Ok(found.into_iter().map(DeliveryAttempt).collect())
    }

    /// Everything that happened to it, in the order in which it was stored. Each event leads back to the message, so a timeline
    /// within a timeline costs ten times as much.
    #[graphql(complexity = "1 + crate::graphql::page::cost_of_all(10, child_complexity)")]
    async fn timeline(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<MessageEvent>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader
            .load_one(TimelineOf(self.row.id))
            .await?
            .unwrap_or_default();
        Ok(found
            .into_iter()
            .map(|event| MessageEvent::past(event, self.clone()))
            .collect())
    }
}

impl Message {
    /// Its cursor in a list.
    fn cursor(&self) -> String {
        cursor(self.row.id)
    }

    fn content(&self) -> Content {
        Content::read(self.row.content.as_ref())
    }
}
