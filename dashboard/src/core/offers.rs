//! What a message offers to tap: the words it sets in bold within a line, and the lines of a numbered list.

use super::whatsapp::spans;

/// Longer than this is a sentence, not an answer.
const LONGEST: usize = 24;
/// More would hide the chat.
const MOST: usize = 6;

/// One thing to tap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// What stands on it.
    pub(crate) label: String,
    /// What a tap writes.
    pub(crate) answer: String,
}

/// What a text offers, in its order, each thing once.
pub(crate) fn offers(text: &str) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for line in text.lines() {
        let found = numbered(line).map_or_else(|| bold_within(line), |it| vec![it]);
        for offer in found {
            if !offers.iter().any(|it| it.answer == offer.answer) {
                offers.push(offer);
            }
        }
    }
    offers.truncate(MOST);
    offers
}

/// `2. My order`, `2) My order`, `*2* My order`.
fn numbered(line: &str) -> Option<Offer> {
    let line = line.trim().trim_start_matches('*');
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = line.split_at_checked(digits)?;
    let is_marked = rest.starts_with(['.', ')', '*']);
    let words: String = rest
        .trim_start_matches(['.', ')', '*', ' '])
        .chars()
        .filter(|it| *it != '*')
        .collect();
    let is_item = (1..=2).contains(&digits) && is_marked && !words.trim().is_empty();
    is_item.then(|| Offer {
        label: format!("{number} {}", words.trim()),
        answer: number.to_owned(),
    })
}

/// Bold words beside others; a line that is bold as a whole is a heading.
fn bold_within(line: &str) -> Vec<Offer> {
    let spans = spans(line);
    let is_heading = spans
        .iter()
        .all(|it| it.look.is_bold || it.text.trim().is_empty());
    if is_heading {
        return Vec::new();
    }
    let is_short = |it: &str| !it.is_empty() && it.chars().count() <= LONGEST;
    let bold = spans.into_iter().filter(|it| it.look.is_bold);
    bold.map(|it| it.text.trim().to_owned())
        .filter(|it| is_short(it))
        .map(|it| Offer {
            label: it.clone(),
            answer: it,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_to_write_are_offered_and_headings_are_not() {
        for (text, expected) in [
            ("*Welcome, Asha!*\nWrite *help* to see more.", vec!["help"]),
            (
                "*Help*\n• Write anything.\n• Write *help* again.",
                vec!["help"],
            ),
            (
                "Write *START* or *STOP*, or *START*.",
                vec!["START", "STOP"],
            ),
            (
                "*Menu*\n1. Shop\n2) My order\n*3* A person",
                vec!["1", "2", "3"],
            ),
            ("At 10.30 we open. 2 items left", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<String> = offers(text).into_iter().map(|it| it.answer).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(offers("2. My *order*")[0].label, "2 My order");
    }
}
