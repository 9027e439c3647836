//! The words that customers steer with, in every language we know: who writes in one may well use the other's.

use Word as W;

/// What a word asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Greeting,
    Menu,
    Help,
    Products,
    Basket,
    Order,
    Orders,
    Person,
    Language,
    English,
    Nepali,
    Back,
    Next,
    Previous,
    Yes,
    No,
    Empty,
    Again,
}

#[rustfmt::skip]
const WORDS: &[(Word, &[&str])] = &[
    (W::Greeting, &["hi", "hello", "hey", "hallo", "good morning", "good afternoon", "good evening", "namaste", "namaskar",
        "नमस्ते", "नमस्कार", "हेलो", "हाई", "शुभ प्रभात"]),
    (W::Menu, &["menu", "main menu", "home", "मेनु", "मेन्यु", "मुख्य मेनु"]),
    (W::Help, &["help", "?", "मद्दत", "सहयोग"]),
    (W::Products, &["products", "product", "catalogue", "catalog", "shop", "list", "saman", "सामान", "सामानहरू", "सूची", "पसल"]),
    (W::Basket, &["basket", "cart", "bag", "my basket", "my cart", "tokari", "टोकरी", "झोला"]),
    (W::Order, &["order", "checkout", "check out", "buy", "order now", "अर्डर", "किन्छु", "किन्ने", "अर्डर गर्छु"]),
    (W::Orders, &["orders", "my orders", "my order", "track", "status", "मेरा अर्डर", "मेरो अर्डर", "अर्डरहरू"]),
    (W::Person, &["person", "human", "agent", "talk to a person", "talk to person", "staff", "operator", "manche",
        "मान्छे", "मानिस", "कर्मचारी", "मानिससँग कुरा"]),
    (W::Language, &["language", "bhasa", "bhasha", "भाषा"]),
    (W::English, &["english", "अंग्रेजी", "अङ्ग्रेजी"]),
    (W::Nepali, &["nepali", "नेपाली"]),
    (W::Back, &["back", "0", "पछाडि", "फिर्ता"]),
    (W::Next, &["next", "more", "n", "अर्को", "थप", "अगाडि"]),
    (W::Previous, &["previous", "prev", "p", "अघिल्लो"]),
    (W::Yes, &["yes", "y", "ok", "okay", "confirm", "yes please", "ho", "huncha", "हो", "हुन्छ", "ठीक छ", "पक्का"]),
    (W::No, &["no", "cancel", "nope", "hoina", "होइन", "पर्दैन", "रद्द", "रद्द गर्नुहोस्"]),
    (W::Empty, &["empty", "empty basket", "clear", "clear basket", "खाली", "खाली गर्नुहोस्"]),
    (W::Again, &["again", "reorder", "same again", "फेरि", "फेरि उही"]),
];

/// Numbers in words, as far as people order by them.
#[rustfmt::skip]
const NUMBERS: &[(u32, &[&str])] = &[
    (1, &["one", "a", "an", "ek", "एक", "एउटा"]), (2, &["two", "a pair", "dui", "दुई", "दुइ", "दुईटा"]),
    (3, &["three", "tin", "तीन", "तिन"]), (4, &["four", "char", "चार"]), (5, &["five", "panch", "पाँच", "पांच"]),
    (6, &["six", "छ"]), (7, &["seven", "सात"]), (8, &["eight", "आठ"]), (9, &["nine", "नौ"]), (10, &["ten", "das", "दस", "दश"]),
    (12, &["a dozen", "dozen", "दर्जन"]),
];

/// Verbs that take something away.
pub(super) const REMOVE: &[&str] = &["remove", "delete", "take out", "हटाउनुहोस्", "हटाउ"];
/// Verbs that look for something.
pub(super) const SEARCH: &[&str] = &["search for", "search", "find", "खोज्नुहोस्", "खोज"];
/// Verbs that put something in.
pub(super) const ADD: &[&str] = &["add", "i want", "give me", "थप्नुहोस्", "राख्नुहोस्"];

/// What a whole message says, when it is one of the words.
pub(super) fn word(text: &str) -> Option<Word> {
    let found = WORDS.iter().find(|(_, words)| words.contains(&text));
    found.map(|it| it.0)
}

/// A number in digits of any script we know or in words.
pub(super) fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit()) {
        // More digits than any shop has pieces are still a number: a large one.
        return Some(text.parse().unwrap_or(u32::MAX));
    }
    let found = NUMBERS.iter().find(|(_, words)| words.contains(&text));
    found.map(|it| it.0)
}

/// One line, small letters, Latin digits, without what stands around: as the tables have it.
pub(super) fn plain(text: &str) -> String {
    let digit = |c: char| match c {
        '०'..='९' => char::from_digit(u32::from(c) - u32::from('०'), 10).unwrap_or(c),
        other => other,
    };
    let small: String = text.chars().map(digit).collect::<String>().to_lowercase();
    let spaced = small.split_whitespace().collect::<Vec<_>>().join(" ");
    if spaced == "?" {
        return spaced;
    }
    let around = |c: char| {
        matches!(
            c,
            '.' | '!' | '?' | '।' | ',' | '*' | '_' | '"' | '#' | '(' | ')' | ' '
        )
    };
    spaced.trim_matches(around).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_asks_for_two_things() {
        let all: Vec<&str> = WORDS.iter().flat_map(|it| it.1).copied().collect();
        for one in &all {
            assert_eq!(all.iter().filter(|it| *it == one).count(), 1, "{one}");
            assert_eq!(plain(one), *one, "is found as people write it");
        }
    }

    #[test]
    fn numbers_are_read_in_both_scripts_and_in_words() {
        for (text, number_) in [
            ("3", 3),
            ("१२", 12),
            ("two", 2),
            ("दुई", 2),
            ("12345678901", u32::MAX),
        ] {
            assert_eq!(number(&plain(text)), Some(number_), "{text}");
        }
        for text in ["", "x", "-1", "1.5", "३a"] {
            assert_eq!(number(&plain(text)), None, "{text}");
        }
        assert_eq!(plain("  *HELP!*  "), "help");
        assert_eq!(plain("?"), "?");
    }
}
