//! The server, as typed operations over HTTP and the socket. Knows the schema; knows nothing of pages.

pub(crate) mod access;
pub(crate) mod attention;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod client;
pub(crate) mod content;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod expiry;
pub(crate) mod fix;
pub(crate) mod health;
pub(crate) mod histogram;
pub(crate) mod language;
pub(crate) mod live;
pub(crate) mod log;
pub(crate) mod message_audit;
pub(crate) mod message_filter;
pub(crate) mod messages;
pub(crate) mod queue;
pub(crate) mod raw;
pub(crate) mod search;
pub(crate) mod simulator;
pub(crate) mod stats;
pub(crate) mod viewer;
pub(crate) mod views;
pub(crate) mod webhooks;
