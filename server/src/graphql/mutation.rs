//! What can be changed. Bad input is a `userErrors` entry; GraphQL errors are for a broken query, no right, or a fault.

pub(super) mod bulk_jobs;
pub(super) mod cancel;
pub(super) mod contacts;
pub(super) mod conversations;
pub(super) mod orders;
pub(super) mod passwords;
pub(super) mod products;
pub(super) mod queue;
pub(super) mod tokens;
pub(super) mod users;
pub(super) mod webhook_events;
pub(super) mod writing;

use async_graphql::{Context, ID, InputObject, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::message;
use entity::types::{Address, Kind};
use entity::user::Role;
use serde_json::Value;

use super::guard::{actor, app, published};
use super::types::message::{LaneEnum, Message};
use super::types::simulator::SimulatorMessage;
use super::types::user_error::UserError;
use crate::domain::draft::Request;
use crate::error::{Error, Fault, Refusal, RefusalCode};
use crate::flows::audit::{self, Actor, Change};
use crate::flows::{outbound, retry};
use crate::gateway::simulator::Writing;

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

/// What a simulated customer writes.
#[derive(Debug, InputObject)]
struct SimulatorSendInput {
    /// The customer's number.
    from: String,
    /// What they call themselves.
    name: Option<String>,
    /// What they write.
    body: String,
}

/// What became of simulatorSend: a message or errors, never both.
#[derive(SimpleObject)]
struct SimulatorSendPayload {
    /// What is on the phone now; null when there are errors.
    message: Option<SimulatorMessage>,
    /// Every broken rule.
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

    /// Writes to this server as a customer would, from a simulated phone. Works in sandbox mode only.
    async fn simulator_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who writes what")] input: SimulatorSendInput,
    ) -> async_graphql::Result<SimulatorSendPayload> {
        let by = actor(ctx, Role::Operator)?;
        match write_as_customer(ctx, &by, input).await {
            Ok(message) => Ok(SimulatorSendPayload {
                message: Some(message),
                user_errors: Vec::new(),
            }),
            Err(Error::Refused(broken)) => {
                let user_errors = broken.into_iter().map(UserError::from).collect();
                Ok(SimulatorSendPayload {
                    message: None,
                    user_errors,
                })
            }
            Err(error) => Err(published(error)),
        }
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

async fn write_as_customer(
    ctx: &Context<'_>,
    by: &Actor,
    input: SimulatorSendInput,
) -> crate::error::Result<SimulatorMessage> {
    let app = app(ctx);
    let Some(phones) = &app.phones else {
        let message =
            "this server talks to the real Twilio: the simulator runs in sandbox mode only";
        return Err(Refusal::whole(RefusalCode::SimulatorOff, message).into());
    };
    let from = Address::parse(&input.from)
        .map_err(|error| Refusal::field(RefusalCode::InvalidNumber, "from", error.to_string()))?;
    if input.body.trim().is_empty() {
        return Err(Refusal::field(RefusalCode::Empty, "body", "write something first").into());
    }
    if input.body.encode_utf16().count() > 4_096 {
        return Err(Refusal::field(
            RefusalCode::TooLong,
            "body",
            "WhatsApp takes 4,096 characters",
        )
        .into());
    }
    let to = app
        .senders()
        .first()
        .map(|it| it.as_str().to_owned())
        .unwrap_or_default();
    let name = input.name.unwrap_or_default();
    let writing = Writing {
        from: from.as_str().to_owned(),
        to,
        name,
        body: input.body,
        ..Writing::default()
    };
    let written = phones.write(&writing).await;
    let message =
        written.map_err(|error| Error::Fault(Fault::Other(format!("the simulator: {error}"))))?;
    audit::record(app, by, Change::new("simulatorSend")).await?;
    Ok(SimulatorMessage(message))
}
