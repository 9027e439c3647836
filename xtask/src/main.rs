//! The chores of Waybill as code: `cargo xtask` lists them. Knows paths and tools, and nothing of the product.
//!
//! One file a chore: [`setup`], [`dashboard`], [`build`], [`serve`], [`mod@test`], [`mod@bench`], [`texts`],
//! [`tidy`]. The other files are what they share: where things are ([`paths`]), how programs are run ([`program`], [`cargo`]),
//! what is fetched or built once a machine ([`wasm`], [`tools`], [`node`], [`clients`], [`debian`]), and what lives only as long as a test
//! ([`services`]). Unix only.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore talks to the person at the terminal"
)]

mod assets;
mod bench;
mod build;
mod cargo;
mod clients;
mod dashboard;
mod debian;
mod graphiql;
mod node;
mod paths;
mod program;
mod serve;
mod services;
mod setup;
mod split;
mod stamp;
mod test;
mod texts;
mod tidy;
mod tools;
mod wasm;

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;

use crate::paths::Paths;

/// One line of the list that `cargo xtask` prints.
struct Chore {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&Paths, &[String]) -> Result<()>,
}

const CHORES: [Chore; 8] = [
    Chore {
        name: "serve",
        arguments: "[ARGS]",
        about: "set up, build all of it in release, then start `waybill serve ARGS`",
        run: serve::run,
    },
    Chore {
        name: "build",
        arguments: "",
        about: "the same without starting: target/release/waybill",
        run: build::run,
    },
    Chore {
        name: "test",
        arguments: "[--only STEP]...",
        about: "set up, then every check in the order that fails fastest",
        run: test::run,
    },
    Chore {
        name: "bench",
        arguments: "[PART [ARGS]]",
        about: "build in release, then measure: basics, queue, webhook, bot, graphql",
        run: bench::run,
    },
    Chore {
        name: "dashboard",
        arguments: "[--dev]",
        about: "only the dashboard: Trunk, wasm-opt, compressed into server/embedded",
        run: dashboard::run,
    },
    Chore {
        name: "setup",
        arguments: "",
        about: "only the tools: WASM target, Trunk, wasm-bindgen, npm parts",
        run: setup::run,
    },
    Chore {
        name: "texts",
        arguments: "",
        about: "gather what the dashboard says; check the other languages",
        run: texts::run,
    },
    Chore {
        name: "tidy",
        arguments: "",
        about: "format, and let clippy mend what it can",
        run: tidy::run,
    },
];

/// A chore or a flag that does not exist: answered with the list and exit code 2.
#[derive(Debug)]
struct Misuse(String);

impl fmt::Display for Misuse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Misuse>() => {
            eprintln!("error: {error}\n\n{}", list());
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        println!("{}", list());
        return Ok(());
    };
    let asks_for_help = |word: &String| word == "--help" || word == "-h";
    if name == "help" || asks_for_help(name) || rest.iter().any(asks_for_help) {
        println!("{}", list());
        return Ok(());
    }
    let Some(chore) = CHORES.iter().find(|chore| chore.name == name) else {
        return Err(Misuse(format!("there is no chore named {name:?}")).into());
    };
    (chore.run)(&Paths::find()?, rest)
}

/// Refuses arguments, for a chore that takes none.
fn takes_nothing(arguments: &[String]) -> Result<()> {
    match arguments.first() {
        None => Ok(()),
        Some(word) => Err(Misuse(format!("unexpected argument {word:?}")).into()),
    }
}

fn list() -> String {
    let mut lines = vec!["cargo xtask CHORE\n".to_owned()];
    for chore in &CHORES {
        let call = format!("{} {}", chore.name, chore.arguments);
        lines.push(format!("  {call:<24}{}", chore.about));
    }
    lines.push(format!(
        "\nSteps of `test`: {}.",
        test::step_names().join(", ")
    ));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_every_chore_and_step() {
        let list = list();
        for chore in &CHORES {
            assert!(list.contains(chore.name), "{}", chore.name);
        }
        for step in test::step_names() {
            assert!(list.contains(step), "{step}");
        }
    }

    #[test]
    fn an_unknown_chore_or_flag_is_a_misuse() {
        for words in [
            &["dance"][..],
            &["setup", "--fast"],
            &["test", "--only", "dance"],
        ] {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            let error = dispatch(&words).expect_err("refused");
            assert!(error.is::<Misuse>(), "{error}");
        }
    }
}
