//! The nouns of Waybill: one table a file, and the value types in their columns.
//!
//! Ids are `UUIDv7` (shown outside as `TypeID`, see [`types::Kind`]), times are UTC. Nothing here knows a query.

pub mod api_token;
pub mod audit_entry;
pub mod basket_item;
pub mod bulk_job;
pub mod chore;
pub mod contact;
pub mod contact_identity;
pub mod content_resource;
pub mod conversation;
pub mod conversation_event;
pub mod delivery_attempt;
pub mod lane_pause;
pub mod message;
pub mod message_event;
pub mod node;
pub mod order;
pub mod order_item;
pub mod order_step;
pub mod order_template;
pub mod product;
pub mod saved_view;
pub mod session;
pub mod sign_in_failure;
pub mod sign_in_link;
pub mod stats_minute;
pub mod types;
pub mod user;
pub mod webhook_event;
pub mod webhook_refusal;
