//! The rules of the dashboard, without a browser: filters, rows, text, time, reconnecting. Tested natively.

pub(crate) mod canary;
pub(crate) mod chart;
pub(crate) mod coalesce;
pub(crate) mod content;
pub(crate) mod filter;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod needs;
pub(crate) mod offers;
pub(crate) mod period;
pub(crate) mod persona;
pub(crate) mod pressure;
pub(crate) mod query;
pub(crate) mod reconnect;
pub(crate) mod status;
pub(crate) mod tally;
pub(crate) mod time;
pub(crate) mod whatsapp;
pub(crate) mod words;
