//! The types of the API: each wraps its record, its fields are chosen.

pub(super) mod access;
pub(super) mod audit;
pub(super) mod bulk_job;
pub(super) mod contact;
pub(super) mod conversation;
pub(super) mod health;
pub(super) mod message;
pub(super) mod money;
pub(super) mod order;
pub(super) mod preview;
pub(super) mod product;
pub(super) mod queue;
pub(super) mod saved_view;
pub(super) mod simulator;
pub(super) mod stats;
pub(super) mod twilio_error;
pub(super) mod user_error;
pub(super) mod viewer;
pub(super) mod webhook_event;
pub(super) mod webhook_refusal;

use async_graphql::{ID, Interface};

/// Anything that has an id of its own.
#[derive(Interface)]
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
    /// A conversation.
    Conversation(conversation::Conversation),
    /// A background job.
    BulkJob(bulk_job::BulkJob),
    /// A webhook event.
    WebhookEvent(webhook_event::WebhookEvent),
    /// A product.
    Product(product::Product),
    /// An order.
    Order(order::Order),
    /// A line of an order.
    OrderItem(order::OrderItem),
    /// A user.
    User(access::User),
    /// A token.
    Token(access::Token),
    /// A session.
    Session(access::Session),
    /// A view that somebody keeps.
    SavedView(saved_view::SavedView),
    /// An entry of the audit log.
    AuditEntry(audit::AuditEntry),
}
