//! What customers read. One file a language holds its words; this module lays them out alike in all of them, and keeps people's
//! words from forging formatting. A text that a language lacks does not compile.

mod en;
mod escape;
mod layout;
mod money;
mod ne;
mod samples;
#[cfg(test)]
mod snapshot;

use entity::order::OrderStatus;

pub use escape::{plain, short};
pub use layout::{
    OrderNews, alert, basket, help_message, list_prompt, main_menu, order_card, order_notification,
    order_summary, price_and_stock, product_card, product_list, put, recent_orders, shortage,
};
pub use money::{count, money};
pub use samples::samples;

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
    /// Every one.
    pub const ALL: [Self; 2] = [Self::English, Self::Nepali];

    /// The language for a BCP 47 tag; what we have no texts in gets English.
    pub fn from_tag(tag: &str) -> Self {
        Self::known(tag).unwrap_or_default()
    }

    /// The language for a BCP 47 tag; `None`: we have no texts in it.
    pub fn known(tag: &str) -> Option<Self> {
        let language = tag.split('-').next()?;
        Self::ALL.into_iter().find(|it| it.tag() == language)
    }

    /// Its BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Nepali => "ne",
        }
    }

    /// The language that the menu offers instead.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::English => Self::Nepali,
            Self::Nepali => Self::English,
        }
    }

    /// The language in whose script a first message is written.
    pub fn of_script(text: &str) -> Self {
        let is_devanagari = |c| matches!(c, '\u{900}'..='\u{97f}');
        if text.chars().any(is_devanagari) {
            Self::Nepali
        } else {
            Self::English
        }
    }

    /// Its words.
    pub(super) fn words(self) -> &'static dyn Words {
        match self {
            Self::English => &en::English,
            Self::Nepali => &ne::Nepali,
        }
    }
}

/// What is said to somebody who wants no more messages: the last thing they hear.
pub fn opted_out(language: Language) -> String {
    language.words().opted_out().to_owned()
}

/// What is said to somebody who wants messages again.
pub fn opted_in(language: Language) -> String {
    language.words().opted_in().to_owned()
}

/// What is said to somebody whose message made the bot fail.
pub fn apology(language: Language) -> String {
    language.words().apology().to_owned()
}

/// The words of one language. What is handed in is escaped and formatted already.
#[rustfmt::skip]
pub(super) trait Words: Sync {
    fn greeting(&self, name: Option<&str>) -> String;
    fn menu_question(&self) -> &'static str;
    /// Six, in the order of the menu's numbers; the last one names the other language in that language.
    fn menu_items(&self) -> [&'static str; 6];
    /// Written instead of a number.
    fn menu_hint(&self) -> &'static str;
    fn menu_button(&self) -> &'static str;
    fn help(&self) -> &'static str;
    fn products_title(&self) -> &'static str;
    fn found_title(&self, words: &str) -> String;
    /// "1 to 8 of 12".
    fn range(&self, from: &str, to: &str, total: &str) -> String;
    fn list_hint(&self, has_more: bool) -> &'static str;
    fn list_button(&self) -> &'static str;
    fn next_page(&self) -> &'static str;
    fn left(&self, count: &str) -> String;
    fn is_sold_out(&self) -> &'static str;
    fn how_many(&self, in_basket: Option<&str>) -> String;
    fn put(&self, name: &str, count: &str) -> String;
    fn put_hint(&self) -> &'static str;
    fn basket_title(&self) -> &'static str;
    fn basket_so_far(&self, total: &str) -> String;
    fn total(&self, total: &str) -> String;
    fn basket_hint(&self) -> &'static str;
    fn summary_title(&self) -> &'static str;
    /// To confirm, to change, to leave it.
    fn summary_buttons(&self) -> [&'static str; 3];
    fn summary_hint(&self) -> &'static str;
    fn shortage_title(&self) -> &'static str;
    fn shortage_line(&self, name: &str, now: Option<&str>, wanted: &str) -> String;
    fn orders_title(&self) -> &'static str;
    fn orders_hint(&self) -> &'static str;
    fn order_title(&self, number: i64) -> String;
    fn order_hint(&self) -> &'static str;
    fn placed_on(&self, day: &str) -> String;
    fn month(&self, month: u32) -> &'static str;
    fn status(&self, status: OrderStatus) -> &'static str;
    /// What a step means for the customer; their order's title stands above it.
    fn news(&self, status: OrderStatus) -> &'static str;
    fn news_hint(&self) -> &'static str;
    fn reason(&self, reason: &str) -> String;
    fn alert(&self, number: i64, total: &str, name: &str) -> String;
    fn nothing_for_sale(&self) -> &'static str;
    fn nothing_found(&self, words: &str) -> String;
    fn not_sold(&self) -> &'static str;
    fn sold_out(&self, name: &str) -> String;
    fn only_left(&self, name: &str, most: &str, in_basket: Option<&str>) -> String;
    fn basket_full(&self) -> &'static str;
    fn other_currency(&self) -> &'static str;
    fn not_a_number(&self) -> &'static str;
    fn empty_basket(&self) -> &'static str;
    fn emptied(&self) -> &'static str;
    fn dropped(&self, has_basket: bool) -> &'static str;
    fn is_another_basket(&self) -> &'static str;
    fn ordered_already(&self, number: i64, status: &str) -> String;
    fn no_orders(&self) -> &'static str;
    fn nothing_of_it(&self) -> &'static str;
    fn person(&self) -> &'static str;
    fn no_such_number(&self) -> &'static str;
    fn stale(&self) -> &'static str;
    fn unclear(&self) -> &'static str;
    fn unclear_here(&self) -> &'static str;
    fn unreadable(&self) -> &'static str;
    fn apology(&self) -> &'static str;
    fn opted_out(&self) -> &'static str;
    fn opted_in(&self) -> &'static str;
    /// The digits from 0 to 9.
    fn digits(&self) -> [char; 10];
    /// What stands before an amount.
    fn currency(&self, currency: super::money::Currency) -> &'static str;
}
