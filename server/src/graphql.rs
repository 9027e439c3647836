//! The GraphQL API: types over stored rows, doors to the flows, live events out of the log.

mod guard;
pub mod http;
mod loaders;
mod mutation;
mod page;
mod query;
mod schema;
pub mod socket;
mod subscription;
mod tail;
mod types;

pub use schema::{Schema, schema, sdl};
