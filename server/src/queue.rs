//! The engine behind the queue: claims with a lease, bounded concurrency, settlement in batches, and time's work.
//! Knows leases and lanes, not messages' words.

mod claim;
mod housekeeping;
mod lanes;
mod run;

pub use housekeeping::tidy;
pub use run::{Places, start};
