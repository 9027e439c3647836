//! The rules, pure: no waiting, no database, no clock.

pub mod backoff;
pub mod bot;
pub mod catalogue;
pub mod draft;
pub mod pace;
pub mod texts;
