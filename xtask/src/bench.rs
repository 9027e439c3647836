//! `cargo xtask bench`: the release build measured, on SQLite and on a private PostgreSQL and Redis.

use anyhow::Result;

use crate::paths::Paths;
use crate::services::{Commits, Services};
use crate::{Misuse, build, program};

const PARTS: [&str; 5] = ["basics", "queue", "webhook", "bot", "graphql"];

/// The chore: all parts, or the one that is named, with arguments of its own.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<()> {
    let (parts, rest) = chosen(arguments)?;
    let waybill = build::release(paths)?;
    let services = Services::start(Commits::Synced)?;
    for part in parts {
        let mut bench = program::clean(&waybill);
        bench.args(["bench", part]);
        if part != "basics" {
            bench.args(["--database", &services.postgres, "--redis", &services.redis]);
        }
        println!("\n── {part}");
        program::run(bench.args(rest))?;
    }
    Ok(())
}

fn chosen(arguments: &[String]) -> Result<(Vec<&str>, &[String])> {
    match arguments.split_first() {
        None => Ok((PARTS.to_vec(), &[])),
        Some((part, rest)) if PARTS.contains(&part.as_str()) => Ok((vec![part.as_str()], rest)),
        Some((word, _)) => {
            let parts = PARTS.join(", ");
            Err(Misuse(format!(
                "there is no part named {word:?}; there are {parts}"
            ))
            .into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_may_have_arguments_and_all_have_none() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let one = words(&["queue", "--rounds", "1"]);
        let (parts, rest) = chosen(&one).unwrap();
        assert_eq!((parts, rest), (vec!["queue"], &one[1..]));
        assert_eq!(chosen(&[]).unwrap().0, PARTS);
        assert!(
            chosen(&words(&["dance"]))
                .expect_err("refused")
                .is::<Misuse>()
        );
    }
}
