//! The stories: each function tells one of them, and its facts and the work they cause are one transaction.

pub mod access;
pub mod audit;
pub mod bulk;
pub mod cancel;
mod comeback;
pub mod contacts;
pub mod conversations;
pub mod depths;
pub mod failures;
pub mod inbound;
pub mod indexing;
pub mod knock;
pub mod listing;
pub mod outbound;
pub mod receipts;
pub mod reconcile;
pub mod recover;
pub mod refusals;
pub mod replay;
pub mod retention;
pub mod retry;
pub mod stats;
pub mod steer;
pub mod typing;
pub mod unlisted;
pub mod users;
