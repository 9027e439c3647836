//! What the dashboard says, in the reader's language. English stands where it is said and is the key of every other
//! language's catalogue: a file of texts by English text, in which `… {n} …` keeps its place holders. A text that depends on
//! a count may have a form for each of the language's plural categories, under `<the English text>#<category>`.
//!
//! `cargo xtask texts` finds the texts by the macros of this file, so their words must be literals.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

/// `say!("Retry")`: a text, `&'static str`. `say!("{done} of {total}", done, total = all.len())`: one with values, a `String`.
/// `say!(count, "{n} message" | "{n} messages", n = grouped(count))`: one that depends on a count, a `String`.
macro_rules! say {
    ($text:literal) => {
        $crate::core::say::said($text)
    };
    ($text:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::core::say::fill(
            $crate::core::say::said($text),
            &[$((stringify!($name), &$crate::core::say::value!($name $(= $value)?))),+],
        )
    };
    ($count:expr, $one:literal | $many:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::core::say::fill(
            $crate::core::say::form($count, $one, $many),
            &[$((stringify!($name), &$crate::core::say::value!($name $(= $value)?))),*],
        )
    };
}

macro_rules! value {
    ($name:ident) => {
        $name
    };
    ($name:ident = $value:expr) => {
        $value
    };
}

/// A text of a constant, which is said later: `key!("Retry")` here, `said(it)` there.
macro_rules! key {
    ($text:literal) => {
        $text
    };
}

pub(crate) use {key, say, value};

thread_local! {
    static CATALOGUE: Cell<Option<&'static Catalogue>> = const { Cell::new(None) };
}

/// The texts of a language other than English.
pub(crate) struct Catalogue {
    /// Its tag (BCP 47).
    pub(crate) language: String,
    /// By English text.
    pub(crate) texts: BTreeMap<String, String>,
    /// The plural category of a count: `one`, `few`, `other`, ….
    pub(crate) category: Box<dyn Fn(f64) -> String>,
}

impl Catalogue {
    /// Takes effect for what is said from now on.
    pub(crate) fn install(self) {
        CATALOGUE.set(Some(Box::leak(Box::new(self))));
    }

    fn find(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }
}

/// The language of what is said; `None`: English.
pub(crate) fn language() -> Option<&'static str> {
    CATALOGUE.get().map(|it| it.language.as_str())
}

/// The text in the reader's language; what its catalogue lacks, in English.
pub(crate) fn said(english: &'static str) -> &'static str {
    let catalogue = CATALOGUE.get();
    catalogue.and_then(|it| it.find(english)).unwrap_or(english)
}

/// The text for so many.
pub(crate) fn form(
    count: impl TryInto<i32>,
    one: &'static str,
    many: &'static str,
) -> &'static str {
    let count = count.try_into().unwrap_or(i32::MAX);
    let own = CATALOGUE.get().and_then(|it| {
        let category = (it.category)(f64::from(count));
        it.find(&format!("{many}#{category}"))
            .or_else(|| it.find(many))
    });
    own.unwrap_or(if count == 1 { one } else { many })
}

/// A text with its values in their places; a place that nobody fills stays as it is.
pub(crate) fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        rest = after;
        let known = rest.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(own, _)| *own == name)?;
            Some((value, after))
        });
        match known {
            Some((value, after)) => {
                // Writing to a string can't fail.
                write!(filled, "{value}").unwrap_or_default();
                rest = after;
            }
            None => filled.push('{'),
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speak(texts: &[(&str, &str)]) {
        let texts = texts
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        let category = |count: f64| if count < 2.0 { "one" } else { "other" }.to_owned();
        Catalogue {
            language: "ne".to_owned(),
            texts: texts.collect(),
            category: Box::new(category),
        }
        .install();
    }

    #[test]
    fn english_needs_no_catalogue() {
        let (done, total) = (2, "4,812");
        assert_eq!(say!("Retry"), "Retry");
        assert_eq!(say!("{done} of {total}", done, total), "2 of 4,812");
        assert_eq!(say!(1, "{n} message" | "{n} messages", n = 1), "1 message");
        assert_eq!(
            say!(0_usize, "{n} message" | "{n} messages", n = "no"),
            "no messages"
        );
    }

    #[test]
    fn another_language_has_its_own_order_and_its_own_plural() {
        speak(&[
            ("Retry", "फेरि पठाउनुहोस्"),
            ("{done} of {total}", "{total} मध्ये {done}"),
            ("{n} messages", "{n} सन्देशहरू"),
            ("{n} messages#one", "{n} सन्देश"),
        ]);
        assert_eq!(say!("Retry"), "फेरि पठाउनुहोस्");
        assert_eq!(say!("{done} of {total}", done = 2, total = 5), "5 मध्ये 2");
        assert_eq!(say!(0, "{n} message" | "{n} messages", n = 0), "0 सन्देश");
        assert_eq!(say!(3, "{n} message" | "{n} messages", n = 3), "3 सन्देशहरू");
    }

    #[test]
    fn what_a_catalogue_lacks_is_said_in_english() {
        speak(&[("Retry", "फेरि")]);
        assert_eq!(say!("Cancel"), "Cancel");
        assert_eq!(say!(1, "{n} reader" | "{n} readers", n = 1), "1 reader");
    }

    #[test]
    fn braces_that_name_nothing_stay() {
        assert_eq!(fill("a { b {c} {n}", &[("n", &1)]), "a { b {c} 1");
        assert_eq!(fill("{n", &[("n", &1)]), "{n");
        assert_eq!(fill("", &[]), "");
    }
}
