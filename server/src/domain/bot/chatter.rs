//! Random chatter never breaks the bot.

use proptest::collection::vec;
use proptest::prelude::*;

use super::shop::Shop;
use super::{Choices, MOST_LINES, MOST_PIECES, Said};
use crate::domain::draft::BODY_LIMIT;

/// Words that lead somewhere, numbers, taps, and anything else.
fn message() -> impl Strategy<Value = (String, Option<String>, bool)> {
    let known = prop::sample::select(vec![
        "menu",
        "products",
        "basket",
        "order",
        "yes",
        "no",
        "orders",
        "again",
        "next",
        "back",
        "person",
        "नेपाली",
        "english",
        "empty",
        "help",
        "1",
        "2",
        "3",
        "9",
        "0",
        "99999999999",
        "2 x 3",
        "१ x २",
        "5 of 1",
        "remove 1",
        "1 = 4",
        "search thing",
        "thing 1",
        "खोज चिया",
        "",
        "👍",
        "?",
    ]);
    let tapped = prop::sample::select(vec![
        "menu",
        "confirm",
        "order",
        "drop",
        "basket",
        "products:0",
        "products:4294967295",
        "language:ne",
        "bad:id",
        "prd_00000000000000000000000001",
        "ord_00000000000000000000000zz1",
    ]);
    prop_oneof![
        8 => known.prop_map(|it| (it.to_owned(), None, true)),
        2 => any::<String>().prop_map(|it| (it, None, true)),
        2 => tapped.prop_map(|it| ("tap".to_owned(), Some(it.to_owned()), true)),
        1 => Just((String::new(), None, false)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chatter_never_panics_nor_says_nothing_nor_loses_the_basket(messages in vec(message(), 1..40)) {
        let mut shop = Shop::new();
        for (text, tapped, is_words) in &messages {
            let before = shop.basket.clone();
            let orders = shop.orders.len();
            let answers = shop.answers(Said { text, tapped: tapped.as_deref(), is_words: *is_words });
            prop_assert!(!answers.is_empty());
            for answer in &answers {
                let units = answer.text.encode_utf16().count();
                prop_assert!(!answer.text.trim().is_empty() && units <= BODY_LIMIT, "{units}");
                prop_assert!(fits(&answer.choices), "{:?}", answer.choices);
            }
            prop_assert!(shop.basket.len() <= MOST_LINES);
            prop_assert!(shop.basket.iter().all(|it| it.1 > 0 && it.1 <= MOST_PIECES));
            // What leaves the basket was ordered, or taken out by a word or number that says so.
            let is_ordered = shop.orders.len() > orders;
            let says_so = ["empty", "0", "remove 1", "खाली", "="].iter().any(|it| text.contains(it));
            let is_set = text.chars().any(char::is_numeric);
            let has_less = before.iter().any(|old| !shop.basket.iter().any(|new| new.0 == old.0));
            prop_assert!(!has_less || is_ordered || says_so || is_set, "{text:?} lost {before:?}");
        }
    }
}

/// As the provider takes it. Source: Twilio's "twilio/quick-reply" and "twilio/list-picker".
fn fits(choices: &Choices) -> bool {
    let is_short = |text: &str, most| !text.trim().is_empty() && text.chars().count() <= most;
    match choices {
        Choices::None => true,
        Choices::Buttons { prompt, all } => {
            is_short(prompt, 1_024)
                && (1..=3).contains(&all.len())
                && all.iter().all(|it| is_short(&it.title, 20))
        }
        Choices::List {
            prompt,
            button,
            rows,
        } => {
            let is_right = |it: &super::Choice| {
                is_short(&it.title, 24) && it.description.chars().count() <= 72
            };
            is_short(prompt, 1_024)
                && is_short(button, 20)
                && (1..=10).contains(&rows.len())
                && rows.iter().all(is_right)
        }
    }
}
