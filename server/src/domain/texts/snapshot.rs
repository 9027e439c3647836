//! Every text in both languages as it was looked at by a person. A changed text fails here until its file is written anew, with
//! `WAYBILL_WRITE_TEXTS=1 cargo test -p waybill texts`, and looked at again.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::samples::samples;
use super::{Language, plain};
use crate::domain::draft::BODY_LIMIT;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/texts");

#[test]
fn every_text_is_as_it_was_looked_at() {
    for language in Language::ALL {
        let mut page = String::new();
        for (what, text) in samples(language) {
            let _ = write!(page, "=== {what}\n{text}\n\n");
        }
        let path = format!("{FOLDER}/{}.txt", language.tag());
        if std::env::var_os("WAYBILL_WRITE_TEXTS").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let seen = std::fs::read_to_string(&path).unwrap_or_default();
        for (now, before) in page.lines().zip(seen.lines()) {
            assert_eq!(now, before, "{path}");
        }
        assert_eq!(page.len(), seen.len(), "{path}");
    }
}

#[test]
fn every_text_fits_into_one_message_and_both_languages_have_the_same_ones() {
    let names =
        |language| -> Vec<String> { samples(language).into_iter().map(|it| it.0).collect() };
    assert_eq!(names(Language::English), names(Language::Nepali));
    let all = names(Language::English);
    assert_eq!(all.len(), all.iter().collect::<HashSet<_>>().len());
    for language in Language::ALL {
        for (what, text) in samples(language) {
            let units = text.encode_utf16().count();
            assert!(units > 0 && units <= BODY_LIMIT, "{what}: {units}");
        }
    }
}

#[test]
fn marks_of_formatting_come_in_pairs_and_hug_their_words() {
    for language in Language::ALL {
        for (what, text) in samples(language) {
            for line in text.lines() {
                assert_eq!(line.matches('*').count() % 2, 0, "{what}: {line}");
                assert!(
                    !line.contains("* *") || line.contains("* · *"),
                    "{what}: {line}"
                );
                for bold in line.split('*').skip(1).step_by(2) {
                    assert_eq!(bold.trim(), bold, "{what}: {line}");
                    assert!(!bold.is_empty(), "{what}: {line}");
                }
            }
        }
    }
    assert!(!plain("a*b").contains('*'));
}
