//! What can be changed. Bad input is a `userErrors` entry; GraphQL errors are for a broken query, no right, or a fault.

pub(super) mod bulk_jobs;
pub(super) mod cancel;
pub(super) mod contacts;
pub(super) mod conversations;
pub(super) mod orders;
pub(super) mod passwords;
pub(super) mod products;
pub(super) mod queue;
pub(super) mod saved_views;
pub(super) mod simulator;
pub(super) mod tokens;
pub(super) mod users;
pub(super) mod webhook_events;
pub(super) mod writing;

use async_graphql::{Context, ID, InputObject, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::message;
use entity::types::Kind;
use entity::user::Role;
use serde_json::Value;

use super::guard::{actor, app, published};
use super::types::message::{LaneEnum, Message};
use super::types::user_error::UserError;
use crate::domain::draft::Request;
use crate::error::{Error, Refusal, RefusalCode};
use crate::flows::{outbound, retry};

/// Messages: a part of the root of mutations.
#[derive(Debug, Default)]
pub(super) struct Mutation;

/// A message to be sent.
#[derive(Debug, InputObject)]
pub(super) struct SendMessageInput {
    /// Recipient in international form, with or without "whatsapp:", e.g. +9779800000000.
    to: String,
    /// Text, or the caption of the media; at most 1,600 UTF-16 code units.
    body: Option<String>,
    /// Absolute http or https URLs; WhatsApp takes one.
    media_urls: Option<Vec<String>>,
    /// A template, HX…; it brings its own text.
    content_sid: Option<String>,
    /// The template's variables: an object of texts.
    content_variables: Option<Json<Value>>,
    /// One of this server's senders; the default one without it.
    from: Option<String>,
    /// How urgent. In the immediate lane the answer comes once Twilio has answered.
    #[graphql(default_with = "LaneEnum::Normal")]
    lane: LaneEnum,
    /// Not before this time.
    send_at: Option<DateTime<Utc>>,
    /// Not after this time.
    not_after: Option<DateTime<Utc>>,
    /// A key of your own, at most 255 bytes: the same key and content sends once, however often it is asked for.
    idempotency_key: Option<String>,
}

/// What became of sendMessage: a message or errors, never both.
#[derive(SimpleObject)]
struct SendMessagePayload {
    /// The stored message; null when there are errors.
    message: Option<Message>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// What became of retryMessage: a message or errors, never both.
#[derive(SimpleObject)]
struct RetryMessagePayload {
    /// The message, queued again; null when there are errors.
    message: Option<Message>,
    /// Why it can't be sent again.
    user_errors: Vec<UserError>,
}

/// What can be changed.
#[Object(name = "MessageMutation")]
impl Mutation {
    /// Sends a message. It is stored before this answers; its way can be followed by messageEvents.
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message")] input: SendMessageInput,
    ) -> async_graphql::Result<SendMessagePayload> {
        let by = actor(ctx, Role::Operator)?;
        let sent = outbound::send(app(ctx), &by, input.request()).await;
        let (message, user_errors) = split(sent)?;
        Ok(SendMessagePayload {
            message,
            user_errors,
        })
    }

    /// Sends a message again that ended as FAILED, UNDELIVERED or CANCELED. Its history stays.
    async fn retry_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "msg_…")] id: ID,
    ) -> async_graphql::Result<RetryMessagePayload> {
        let by = actor(ctx, Role::Operator)?;
        let retried = match Kind::Message.parse(&id) {
            Ok(id) => retry::retry(app(ctx), &by, id).await,
            Err(error) => {
                Err(Refusal::field(RefusalCode::NotFound, "id", error.to_string()).into())
            }
        };
        let (message, user_errors) = split(retried)?;
        Ok(RetryMessagePayload {
            message,
            user_errors,
        })
    }
}

impl SendMessageInput {
    pub(super) fn request(self) -> Request {
        Request {
            to: self.to,
            body: self.body,
            media_urls: self.media_urls.unwrap_or_default(),
            content_sid: self.content_sid,
            content_variables: self.content_variables.map(|it| it.0),
            from: self.from,
            lane: self.lane.into(),
            send_at: self.send_at,
            not_after: self.not_after,
            idempotency_key: self.idempotency_key,
        }
    }
}

type Payload = (Option<Message>, Vec<UserError>);

fn split(result: crate::error::Result<message::Model>) -> async_graphql::Result<Payload> {
    match result {
        Ok(message) => Ok((Some(message.into()), Vec::new())),
        Err(Error::Refused(broken)) => {
            Ok((None, broken.into_iter().map(UserError::from).collect()))
        }
        Err(error) => Err(published(error)),
    }
}
