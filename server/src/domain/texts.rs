//! What customers read. One file a language; this module chooses it and keeps people's words from forging formatting.

mod en;
mod ne;

use entity::order::OrderStatus;

use super::money::Money;

/// A language we have texts in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `en`
    #[default]
    English,
    /// `ne`
    Nepali,
}

impl Language {
    /// The language for a BCP 47 tag; what we have no texts in gets English.
    pub fn from_tag(tag: &str) -> Self {
        match tag.split('-').next() {
            Some("ne") => Self::Nepali,
            _ => Self::English,
        }
    }
}

/// The greeting with what the shop can do. `name` is what the customer calls themselves.
pub fn main_menu(language: Language, name: Option<&str>) -> String {
    let name = name.map(plain).filter(|it| !it.is_empty());
    match language {
        Language::English => en::main_menu(name.as_deref()),
        Language::Nepali => ne::main_menu(name.as_deref()),
    }
}

/// What can be written to the bot.
pub fn help_message(language: Language) -> String {
    match language {
        Language::English => en::help_message(),
        Language::Nepali => ne::help_message(),
    }
    .to_owned()
}

/// What is said to somebody who wants no more messages: the last thing they hear.
pub fn opted_out(language: Language) -> String {
    match language {
        Language::English => en::OPTED_OUT,
        Language::Nepali => ne::OPTED_OUT,
    }
    .to_owned()
}

/// What is said to somebody who wants messages again.
pub fn opted_in(language: Language) -> String {
    match language {
        Language::English => en::OPTED_IN,
        Language::Nepali => ne::OPTED_IN,
    }
    .to_owned()
}

/// A person's own words on one line of at most 40 characters, without marks that WhatsApp would read as formatting.
fn plain(words: &str) -> String {
    let kept = words
        .chars()
        .filter(|c| !matches!(c, '*' | '_' | '~' | '`'));
    let spaced: String = kept
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(40)
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What happened to an order.
/// TO BE REPLACED by the shop's texts.
#[derive(Clone, Copy, Debug)]
pub struct OrderNews<'a> {
    /// What people call it.
    pub number: i64,
    /// The status it came to.
    pub status: OrderStatus,
    /// What it costs.
    pub total: Money,
    /// Why it was called off, where somebody said.
    pub cancel_reason: Option<&'a str>,
}

/// What the customer is told of a step of their order.
/// TO BE REPLACED by the shop's texts.
pub fn order_notification(language: Language, news: &OrderNews<'_>) -> String {
    let (number, status, total) = (news.number, news.status.as_str(), news.total);
    let reason = news.cancel_reason.map(plain).unwrap_or_default();
    let text = match language {
        Language::English => format!("Your order *#{number}*: {status}, {total}. {reason}"),
        Language::Nepali => format!("तपाईंको अर्डर *#{number}*: {status}, {total}। {reason}"),
    };
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::draft::BODY_LIMIT;

    #[test]
    fn every_text_fits_into_one_message() {
        let long_name = "न".repeat(500);
        for language in [Language::English, Language::Nepali] {
            for text in [
                main_menu(language, Some(&long_name)),
                help_message(language),
                opted_out(language),
                opted_in(language),
            ] {
                assert!(text.encode_utf16().count() <= BODY_LIMIT && !text.trim().is_empty());
            }
        }
    }

    #[test]
    fn a_name_cannot_forge_formatting_or_lines() {
        let menu = main_menu(Language::English, Some("*Asha*\n\n_Free phones_ `x`"));
        assert!(menu.contains("Asha Free phones x"), "{menu}");
        assert!(
            !main_menu(Language::English, Some(" * ")).contains('!'),
            "an empty name is no name"
        );
    }
}
