//! `waybill bench`

mod basics;

use clap::Subcommand;

use super::common::Done;

/// What is measured.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Command {
    /// Sizes of the binary and the dashboard, idle memory, time to the first answer
    Basics {
        /// Starts to take the median of
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
}

pub(super) fn run(command: Command) -> Done {
    match command {
        Command::Basics { rounds } => basics::run(rounds.max(1)),
    }
}
