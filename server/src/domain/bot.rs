//! The shop bot, as pure steps: [`read`] tells what a customer's message wishes for at the place where the talk stands; the flow
//! looks up what that needs and lays it on the [`Desk`]; [`step`] gives the answers, the next place, and what is to be done.

mod answers;
mod choice;
mod desk;
mod pattern;
mod place;
mod read;
mod step;
mod words;

#[cfg(test)]
mod chatter;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod table;

pub use choice::{Choice, Choices};
pub use desk::{Desk, Item, Line, OrderCard, Shelf, print};
pub use place::{Asking, Place};
pub use read::{Said, Wish, read};
pub use step::{Deed, Reply, Step, step};

/// Products of one message.
pub const PAGE: usize = 8;
/// Orders of one message.
pub const RECENT: usize = 8;
/// Pieces of one product in a basket.
pub const MOST_PIECES: u32 = 999;
/// Products in a basket.
pub const MOST_LINES: usize = 20;
