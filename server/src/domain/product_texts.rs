//! What a product says in each language, as it is stored, read and found.

use serde_json::{Map, Value};

/// A text in some languages: BCP 47 tag, text.
pub type Texts = Vec<(String, String)>;

/// Texts as they are stored: a JSON object, language to text.
pub fn json(texts: &[(String, String)]) -> Value {
    let pairs = texts.iter();
    let object: Map<_, _> = pairs
        .map(|(language, text)| (language.clone(), text.as_str().into()))
        .collect();
    object.into()
}

/// Reads texts back, in the order of their languages.
pub fn read_texts(stored: &Value) -> Vec<(&str, &str)> {
    let object = stored.as_object().into_iter().flatten();
    object
        .filter_map(|(language, text)| Some((language.as_str(), text.as_str()?)))
        .collect()
}

/// The text for who reads a language: in that language, else in its main one (`ne` for `ne-NP`), else in English, else in any.
pub fn text_for<'a>(stored: &'a Value, language: &str) -> Option<&'a str> {
    let main = language.split('-').next().unwrap_or_default();
    let texts = read_texts(stored);
    let wanted = [language, main, "en"];
    let found = wanted
        .iter()
        .find_map(|tag| texts.iter().find(|it| it.0 == *tag));
    found.or(texts.first()).map(|it| it.1)
}

/// Everything a search looks into.
pub fn search_text(sku: &str, names: &Value, descriptions: &Value) -> String {
    let texts = [names, descriptions].into_iter().flat_map(read_texts);
    let all: Vec<&str> = std::iter::once(sku).chain(texts.map(|it| it.1)).collect();
    fold(&all.join("\n"))
}

/// Makes capital letters small, in every script that has them: for what is stored to be found, and for what is looked for.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reader_gets_their_language_or_the_nearest_there_is() {
        let names = json!({ "en": "Tea", "ne": "चिया" });
        for (language, name) in [
            ("ne", "चिया"),
            ("ne-NP", "चिया"),
            ("en-GB", "Tea"),
            ("hi", "Tea"),
        ] {
            assert_eq!(text_for(&names, language), Some(name), "{language}");
        }
        assert_eq!(text_for(&json!({ "ne": "चिया" }), "hi"), Some("चिया"));
        assert_eq!(text_for(&json!({}), "en"), None);
        assert_eq!(search_text("T-1", &names, &json!({})), "t-1\ntea\nचिया");
    }
}
