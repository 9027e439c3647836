//! What a customer's message wishes for, at the place where the talk stands.

use uuid::Uuid;

use super::choice;
use super::pattern::{self, Counted};
use super::place::{Asking, Place};
use super::words::{Word, number, plain, word};
use crate::domain::texts::Language;

/// Longest text that is looked for, in characters.
const SEARCH: usize = 60;
/// Shorter words are looked for only where somebody asks for it.
const SHORTEST: usize = 3;

/// What a customer sent, as far as the bot can read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said<'a> {
    /// Their words; of a tap what stood on the button.
    pub text: &'a str,
    /// The id behind a tap.
    pub tapped: Option<&'a str>,
    /// Whether it is words at all, rather than a picture, a voice or a place.
    pub is_words: bool,
}

/// What they wish for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The menu.
    Menu,
    /// What can be written.
    Help,
    /// A page of products, from 0.
    Products {
        /// Which.
        page: u32,
    },
    /// Products with these words in them.
    Find {
        /// What they wrote.
        words: String,
        /// From 0.
        page: u32,
    },
    /// One product.
    Look(Uuid),
    /// So many more of a product.
    Add(Uuid, u32),
    /// Exactly so many of a product.
    Set(Uuid, u32),
    /// The basket.
    Basket,
    /// Nothing in the basket.
    Empty,
    /// The summary before ordering.
    Summary,
    /// To order what a summary said.
    Confirm {
        /// The summary's print; `None`: the one at hand.
        print: Option<String>,
    },
    /// Not to order; the basket stays.
    Drop,
    /// Recent orders.
    Orders,
    /// One order.
    Order(Uuid),
    /// The same as in an order into the basket.
    Again(Uuid),
    /// A person instead of the bot.
    Person,
    /// Another language; `None`: the other one.
    Switch(Option<Language>),
    /// What stands at a number that no list shows.
    Stale,
    /// Words that say nothing here.
    Unclear,
    /// No words.
    Unreadable,
}

/// Reads a message.
pub fn read(place: &Place, said: Said<'_>) -> Wish {
    if let Some(wish) = said.tapped.and_then(|id| choice::parse(place, id)) {
        return wish;
    }
    if !said.is_words {
        return Wish::Unreadable;
    }
    let text = plain(said.text);
    if text.is_empty() {
        return Wish::Unclear;
    }
    if let Some(number) = number(&text)
        && let Some(wish) = numbered(place, number)
    {
        return wish;
    }
    if let Some(word) = word(&text) {
        return steered(place, word);
    }
    match pattern::read(&text) {
        Some(counted) => of_list(place, counted),
        None => others(place, &text),
    }
}

/// A bare number means what stood at it; `None`: it is to be read as a word.
fn numbered(place: &Place, number: u32) -> Option<Wish> {
    let listed = |make: fn(Uuid) -> Wish| match place.numbered(number) {
        Some(id) => Some(make(id)),
        None => (number > 0).then_some(Wish::Stale),
    };
    match place {
        Place::Menu => menu(number),
        Place::Products { .. } | Place::Basket { .. } => listed(Wish::Look),
        Place::Orders { .. } => listed(Wish::Order),
        Place::Quantity {
            product,
            asking,
            from,
        } => Some(match (asking, number) {
            (Asking::More, 0) => turned(from, 0),
            (Asking::More, pieces) => Wish::Add(*product, pieces),
            (Asking::Exactly, pieces) => Wish::Set(*product, pieces),
        }),
        Place::Summary { print } => Some(match number {
            0 => Wish::Menu,
            1 => Wish::Confirm {
                print: Some(print.clone()),
            },
            2 => Wish::Basket,
            3 => Wish::Drop,
            _ => Wish::Stale,
        }),
        Place::Order { id } => Some(match number {
            0 | 2 => Wish::Orders,
            1 => Wish::Again(*id),
            _ => Wish::Stale,
        }),
    }
}

/// The main menu's numbers.
fn menu(number: u32) -> Option<Wish> {
    Some(match number {
        0 => return None,
        1 => Wish::Products { page: 0 },
        2 => Wish::Basket,
        3 => Wish::Orders,
        4 => Wish::Help,
        5 => Wish::Person,
        6 => Wish::Switch(None),
        _ => Wish::Stale,
    })
}

/// A word that steers.
fn steered(place: &Place, word: Word) -> Wish {
    match word {
        Word::Greeting | Word::Menu => Wish::Menu,
        Word::Help => Wish::Help,
        Word::Products => Wish::Products { page: 0 },
        Word::Basket => Wish::Basket,
        Word::Order => Wish::Summary,
        Word::Orders => Wish::Orders,
        Word::Person => Wish::Person,
        Word::Language => Wish::Switch(None),
        Word::English => Wish::Switch(Some(Language::English)),
        Word::Nepali => Wish::Switch(Some(Language::Nepali)),
        Word::Next => turned(place, 1),
        Word::Previous => turned(place, -1),
        Word::Empty => Wish::Empty,
        Word::Back => match place {
            Place::Quantity {
                asking: Asking::Exactly,
                ..
            }
            | Place::Summary { .. } => Wish::Basket,
            Place::Quantity { from, .. } => turned(from, 0),
            Place::Order { .. } => Wish::Orders,
            Place::Products { page, .. } if *page > 0 => turned(place, -1),
            _ => Wish::Menu,
        },
        Word::Yes => match place {
            Place::Summary { print } => Wish::Confirm {
                print: Some(print.clone()),
            },
            Place::Basket { .. } => Wish::Summary,
            // Perhaps the second "yes" of somebody who is unsure whether the first one came through.
            Place::Menu | Place::Orders { .. } | Place::Order { .. } => {
                Wish::Confirm { print: None }
            }
            Place::Products { .. } | Place::Quantity { .. } => Wish::Unclear,
        },
        Word::No => match place {
            Place::Summary { .. } => Wish::Drop,
            _ => Wish::Menu,
        },
        Word::Again => match place {
            Place::Order { id } => Wish::Again(*id),
            _ => Wish::Orders,
        },
    }
}

/// The page of products so many pages further; from elsewhere the first one.
fn turned(place: &Place, by: i64) -> Wish {
    let Place::Products { page, search, .. } = place else {
        return Wish::Products { page: 0 };
    };
    let page = u32::try_from((i64::from(*page) + by).max(0)).unwrap_or_default();
    match search {
        Some(words) => Wish::Find {
            words: words.clone(),
            page,
        },
        None => Wish::Products { page },
    }
}

/// A quantity of what stands in a list.
fn of_list(place: &Place, counted: Counted<'_>) -> Wish {
    let product = |number| match place {
        Place::Products { .. } | Place::Basket { .. } => place.numbered(number),
        _ => None,
    };
    match counted {
        Counted::Search(words) => find(words),
        Counted::Of { quantity, number } => match product(number) {
            Some(id) if quantity > 0 => Wish::Add(id, quantity),
            Some(id) => Wish::Look(id),
            None => Wish::Stale,
        },
        Counted::Change { number, quantity } => match product(number) {
            Some(id) => Wish::Set(id, quantity),
            None => Wish::Stale,
        },
        Counted::Remove(number) => match (place, product(number)) {
            (Place::Basket { .. }, Some(id)) => Wish::Set(id, 0),
            _ => Wish::Basket,
        },
    }
}

/// Words that steer nothing: somebody names what they look for.
fn others(place: &Place, text: &str) -> Wish {
    let is_long_enough = text.chars().filter(|it| it.is_alphanumeric()).count() >= SHORTEST;
    match place {
        Place::Menu | Place::Products { .. } if is_long_enough => find(text),
        _ => Wish::Unclear,
    }
}

fn find(words: &str) -> Wish {
    Wish::Find {
        words: words.chars().take(SEARCH).collect(),
        page: 0,
    }
}
