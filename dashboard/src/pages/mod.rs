//! The pages: they read the URL, call `api`, and hand data down. One folder a route.

pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod doctor;
#[cfg(debug_assertions)]
pub(crate) mod gallery;
pub(crate) mod job;
pub(crate) mod message;
pub(crate) mod messages;
pub(crate) mod not_found;
pub(crate) mod overview;
pub(crate) mod parts;
pub(crate) mod queue;
pub(crate) mod range;
pub(crate) mod reading;
pub(crate) mod shell;
pub(crate) mod sign_in;
pub(crate) mod simulator;
pub(crate) mod trouble;
pub(crate) mod webhooks;
