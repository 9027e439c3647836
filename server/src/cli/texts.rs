//! `waybill texts`: everything that customers read, for a translator or for the shop's own eye.

use serde_json::json;

use super::common::print;
use crate::domain::texts::{Language, samples};

pub(super) const EXAMPLES: &str = "Examples:
  waybill texts
  waybill texts --language ne
  waybill texts --json > texts.json";

/// Which texts.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only this language (en, ne)
    #[arg(long, value_parser = language)]
    language: Option<Language>,
    /// Prints JSON: an object a language, text by what it is for
    #[arg(long)]
    json: bool,
}

fn language(tag: &str) -> Result<Language, String> {
    Language::known(tag).ok_or_else(|| "there are texts in en and ne".to_owned())
}

pub(super) fn run(arguments: &Arguments) {
    let languages = Language::ALL.into_iter();
    let languages = languages.filter(|it| arguments.language.is_none_or(|one| one == *it));
    if arguments.json {
        let all: serde_json::Map<_, _> = languages
            .map(|it| {
                let texts: serde_json::Map<_, _> = samples(it)
                    .into_iter()
                    .map(|(what, text)| (what, text.into()))
                    .collect();
                (it.tag().to_owned(), json!(texts))
            })
            .collect();
        print(&serde_json::Value::Object(all).to_string());
        return;
    }
    for language in languages {
        for (what, text) in samples(language) {
            print(&format!("=== {} · {what}\n{text}\n", language.tag()));
        }
    }
}
