//! The GraphQL API: types over stored rows, doors to the flows, live events out of the log.

mod choice;
mod guard;
mod guardrail;
pub mod http;
mod limits;
mod loaders;
mod mutation;
mod page;
mod persisted;
mod query;
mod schema;
pub mod socket;
mod subscription;
mod tail;
mod types;

pub use limits::Rates;
pub use persisted::Persisted;
pub use schema::{Schema, schema, sdl};
