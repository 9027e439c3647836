//! `waybill bench`

mod basics;
mod bot;
mod child;
mod graphql;
mod http1;
mod letters;
mod load;
mod queue;
mod report;
mod stage;
mod stub;
mod webhook;

use clap::Subcommand;

use super::common::Done;

/// What is measured.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Command {
    /// Sizes of the binary and the dashboard, idle memory, time to the first answer
    Basics {
        /// Starts to take the median of
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
    /// Messages from the API to a stored ACCEPTED, with a stub of Twilio
    #[command(after_help = queue::EXAMPLES)]
    Queue(queue::Arguments),
    /// Webhook events acknowledged after the durable write, beside an empty handler
    #[command(after_help = webhook::EXAMPLES)]
    Webhook(webhook::Arguments),
    /// Pages, searches and live events on a log of a million messages, beside the database alone
    #[command(after_help = graphql::EXAMPLES)]
    Graphql(graphql::Arguments),
    /// Answers of the bot: from a customer's message to the request with its answer
    #[command(after_help = bot::EXAMPLES)]
    Bot(bot::Arguments),
    /// The stub, as a process of its own
    #[command(hide = true)]
    Stub,
    /// The handler that does nothing, as a process of its own
    #[command(hide = true)]
    EmptyHandler,
}

pub(super) fn run(command: &Command) -> Done {
    match command {
        Command::Basics { rounds } => basics::run((*rounds).max(1)),
        Command::Queue(arguments) => queue::run(arguments),
        Command::Webhook(arguments) => webhook::run(arguments),
        Command::Graphql(arguments) => graphql::run(arguments),
        Command::Bot(arguments) => bot::run(arguments),
        Command::Stub => stub::run(),
        Command::EmptyHandler => stub::run_empty_handler(),
    }
}
