//! `cargo xtask texts`: what the dashboard says, gathered from its source into `dashboard/texts/en.json`; the catalogues of
//! other languages beside it are checked against that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::paths::Paths;

/// Texts by their key.
type Catalogue = BTreeMap<String, String>;

/// The macros whose literals are said. Source: `dashboard/src/core/say.rs`.
const MACROS: [&str; 2] = ["say", "key"];

/// The chore: writes the English catalogue, checks the others.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<()> {
    crate::takes_nothing(arguments)?;
    let english = gather(&paths.root.join("dashboard/src"))?;
    let file = english_file(paths);
    fs::write(&file, written(&english)?).with_context(|| file.display().to_string())?;
    println!("{} texts in {}", english.len(), file.display());
    check_others(paths, &english)
}

/// Whether every catalogue is complete.
pub(crate) fn check(paths: &Paths) -> Result<()> {
    let english = gather(&paths.root.join("dashboard/src"))?;
    let file = english_file(paths);
    let kept = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    ensure!(
        kept == written(&english)?,
        "{} is not what the dashboard says; `cargo xtask texts` writes it",
        file.display()
    );
    check_others(paths, &english)
}

fn english_file(paths: &Paths) -> PathBuf {
    paths.root.join("dashboard/texts/en.json")
}

fn written(catalogue: &Catalogue) -> Result<String> {
    Ok(serde_json::to_string_pretty(catalogue)? + "\n")
}

fn check_others(paths: &Paths, english: &Catalogue) -> Result<()> {
    for entry in fs::read_dir(paths.root.join("dashboard/texts"))? {
        let file = entry?.path();
        let is_other = file.extension().is_some_and(|it| it == "json");
        if !is_other || file == english_file(paths) {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        let other: Catalogue = serde_json::from_str(&text).context(file.display().to_string())?;
        let faults = faults(english, &other);
        ensure!(
            faults.is_empty(),
            "{}:\n{}",
            file.display(),
            faults.join("\n")
        );
    }
    Ok(())
}

/// What is wrong with a language's catalogue.
fn faults(english: &Catalogue, other: &Catalogue) -> Vec<String> {
    let mut faults = Vec::new();
    for key in english.keys().filter(|it| !it.contains('#')) {
        if !other.contains_key(key) {
            faults.push(format!("missing: {key}"));
        }
    }
    for (key, text) in other {
        // A language has plural categories of its own.
        let (own, _) = key.rsplit_once('#').unwrap_or((key, ""));
        let Some(said) = english.get(own).or_else(|| english.get(key)) else {
            faults.push(format!("said nowhere: {key}"));
            continue;
        };
        if !places(text).is_subset(&places(said)) {
            faults.push(format!("other place holders: {key}"));
        }
    }
    faults
}

/// The names in braces.
fn places(text: &str) -> BTreeSet<&str> {
    let parts = text.split('{').skip(1);
    parts.filter_map(|it| Some(it.split_once('}')?.0)).collect()
}

fn gather(folder: &Path) -> Result<Catalogue> {
    let mut all = Catalogue::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs")
                && !path.ends_with("core/say.rs")
            {
                let source = fs::read_to_string(&path)?;
                let tokens: TokenStream = source
                    .parse()
                    .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
                walk(tokens, &mut all).with_context(|| path.display().to_string())?;
            }
        }
    }
    Ok(all)
}

/// Finds the macros in any depth: most stand inside of other macros.
fn walk(tokens: TokenStream, all: &mut Catalogue) -> Result<()> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        if let [.., TokenTree::Ident(name), TokenTree::Punct(mark)] = &tokens[..index]
            && mark.as_char() == '!'
            && MACROS.iter().any(|it| name == it)
            && group.delimiter() == Delimiter::Parenthesis
        {
            take(group, all)?;
        }
        walk(group.stream(), all)?;
    }
    Ok(())
}

/// The texts of one call: one literal, or two for one and for many.
fn take(group: &Group, all: &mut Catalogue) -> Result<()> {
    let mut parts: Vec<Vec<TokenTree>> = vec![Vec::new()];
    for token in group.stream() {
        match &token {
            TokenTree::Punct(it) if it.as_char() == ',' => parts.push(Vec::new()),
            _ => parts.last_mut().context("a part")?.push(token),
        }
    }
    let literal = |it: &TokenTree| syn::parse2::<syn::LitStr>(it.clone().into()).ok();
    let plural = parts.iter().find_map(|part| match &part[..] {
        [one, TokenTree::Punct(or), many] if or.as_char() == '|' => {
            Some((literal(one)?.value(), literal(many)?.value()))
        }
        _ => None,
    });
    match (&parts[0][..], plural) {
        (_, Some((one, many))) => {
            all.insert(format!("{many}#one"), one);
            all.insert(many.clone(), many);
        }
        ([only], None) if let Some(text) = literal(only) => {
            all.insert(text.value(), text.value());
        }
        _ => bail!("no literal in {group}"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(pairs: &[(&str, &str)]) -> Catalogue {
        let owned = |(key, text): &(&str, &str)| ((*key).to_owned(), (*text).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn texts_are_found_inside_of_other_macros() {
        let source = r#"view! { <p title=say!("Why")>{move || say!(count.get(), "{n} day" | "{n} days", n)}</p> }
            const A: &str = key!("Later"); format!("nothing {}", say!("{a} of {b}", a, b = f("x", 1)));"#;
        let mut found = Catalogue::new();
        walk(source.parse().unwrap(), &mut found).unwrap();
        let expected = catalogue(&[
            ("Later", "Later"),
            ("Why", "Why"),
            ("{a} of {b}", "{a} of {b}"),
            ("{n} days", "{n} days"),
            ("{n} days#one", "{n} day"),
        ]);
        assert_eq!(found, expected);
        let loose = "say!(SOME_CONST)".parse().unwrap();
        assert!(walk(loose, &mut found).is_err());
    }

    #[test]
    fn a_catalogue_is_complete_and_keeps_the_place_holders() {
        let english = catalogue(&[
            ("Why", "Why"),
            ("{n} days", "{n} days"),
            ("{n} days#one", "{n} day"),
        ]);
        let good = catalogue(&[
            ("Why", "किन"),
            ("{n} days", "{n} दिन"),
            ("{n} days#few", "{n} दिन"),
        ]);
        assert_eq!(faults(&english, &good), Vec::<String>::new());
        let bad = catalogue(&[("{n} days", "{count} दिन"), ("Who", "को")]);
        let faults = faults(&english, &bad);
        assert_eq!(
            faults,
            [
                "missing: Why",
                "said nowhere: Who",
                "other place holders: {n} days"
            ]
        );
    }
}
