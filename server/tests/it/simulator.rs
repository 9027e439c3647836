//! The simulated Twilio, asked as Twilio is: over HTTP, with credentials, by its documented words.

mod api;
mod content;
mod magic;
mod memory;
mod messages;
mod phones;
mod stage;
mod world;
