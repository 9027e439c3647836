//! Whatever is changed after the signing makes a signature invalid; whatever is sent in its stead does no harm.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::string::{RegexGeneratorStrategy, string_regex};

use super::*;

const TOKEN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const ORIGIN: &str = "https://hooks.example.test";
/// So many bodies, headers and URLs of strangers.
const STRANGERS: u32 = 100_000;

/// Texts of a form. Read once: a literal in its place is read for every case.
fn like(form: &str) -> RegexGeneratorStrategy<String> {
    string_regex(form).expect("a form")
}

/// Pairs with a key of their own each: which pairs are equal to others is not what is asked here.
fn pairs() -> impl Strategy<Value = Vec<Pair>> {
    btree_map(like("[A-Za-z]{1,6}[0-9]?"), like("\\PC{0,12}"), 1..8)
        .prop_map(|it| it.into_iter().collect())
}

fn path() -> impl Strategy<Value = String> {
    like("/[a-z]{1,8}(/[a-zA-Z0-9%._-]{1,8}){0,2}(\\?[a-z]{1,4}=[a-z0-9%+]{0,6})?")
}

/// A text with one of its characters replaced by another one; a new one at the end where there is none.
fn mutated(text: &str, place: Index, other: char) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    if characters.is_empty() {
        return other.to_string();
    }
    let at = place.index(characters.len());
    let is_new = |it: &char| *it != characters[at];
    let new = [other, '~', '!'].into_iter().find(is_new);
    characters[at] = new.expect("three of them, two at least different");
    characters.into_iter().collect()
}

fn is_valid(signature: &str, url: &str, pairs: &[Pair]) -> bool {
    Signed::new(signature, pairs).is_for(url, &[Key::token("older"), Key::token(TOKEN)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_url_is_not_the_signed_one(path in path(), pairs in pairs(), place: Index, other in like("[a-z0-9]")) {
        let url = format!("{ORIGIN}{path}");
        let signature = sign(TOKEN, &url, &pairs);
        for url in [url, format!("{ORIGIN}:443{path}")] {
            prop_assert!(is_valid(&signature, &url, &pairs), "{url}");
        }
        let other = other.chars().next().expect("one character");
        for url in [
            format!("{ORIGIN}/{}", mutated(&path[1..], place, other)),
            format!("{ORIGIN}{path}{other}"),
            format!("{ORIGIN}{path}/"),
            format!("{ORIGIN}{}", &path[..path.len() - 1]),
            format!("http://hooks.example.test{path}"),
            format!("https://hooks.example.tesu{path}"),
            format!("https://me@hooks.example.test{path}"),
        ] {
            prop_assert!(!is_valid(&signature, &url, &pairs), "{url}");
        }
    }

    #[test]
    fn a_changed_key_or_value_is_not_the_signed_one(path in path(), pairs in pairs(), which: Index, place: Index, other in like("\\PC")) {
        let url = format!("{ORIGIN}{path}");
        let signature = sign(TOKEN, &url, &pairs);
        let which = which.index(pairs.len());
        let other = other.chars().next().expect("one character");
        let change = |change: &dyn Fn(&mut Vec<Pair>)| {
            let mut changed = pairs.clone();
            change(&mut changed);
            changed
        };
        for changed in [
            change(&|it| it[which].1 = mutated(&it[which].1, place, other)),
            change(&|it| it[which].0 = mutated(&it[which].0, place, other)),
            change(&|it| it[which].1.push(' ')),
            change(&|it| it[which].1.insert(0, ' ')),
            change(&|it| drop(it.remove(which))),
            change(&|it| it.push(("Another".to_owned(), String::new()))),
            change(&|it| it.push((it[which].0.clone(), "another value".to_owned()))),
        ] {
            prop_assert!(!is_valid(&signature, &url, &changed), "{changed:?}");
        }
    }

    #[test]
    fn order_and_repetition_of_equal_pairs_make_no_difference(path in path(), pairs in pairs(), which: Index, turn: Index) {
        let url = format!("{ORIGIN}{path}");
        let signature = sign(TOKEN, &url, &pairs);
        let mut told = pairs.clone();
        told.push(pairs[which.index(pairs.len())].clone());
        let turn = turn.index(told.len());
        told.rotate_left(turn);
        prop_assert!(is_valid(&signature, &url, &told));
    }

    #[test]
    fn another_token_signs_otherwise(path in path(), pairs in pairs(), token in like("[0-9a-f]{32}")) {
        prop_assume!(token != TOKEN && token != "older");
        let url = format!("{ORIGIN}{path}");
        prop_assert!(!is_valid(&sign(&token, &url, &pairs), &url, &pairs));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: STRANGERS, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_header_url_or_form_breaks_the_check(
        signature in like("\\PC{0,50}|[A-Za-z0-9+/=]{28}|[A-Za-z0-9+/=]{44}"),
        url in like("\\PC{0,40}|https?://[a-z@:\\[\\]./?0-9]{0,24}"),
        pairs in vec((like("\\PC{0,6}"), like("\\PC{0,12}")), 0..4),
    ) {
        let keys = [Key::token(TOKEN), Key::shared("shared", Algorithm::HmacSha256)];
        prop_assert!(!Signed::new(&signature, &pairs).is_for(&url, &keys));
        let other = other_form(&url);
        prop_assert!(other.is_none_or(|it| it.len() <= url.len() + ":443".len()));
    }
}
