//! The doors over HTTP. A door reads and answers; what happens behind it is a flow.

pub mod assets;
mod callers;
mod csp;
mod health;
mod media;
mod messages;
mod metrics;
mod pictures;
mod problem;
mod router;
mod send;
pub mod serve;
mod session;
mod webhook;

pub use callers::{Caller, Client, Paced, caller_of_socket};
pub use problem::Problem;
pub use router::{probes, router};
