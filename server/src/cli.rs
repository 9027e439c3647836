//! The commands. Results go to standard output, everything else to standard error. Exit 0 done, 1 it failed, 2 wrong usage.

mod bench;
mod common;
mod config;
mod doctor;
mod migrate;
mod place;
mod schema;
mod serve;
mod shop;
mod simulator;
mod texts;
mod token;
mod twilio;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A self-hosted WhatsApp messaging server on Twilio.
#[derive(Debug, Parser)]
#[command(name = "waybill", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  waybill serve                                    start; without Twilio credentials in sandbox mode
  waybill user link                                a new sign-in link for the dashboard
  waybill token create --name shop --scope send    a token for a program
  waybill shop import products.csv --dry-run       what a table would make of the catalogue
  waybill doctor                                   is everything in order, and if not, what to do
  waybill config                                   the effective settings

Settings are environment variables, or lines of .env: see waybill config.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the webhook, the API, the dashboard and the queue, in one process or in several
    Serve(serve::Arguments),
    /// Check settings, Twilio, stores, queue, webhook and clock, and say what to do
    Doctor(doctor::Arguments),
    /// Ask about Twilio: its settings for us, its error codes
    #[command(subcommand)]
    Twilio(twilio::Command),
    /// Start the simulated Twilio alone, or play scenarios with it
    Simulator(simulator::Arguments),
    /// Print the GraphQL schema
    Schema,
    /// Print the effective settings, secrets masked
    Config(config::Arguments),
    /// Bring the database schema up to date
    Migrate,
    /// Make, list and revoke tokens for programs
    #[command(subcommand)]
    Token(token::Command),
    /// Let people in
    #[command(subcommand)]
    User(user::Command),
    /// Print everything that customers read
    #[command(after_help = texts::EXAMPLES)]
    Texts(texts::Arguments),
    /// The shop's products and orders
    #[command(subcommand)]
    Shop(shop::Command),
    /// Measure this build
    #[command(subcommand)]
    Bench(bench::Command),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Simulator(arguments) if arguments.plays() => return simulator::play(&arguments),
        Command::Simulator(arguments) => simulator::run(arguments),
        Command::Doctor(arguments) => return doctor::run(&arguments),
        Command::Twilio(command) => return twilio::run(&command),
        Command::Schema => {
            schema::run();
            Ok(())
        }
        Command::Config(arguments) => config::run(&arguments),
        Command::Migrate => migrate::run(),
        Command::Token(command) => token::run(command),
        Command::User(command) => user::run(command),
        Command::Texts(arguments) => {
            texts::run(&arguments);
            Ok(())
        }
        Command::Shop(command) => shop::run(command),
        Command::Bench(command) => bench::run(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            common::tell(&format!("waybill: {error}"));
            ExitCode::FAILURE
        }
    }
}
