//! A shop in memory for tests of the bot: looks up what a wish needs and does what a step says, as the flow does with a database.

use chrono::DateTime;
use entity::order::OrderStatus;
use uuid::Uuid;

use super::{Deed, Desk, Item, Line, OrderCard, PAGE, Place, Reply, Said, Shelf, Wish, read, step};
use crate::domain::money::{Currency, Money};
use crate::domain::texts::Language;

/// The shop and its one customer.
#[derive(Clone, Debug)]
pub(super) struct Shop {
    pub(super) place: Place,
    pub(super) language: Language,
    pub(super) items: Vec<Item>,
    pub(super) basket: Vec<(Uuid, u32)>,
    pub(super) orders: Vec<OrderCard>,
    pub(super) is_person_called: bool,
}

impl Shop {
    /// Twelve products, ten pieces of each but of the third; the last one costs dollars.
    pub(super) fn new() -> Self {
        let item = |number: u128| Item {
            id: id(number),
            sku: format!("SKU-{number}"),
            name: format!("Thing {number}"),
            description: "A thing".to_owned(),
            price: Money {
                minor: 10_000,
                currency: if number == 12 {
                    Currency::Usd
                } else {
                    Currency::Npr
                },
            },
            stock: if number == 3 { 0 } else { 10 },
            image_url: None,
            is_offered: true,
        };
        Self {
            place: Place::Menu,
            language: Language::English,
            items: (1..=12).map(item).collect(),
            basket: Vec::new(),
            orders: Vec::new(),
            is_person_called: false,
        }
    }

    /// The customer writes; what they read.
    pub(super) fn writes(&mut self, text: &str) -> String {
        let said = Said {
            text,
            tapped: None,
            is_words: true,
        };
        texts(&self.answers(said))
    }

    /// The customer taps what has this id.
    pub(super) fn taps(&mut self, id: &str) -> String {
        let said = Said {
            text: "x",
            tapped: Some(id),
            is_words: true,
        };
        texts(&self.answers(said))
    }

    pub(super) fn answers(&mut self, said: Said<'_>) -> Vec<Reply> {
        let wish = read(&self.place, said);
        let desk = self.desk(&wish);
        let step = step(self.place.clone(), wish, &desk);
        self.place = Place::parse(&step.place.stored());
        for deed in &step.deeds {
            self.act(deed, &desk);
        }
        step.replies
    }

    fn desk(&self, wish: &Wish) -> Desk {
        let mut desk = Desk {
            name: Some("Asha".to_owned()),
            ..Desk::clear(self.language)
        };
        let find = |id: &Uuid| self.items.iter().find(|it| it.id == *id).cloned();
        let line = |(id, quantity): &(Uuid, u32)| {
            let (item, quantity) = (find(id)?, *quantity);
            Some(Line { item, quantity })
        };
        desk.basket = self.basket.iter().filter_map(line).collect();
        match wish {
            Wish::Products { page } => desk.shelf = self.shelf("", *page),
            Wish::Find { words, page } => desk.shelf = self.shelf(words, *page),
            Wish::Look(id) | Wish::Add(id, _) | Wish::Set(id, _) => desk.item = find(id),
            Wish::Order(_) | Wish::Again(_) => {
                desk.orders.clone_from(&self.orders);
                desk.shelf.items.clone_from(&self.items);
            }
            _ => desk.orders.clone_from(&self.orders),
        }
        desk.next_number = 1_001 + i64::try_from(self.orders.len()).unwrap();
        desk
    }

    fn shelf(&self, words: &str, page: u32) -> Shelf {
        let offered = self.items.iter().filter(|it| it.is_offered);
        let found: Vec<&Item> = offered
            .filter(|it| {
                words
                    .split_whitespace()
                    .all(|word| it.name.to_lowercase().contains(word))
            })
            .collect();
        let last = found.len().saturating_sub(1) / PAGE;
        let page = (page as usize).min(last);
        Shelf {
            page: u32::try_from(page).unwrap(),
            total: found.len(),
            items: found
                .into_iter()
                .skip(page * PAGE)
                .take(PAGE)
                .cloned()
                .collect(),
        }
    }

    fn act(&mut self, deed: &Deed, desk: &Desk) {
        match deed {
            Deed::Put(id, pieces) => {
                match self.basket.iter_mut().find(|it| it.0 == *id) {
                    Some(line) => line.1 = *pieces,
                    None => self.basket.push((*id, *pieces)),
                }
                self.basket.retain(|it| it.1 > 0);
            }
            Deed::Empty => self.basket.clear(),
            Deed::CallPerson => self.is_person_called = true,
            Deed::Speak(language) => self.language = *language,
            Deed::Place { number, total } => self.place_order(*number, *total, desk),
        }
    }

    fn place_order(&mut self, number: i64, total: Money, desk: &Desk) {
        for (id, pieces) in self.basket.drain(..) {
            let item = self.items.iter_mut().find(|it| it.id == id).unwrap();
            item.stock -= i64::from(pieces);
            assert!(item.stock >= 0, "sold what is not there");
        }
        let lines = desk.basket.iter();
        let card = OrderCard {
            id: id(number.unsigned_abs().into()),
            number,
            status: OrderStatus::Pending,
            total,
            placed_at: DateTime::from_timestamp(0, 0).unwrap().fixed_offset(),
            lines: lines
                .map(|it| (it.item.id, it.item.name.clone(), it.quantity, it.item.price))
                .collect(),
        };
        self.orders.insert(0, card);
    }
}

pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn texts(replies: &[Reply]) -> String {
    let all: Vec<&str> = replies.iter().map(|it| it.text.as_str()).collect();
    all.join("\n---\n")
}
