//! Value types, each parsed once at the edge.

mod address;
mod id;
mod lane;
mod status;

pub use address::{Address, AddressError};
pub use id::{IdError, Kind};
pub use lane::Lane;
pub use status::MessageStatus;
