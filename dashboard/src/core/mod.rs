//! The rules of the dashboard, without a browser: filters, rows, text, time, reconnecting. Tested natively.

pub(crate) mod coalesce;
pub(crate) mod columns;
pub(crate) mod content;
pub(crate) mod export;
pub(crate) mod filter;
pub(crate) mod grammar;
pub(crate) mod histogram;
pub(crate) mod json;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod order;
pub(crate) mod persona;
pub(crate) mod query;
pub(crate) mod range;
pub(crate) mod reconnect;
pub(crate) mod status;
pub(crate) mod time;
pub(crate) mod viewport;
pub(crate) mod whatsapp;
pub(crate) mod words;
