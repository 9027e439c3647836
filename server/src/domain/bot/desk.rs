//! What the bot has before it when it answers: looked up by the flow for the wish at hand.

use chrono::{DateTime, FixedOffset};
use entity::order::OrderStatus;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::money::{Currency, Money};
use crate::domain::texts::Language;

/// Everything the answer may need. What the wish does not ask for is empty.
#[derive(Clone, Debug)]
pub struct Desk {
    /// What the customer calls themselves.
    pub name: Option<String>,
    /// The language they are written to in.
    pub language: Language,
    /// Their basket, in the order in which they chose.
    pub basket: Vec<Line>,
    /// The products asked for.
    pub shelf: Shelf,
    /// The one product asked for; `None`: there is none, or it is not sold any more.
    pub item: Option<Item>,
    /// Their orders, newest first.
    pub orders: Vec<OrderCard>,
    /// The number that an order placed now gets.
    pub next_number: i64,
}

/// A page of products.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// From 0.
    pub page: u32,
    /// On this page.
    pub items: Vec<Item>,
    /// On all pages.
    pub total: usize,
}

/// A product as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub id: Uuid,
    /// The shop's code.
    pub sku: String,
    /// In their language.
    pub name: String,
    /// In their language; may be empty.
    pub description: String,
    /// For one piece.
    pub price: Money,
    /// Pieces that can be had.
    pub stock: i64,
    /// Where its picture is, for the provider to fetch.
    pub image_url: Option<String>,
    /// Whether it is sold now.
    pub is_offered: bool,
}

/// A product in a basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub item: Item,
    /// Pieces.
    pub quantity: u32,
}

/// An order of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderCard {
    /// Which.
    pub id: Uuid,
    /// What people call it.
    pub number: i64,
    /// How far it is.
    pub status: OrderStatus,
    /// What it costs in all.
    pub total: Money,
    /// When it was placed, by the shop's clock.
    pub placed_at: DateTime<FixedOffset>,
    /// What was ordered: product, name then, pieces, price of one piece. Empty where only the card is shown.
    pub lines: Vec<(Uuid, String, u32, Money)>,
}

impl Item {
    /// Pieces that one customer can order now.
    pub fn available(&self) -> u32 {
        if self.is_offered {
            u32::try_from(self.stock.max(0)).unwrap_or(u32::MAX)
        } else {
            0
        }
    }
}

impl Line {
    /// What it costs.
    pub fn total(&self) -> Money {
        Money {
            minor: self.item.price.minor.saturating_mul(self.quantity.into()),
            currency: self.item.price.currency,
        }
    }
}

impl Desk {
    /// A desk with nothing on it.
    pub fn clear(language: Language) -> Self {
        Self {
            name: None,
            language,
            basket: Vec::new(),
            shelf: Shelf::default(),
            item: None,
            orders: Vec::new(),
            next_number: 0,
        }
    }

    /// What the basket costs; its currency is that of its first product.
    pub fn total(&self) -> Money {
        let first = self.basket.first().map(|it| it.item.price.currency);
        let minor = self.basket.iter().map(|it| it.total().minor);
        Money {
            minor: minor.fold(0, i64::saturating_add),
            currency: first.unwrap_or(Currency::Npr),
        }
    }

    /// How many pieces of a product are in the basket.
    pub fn in_basket(&self, product: Uuid) -> u32 {
        let line = self.basket.iter().find(|it| it.item.id == product);
        line.map_or(0, |it| it.quantity)
    }
}

/// What a summary of this basket says, in short: another basket, quantity or price has another print, so that what a customer
/// confirms is what they saw.
pub fn print(basket: &[Line]) -> String {
    let mut hash = Sha256::new();
    for line in basket {
        hash.update(line.item.id.as_bytes());
        hash.update(line.quantity.to_be_bytes());
        hash.update(line.item.price.minor.to_be_bytes());
        hash.update(line.item.price.currency.code());
    }
    hex::encode(&hash.finalize()[..6])
}
