//! Many messages at once, taking them back, and holding the queue.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::message;
use entity::types::Kind;
use entity::user::Role;

use super::{SendMessageInput, split};
use crate::error::{self, Error, Refusal, RefusalCode};
use crate::flows::outbound;
use crate::flows::steer::{self, Hold};
use crate::graphql::guard::{actor, app, published};
use crate::graphql::page;
use crate::graphql::types::message::{LaneEnum, Message};
use crate::graphql::types::queue::QueueMetrics;
use crate::graphql::types::user_error::UserError;

/// Messages of one request. Each waits for the others, so more would only be slower.
const MOST: usize = 1_000;

/// What steers the queue.
#[derive(Debug, Default)]
pub(in crate::graphql) struct QueueMutation;

/// Messages to be sent.
#[derive(Debug, InputObject)]
struct SendMessagesInput {
    /// At most 1,000.
    messages: Vec<SendMessageInput>,
}

/// What became of sendMessages.
#[derive(SimpleObject)]
struct SendMessagesPayload {
    /// How many of them are stored.
    accepted_count: i32,
    /// Each message's own answer, in the order of the input; empty when the request as a whole was refused.
    results: Vec<SendMessagesResult>,
    /// What is wrong with the request as a whole.
    user_errors: Vec<UserError>,
}

/// What became of one of the messages: a message or errors, never both.
#[derive(SimpleObject)]
struct SendMessagesResult {
    /// Its place in the input, from 0.
    index: i32,
    /// The stored message; null when there are errors.
    message: Option<Message>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// What became of cancelMessage: a message or errors, never both.
#[derive(SimpleObject)]
struct CancelMessagePayload {
    /// The message, taken back; null when there are errors.
    message: Option<Message>,
    /// Why it can't be taken back.
    user_errors: Vec<UserError>,
}

/// What became of pauseQueue.
#[derive(SimpleObject)]
struct PauseQueuePayload {
    /// The queue now; null when there are errors.
    queue: Option<QueueMetrics>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// What became of resumeQueue.
#[derive(SimpleObject)]
struct ResumeQueuePayload {
    /// The queue now; null when there are errors.
    queue: Option<QueueMetrics>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// What steers the queue.
#[Object]
impl QueueMutation {
    /// Sends up to 1,000 messages; each has its own answer, and a bad one costs no other.
    #[graphql(complexity = "100 + cost(input.messages.len(), child_complexity)")]
    async fn send_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The messages")] input: SendMessagesInput,
    ) -> async_graphql::Result<SendMessagesPayload> {
        let by = actor(ctx, Role::Operator)?;
        if let Some(refusal) = wrong_count(input.messages.len()) {
            return Ok(SendMessagesPayload {
                accepted_count: 0,
                results: Vec::new(),
                user_errors: vec![refusal.into()],
            });
        }
        let requests = input.messages.into_iter().map(SendMessageInput::request);
        let sent = outbound::send_all(app(ctx), &by, requests.collect()).await;
        let mut results = Vec::with_capacity(sent.len());
        for (index, sent) in (0..).zip(sent) {
            results.push(SendMessagesResult::new(index, sent));
        }
        let accepted = results.iter().filter(|it| it.message.is_some()).count();
        Ok(SendMessagesPayload {
            accepted_count: i32::try_from(accepted).unwrap_or(i32::MAX),
            results,
            user_errors: Vec::new(),
        })
    }

    /// Takes a message back that has not left: one that is SCHEDULED or QUEUED.
    async fn cancel_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "msg_…")] id: ID,
    ) -> async_graphql::Result<CancelMessagePayload> {
        let by = actor(ctx, Role::Operator)?;
        let canceled = match Kind::Message.parse(&id) {
            Ok(id) => steer::cancel(app(ctx), &by, id).await,
            Err(error) => {
                Err(Refusal::field(RefusalCode::NotFound, "id", error.to_string()).into())
            }
        };
        let (message, user_errors) = split(canceled)?;
        Ok(CancelMessagePayload {
            message,
            user_errors,
        })
    }

    /// Holds a lane, or all of them: nothing more is handed to Twilio from it. Messages are still accepted, and wait.
    async fn pause_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which lane; all of them without it")] lane: Option<LaneEnum>,
        #[graphql(desc = "Why, for those who wonder; at most 500 characters", default)]
        reason: String,
        #[graphql(desc = "When it goes on by itself; without it when somebody resumes it")]
        until: Option<DateTime<Utc>>,
    ) -> async_graphql::Result<PauseQueuePayload> {
        let by = actor(ctx, Role::Operator)?;
        let hold = Hold {
            lane: lane.map(Into::into),
            reason,
            until,
            by,
        };
        let (queue, user_errors) = now(ctx, steer::pause(app(ctx), hold).await).await?;
        Ok(PauseQueuePayload { queue, user_errors })
    }

    /// Lets a lane go on, or all of them.
    async fn resume_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which lane; all of them without it")] lane: Option<LaneEnum>,
    ) -> async_graphql::Result<ResumeQueuePayload> {
        let by = actor(ctx, Role::Operator)?;
        let resumed = steer::resume(app(ctx), &by, lane.map(Into::into)).await;
        let (queue, user_errors) = now(ctx, resumed).await?;
        Ok(ResumeQueuePayload { queue, user_errors })
    }
}

/// What answers cost: a tenth of their fields, so that 1,000 tell what became of each.
fn cost(answers: usize, of_answer: usize) -> usize {
    (page::cost_of_all(answers.min(MOST), of_answer) / 10).max(of_answer)
}

fn wrong_count(count: usize) -> Option<Refusal> {
    let (code, message) = match count {
        0 => (RefusalCode::Required, "no message is there".to_owned()),
        1..=MOST => return None,
        _ => (
            RefusalCode::TooMany,
            format!("{count} messages: at most 1,000 go in one request"),
        ),
    };
    Some(Refusal::field(code, "messages", message))
}

impl SendMessagesResult {
    fn new(index: i32, sent: error::Result<message::Model>) -> Self {
        let (message, broken) = match sent {
            Ok(message) => (Some(message.into()), Vec::new()),
            Err(error) => (None, refusals(error)),
        };
        Self {
            index,
            message,
            user_errors: broken.into_iter().map(UserError::from).collect(),
        }
    }
}

/// Why one message of many was not accepted. A fault as well is told in its own place: as the end of the request it would hide
/// that others are stored, and whoever asks again would send those twice.
fn refusals(error: Error) -> Vec<Refusal> {
    match error {
        Error::Refused(broken) => broken,
        Error::Unavailable(words) => vec![Refusal::whole(RefusalCode::Unavailable, words)],
        Error::NotFound(_) | Error::Unauthenticated | Error::Forbidden(_) | Error::Fault(_) => {
            let error = error::words(&error);
            tracing::error!(error, "one of many messages failed");
            vec![Refusal::whole(RefusalCode::Unavailable, outbound::UNCLEAR)]
        }
    }
}

/// The queue after a change, or why there was none.
async fn now(
    ctx: &Context<'_>,
    changed: crate::error::Result<()>,
) -> async_graphql::Result<(Option<QueueMetrics>, Vec<UserError>)> {
    match changed {
        Ok(()) => {
            let queue = QueueMetrics::read(app(ctx)).await;
            Ok((Some(queue.map_err(|it| published(it.into()))?), Vec::new()))
        }
        Err(Error::Refused(broken)) => {
            Ok((None, broken.into_iter().map(UserError::from).collect()))
        }
        Err(error) => Err(published(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Fault;

    #[test]
    fn a_fault_of_one_message_is_told_in_its_own_place_and_kept_private() {
        let fault = Error::Fault(Fault::Other("secret".to_owned()));
        for (error, code) in [
            (fault, RefusalCode::Unavailable),
            (Error::Unavailable("not now"), RefusalCode::Unavailable),
            (
                Refusal::whole(RefusalCode::Empty, "x").into(),
                RefusalCode::Empty,
            ),
        ] {
            let told = refusals(error);
            assert_eq!(told.len(), 1);
            assert_eq!(told[0].code, code);
            assert!(!told[0].message.contains("secret"));
        }
        let failed = SendMessagesResult::new(3, Err(Error::Fault(Fault::Other(String::new()))));
        assert!(failed.message.is_none() && failed.user_errors.len() == 1);
        assert_eq!(failed.index, 3);
    }
}
