//! The engine behind the queue: claims with a lease, bounded concurrency, settlement in batches, and time's work.
//! Knows leases and lanes, not messages' words.

mod housekeeping;
mod run;

pub use housekeeping::{recover, tidy};
pub use run::{claim, start};
