//! The stories, told through the doors of a running server: real SQLite, PostgreSQL and Redis, the simulated Twilio over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that can't go on fails"
)]

mod access;
mod cluster;
mod comeback;
mod consent;
mod contacts;
mod content;
mod contract;
mod conversations;
mod crash;
mod doctor;
mod doors;
mod events;
mod export;
mod faults;
mod filters;
mod hostile;
mod jobs;
mod journey;
mod live;
mod media;
mod once;
mod orders;
mod outage;
mod persisted;
mod products;
mod queue;
mod readme;
mod rights;
mod rooms;
mod saved_views;
mod scenarios;
mod search;
mod sending;
mod shop;
mod simulated;
mod simulator;
mod steer;
mod store_on_both;
mod streams;
mod support;
mod texts;
mod webhook;
