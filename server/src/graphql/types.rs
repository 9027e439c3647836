//! The types of the API: each wraps its record, its fields are chosen.

pub(super) mod contact;
pub(super) mod message;
pub(super) mod queue;
pub(super) mod simulator;
pub(super) mod twilio_error;
pub(super) mod user_error;
pub(super) mod viewer;

use async_graphql::{ID, Interface};

/// Anything that has an id of its own.
#[derive(Interface)]
#[expect(
    clippy::large_enum_variant,
    reason = "one lives at a time, for one field"
)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Its public id, the same in URLs and logs"
))]
pub(super) enum Node {
    /// A message.
    Message(message::Message),
    /// A contact.
    Contact(contact::Contact),
}
