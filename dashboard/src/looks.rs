//! The house rules of looks, read from the source: every class has a rule, colors stand in `tokens.css`, and what is
//! written can be read on what is behind it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn texts(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(ROOT).join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|it| it.unwrap().path()));
        } else if path.extension().is_some_and(|it| it == ending) {
            let name = path
                .strip_prefix(Path::new(ROOT))
                .unwrap()
                .display()
                .to_string();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(!found.is_empty(), "{folder} has no {ending}");
    found
}

/// A sheet without its comments.
fn bare(css: &str) -> String {
    let mut out = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |it| it.1);
    }
    out + rest
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

/// Every class that a sheet has a rule for.
fn styled() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (_, text) in texts("styles", "css") {
        for part in bare(&text).split('.').skip(1) {
            let name: String = part.chars().take_while(|it| is_name(*it)).collect();
            if name.starts_with(|it: char| it.is_ascii_alphabetic()) {
                all.insert(name);
            }
        }
    }
    all
}

/// The classes that a source names: `class="…"`, `class=format!("…")` and `class:name=`.
fn named(source: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for rest in source.split("class=").skip(1) {
        let rest = rest.strip_prefix("format!(").unwrap_or(rest);
        if let Some(text) = rest.strip_prefix('"').and_then(|it| it.split('"').next()) {
            all.extend(text.split_whitespace().map(ToOwned::to_owned));
        }
    }
    for rest in source.split("class:").skip(1) {
        let name: String = rest.chars().take_while(|it| is_name(*it)).collect();
        if rest[name.len()..].starts_with('=') {
            all.insert(name);
        }
    }
    all
}

#[test]
fn every_class_of_a_view_has_a_rule() {
    let styled = styled();
    let mut missing = Vec::new();
    let mut sources = texts("src", "rs");
    sources.retain(|(name, _)| !name.ends_with("looks.rs"));
    sources.extend(
        texts(".", "html")
            .into_iter()
            .filter(|it| it.0 == "index.html"),
    );
    for (name, text) in sources {
        for class in named(&text) {
            // `badge--{}`: something must begin so.
            let known = match class.split_once('{') {
                Some((begin, _)) => styled.iter().any(|it| it.starts_with(begin)),
                None => styled.contains(&class),
            };
            if !known {
                missing.push(format!("{name}: {class}"));
            }
        }
    }
    assert!(missing.is_empty(), "no rule for:\n{}", missing.join("\n"));
}

/// A class that two pages' sheets begin is two classes: the later sheet would change the other's page.
#[test]
fn a_class_of_a_page_has_one_sheet() {
    const OF_PAGES: [&str; 4] = ["log.css", "plain.css", "queue.css", "shell.css"];
    let mut begun: Vec<(String, String)> = Vec::new();
    for (name, text) in texts("styles", "css") {
        if !OF_PAGES.iter().any(|it| name.ends_with(it)) {
            continue;
        }
        for line in bare(&text).lines() {
            // `  .check {`: a rule of the sheet itself, not one within a media query.
            let class = line
                .strip_prefix("  .")
                .and_then(|it| it.strip_suffix(" {"));
            if let Some(class) = class.filter(|it| it.chars().all(is_name)) {
                begun.push((class.to_owned(), name.clone()));
            }
        }
    }
    for (class, sheet) in &begun {
        let other = begun.iter().find(|it| it.0 == *class && it.1 != *sheet);
        assert_eq!(other, None, ".{class} of {sheet}");
    }
}

#[test]
fn colors_stand_in_tokens_only() {
    const WORDS: [&str; 8] = [
        "rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "lab(", ": white", ": black",
    ];
    for (name, text) in texts("styles", "css") {
        if name.ends_with("tokens.css") {
            continue;
        }
        for line in bare(&text).lines() {
            let has_hex = line.contains(':')
                && line.split('#').skip(1).any(|it| {
                    let digits = it.chars().take_while(char::is_ascii_hexdigit).count();
                    matches!(digits, 3 | 4 | 6 | 8)
                });
            let has_word = WORDS.iter().any(|it| line.contains(it));
            assert!(!has_hex && !has_word, "{name} has a color: {line}");
        }
    }
    for (name, text) in texts("src", "rs") {
        assert!(
            !text.contains(concat!("style", "=\"")),
            "{name} has an inline style"
        );
    }
}

/// A token's colors in both themes.
fn token(name: &str) -> (String, String) {
    let css = fs::read_to_string(Path::new(ROOT).join("styles/tokens.css")).unwrap();
    let line = css
        .lines()
        .find(|it| {
            it.trim_start()
                .starts_with(&format!("--{name}: light-dark(#"))
        })
        .unwrap_or_else(|| panic!("no token {name}"));
    let mut colors = line
        .split('#')
        .skip(1)
        .map(|it| it.chars().take(6).collect::<String>());
    (colors.next().unwrap(), colors.next().unwrap())
}

/// Source: WCAG 2.2, "relative luminance".
fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

/// Source: WCAG 2.2, "contrast ratio".
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Foreground, background, and the ratios that the design promises, light and dark.
const TABLE: &[(&str, &str, f64, f64)] = &[
    ("text", "surface", 17.1, 14.6),
    ("text", "canvas", 15.9, 16.0),
    ("text", "sunken", 15.0, 16.4),
    ("text-soft", "surface", 7.7, 9.0),
    ("text-soft", "canvas", 7.2, 9.9),
    ("text-soft", "sunken", 6.8, 10.2),
    ("text-faint", "surface", 5.9, 6.8),
    ("text-faint", "canvas", 5.5, 7.4),
    ("text-faint", "sunken", 5.1, 7.6),
    ("accent", "surface", 7.9, 8.7),
    ("accent", "canvas", 7.4, 9.5),
    ("accent", "sunken", 6.9, 9.8),
    ("on-accent", "accent", 7.9, 9.5),
    ("control", "surface", 3.8, 4.4),
    ("control", "canvas", 3.5, 4.8),
    ("control", "sunken", 3.3, 4.9),
    ("text", "bubble-out", 14.6, 9.9),
    ("text", "bubble-in", 17.1, 13.0),
    ("neutral", "neutral-bg", 6.5, 7.7),
    ("info", "info-bg", 5.8, 7.0),
    ("success", "success-bg", 5.6, 7.6),
    ("read", "read-bg", 5.4, 7.7),
    ("warn", "warn-bg", 6.0, 8.3),
    ("danger", "danger-bg", 5.9, 7.4),
    ("plan", "plan-bg", 6.5, 7.7),
    ("inbound", "inbound-bg", 7.1, 8.0),
];

#[test]
fn the_contrasts_are_those_that_the_design_promises() {
    for (front, back, light, dark) in TABLE {
        let (front_colors, back_colors) = (token(front), token(back));
        let enough = if *front == "control" { 3.0 } else { 4.5 };
        for (theme, one, other, promised) in [
            ("light", &front_colors.0, &back_colors.0, light),
            ("dark", &front_colors.1, &back_colors.1, dark),
        ] {
            let ratio = contrast(one, other);
            assert!(
                (ratio - promised).abs() <= 0.06 && ratio >= enough,
                "{front} on {back}, {theme}: {ratio:.2}, promised {promised}"
            );
        }
    }
}

/// What the design's table leaves out and pages do all the same.
#[test]
fn other_pairs_that_pages_use_can_be_read_too() {
    for (front, back) in [
        ("text", "hover"),
        ("text-soft", "hover"),
        ("text-faint", "hover"),
        ("text", "accent-bg"),
        ("text-soft", "accent-bg"),
        ("text-faint", "accent-bg"),
        ("accent", "accent-bg"),
        ("accent-strong", "surface"),
        ("on-accent", "accent-strong"),
        ("text", "warn-bg"),
        ("text", "danger-bg"),
        ("danger", "surface"),
        ("warn", "surface"),
        ("success", "surface"),
    ] {
        let (front_colors, back_colors) = (token(front), token(back));
        for (theme, one, other) in [
            ("light", &front_colors.0, &back_colors.0),
            ("dark", &front_colors.1, &back_colors.1),
        ] {
            let ratio = contrast(one, other);
            assert!(ratio >= 4.5, "{front} on {back}, {theme}: {ratio:.2}");
        }
    }
}
