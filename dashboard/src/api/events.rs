//! The subscription every page shares: what happens to messages, resumable by cursor.

use cynic::SubscriptionBuilder;
use serde::Serialize;

use super::messages::{MessageFilter, MessageRow};
use crate::{
    core::{
        status::Status,
        words::{EventKind, Timestamp},
    },
    schema,
};

/// One thing that happened, with the row as it is after it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct MessageEvent {
    pub(crate) cursor: String,
    pub(crate) at: Timestamp,
    pub(crate) kind: EventKind,
    pub(crate) status: Status,
    pub(crate) changed: bool,
    pub(crate) detail: Option<String>,
    pub(crate) error_code: Option<i32>,
    pub(crate) message: MessageRow,
}

/// What the subscription asks for.
#[derive(cynic::QueryVariables, Clone, Debug)]
pub(crate) struct EventVariables {
    filter: Option<MessageFilter>,
    after: Option<String>,
}

/// The answer to the subscription.
#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Subscription", variables = "EventVariables")]
pub(crate) struct MessageEvents {
    #[arguments(filter: $filter, after: $after)]
    pub(crate) message_events: MessageEvent,
}

#[derive(Serialize)]
struct Subscribe<'a, P> {
    r#type: &'static str,
    id: &'a str,
    payload: P,
}

/// The frame that subscribes under `id`, from after a cursor when there is one.
pub(crate) fn subscribe_frame(id: &str, filter: &MessageFilter, after: Option<&str>) -> String {
    let variables = EventVariables {
        filter: Some(filter.clone()),
        after: after.map(ToOwned::to_owned),
    };
    let payload = MessageEvents::build(variables);
    serde_json::to_string(&Subscribe {
        r#type: "subscribe",
        id,
        payload,
    })
    .unwrap_or_default()
}
