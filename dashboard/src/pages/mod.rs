//! The pages: they read the URL, call `api`, and hand data down. One folder a route.

pub(crate) mod job;
pub(crate) mod message;
pub(crate) mod messages;
pub(crate) mod not_found;
pub(crate) mod shell;
pub(crate) mod sign_in;
pub(crate) mod simulator;
