//! The house rules, read from the source: who may mention what, and how long a file may be.

use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const LONGEST: usize = 400;

/// A word, and the only places where it may stand.
const MENTIONS: &[(&str, &[&str])] = &[
    ("store::begin", &["flows", "queue", "intake", "store"]),
    ("async fn", &["!domain"]),
    (
        "reqwest",
        &[
            "gateway",
            "gateway.rs",
            "simulator",
            "simulator.rs",
            "config",
            "config.rs",
            "error.rs",
        ],
    ),
    ("redis::", &["cluster", "cluster.rs"]),
    ("web_sys", &["dashboard"]),
];
const SEA_ORM: &[&str] = &["entity", "migration", "store", "store.rs", "app.rs"];

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(ROOT).join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|it| it.unwrap().path()),
            );
        } else if path.extension().is_some_and(|it| it == "rs" || it == "css") {
            let name = path
                .strip_prefix(Path::new(ROOT))
                .unwrap()
                .display()
                .to_string();
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(!found.is_empty(), "{folder} has no source");
    found
}

/// The source before its tests.
fn product(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text)
}

#[test]
fn every_file_begins_with_what_it_is_for_and_is_short() {
    for folder in [
        "entity/src",
        "migration/src",
        "server/src",
        "server/tests",
        "dashboard/src",
        "xtask/src",
    ] {
        for (name, text) in sources(folder)
            .into_iter()
            .filter(|it| !it.0.contains("styles/"))
        {
            assert!(
                text.starts_with("//! "),
                "{name} does not begin with a //! line"
            );
            let lines = product(&text).lines().count();
            assert!(
                lines <= LONGEST,
                "{name} has {lines} lines before its tests; {LONGEST} are allowed"
            );
        }
    }
}

#[test]
fn words_stay_in_their_rooms() {
    for (name, text) in sources("server/src") {
        let room = name
            .trim_start_matches("server/src/")
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        for (word, rooms) in MENTIONS {
            let is_allowed = match rooms.first() {
                Some(not) if not.starts_with('!') => room != not[1..],
                _ => rooms.contains(&room.as_str()),
            };
            let code = product(&text)
                .lines()
                .filter(|it| !it.trim_start().starts_with("//"));
            let is_said = code.into_iter().any(|line| line.contains(word));
            assert!(
                is_allowed || !is_said,
                "{name} mentions {word}, which is for {rooms:?}"
            );
        }
    }
}

#[test]
fn colors_stand_in_tokens_only() {
    for (name, text) in sources("dashboard/styles") {
        let has_color = text.lines().any(|line| {
            line.split('#').skip(1).any(|it| {
                let hex = it.chars().take_while(char::is_ascii_hexdigit).count();
                matches!(hex, 3 | 4 | 6 | 8) && line.contains(':')
            })
        });
        assert!(
            !has_color || name.ends_with("tokens.css"),
            "{name} has a color of its own"
        );
    }
}

#[test]
fn the_database_library_stays_behind_the_store() {
    for (name, text) in sources("server/src") {
        let path = name.trim_start_matches("server/src/");
        let room = path.split('/').next().unwrap();
        let imports = product(&text)
            .lines()
            .filter(|it| it.contains("sea_orm::"))
            .count();
        let is_allowed = SEA_ORM.contains(&room);
        // A flow passes a transaction on and a door names its error: that much, and no query.
        let is_naming = product(&text)
            .lines()
            .filter(|it| it.contains("sea_orm::"))
            .all(|it| it.contains("ConnectionTrait") || it.contains("DbErr"));
        assert!(
            is_allowed || imports == 0 || is_naming,
            "{name} uses sea_orm for more than a connection's or error's type"
        );
    }
}
