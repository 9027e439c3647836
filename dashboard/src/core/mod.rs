//! The rules of the dashboard, without a browser: filters, rows, text, time, reconnecting. Tested natively.

pub(crate) mod agent;
pub(crate) mod ask;
pub(crate) mod checks;
pub(crate) mod coalesce;
pub(crate) mod content;
pub(crate) mod diff;
pub(crate) mod expiry;
pub(crate) mod facets;
pub(crate) mod filter;
pub(crate) mod keymap;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod persona;
pub(crate) mod query;
pub(crate) mod reconnect;
pub(crate) mod status;
pub(crate) mod time;
pub(crate) mod trail;
pub(crate) mod webhook;
pub(crate) mod whatsapp;
pub(crate) mod words;
