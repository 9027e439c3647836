//! Every text as a customer may read it, with a made-up shop: for translators, and for the eye of whoever changes one.

use chrono::DateTime;
use entity::order::OrderStatus;
use uuid::Uuid;

use super::{Language, OrderNews, alert, apology, money, opted_in, opted_out, order_notification};
use crate::domain::bot::{Asking, Desk, Item, Line, OrderCard, PAGE, Place, Shelf, Wish, step};
use crate::domain::money::{Currency, Money};

/// Every step that an order comes to.
const STEPS: [OrderStatus; 6] = [
    OrderStatus::Pending,
    OrderStatus::Confirmed,
    OrderStatus::Packed,
    OrderStatus::Shipped,
    OrderStatus::Delivered,
    OrderStatus::Canceled,
];

/// Every text by what it is for; a text that follows another in one answer is its own entry.
pub fn samples(language: Language) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (what, place, wish, desk) in talks(language) {
        let replies = step(place, wish, &desk).replies;
        let many = replies.len() > 1;
        all.extend(replies.into_iter().enumerate().map(|(index, it)| {
            let what = if many {
                format!("{what}, {}", index + 1)
            } else {
                what.to_owned()
            };
            (what, it.text)
        }));
    }
    for status in STEPS {
        let is_canceled = status == OrderStatus::Canceled;
        let news = OrderNews {
            number: 1042,
            status,
            total: rupees(135_000),
            cancel_reason: is_canceled.then_some("*no* driver today"),
        };
        let what = format!("order_notification {status:?}").to_lowercase();
        all.push((what, order_notification(language, &news)));
    }
    for (what, text) in [
        (
            "alert to the shop",
            alert(language, 1042, rupees(135_000), "Asha _Gurung_"),
        ),
        ("apology", apology(language)),
        ("after STOP", opted_out(language)),
        ("after START", opted_in(language)),
    ] {
        all.push((what.to_owned(), text));
    }
    for currency in Currency::ALL {
        let amount = Money {
            minor: 123_456_750,
            currency,
        };
        all.push((
            format!("money {}", currency.code()),
            money(language, amount),
        ));
    }
    all
}

type Talk = (&'static str, Place, Wish, Desk);

#[rustfmt::skip]
fn talks(language: Language) -> Vec<Talk> {
    let (full, none) = (desk(language), Desk::clear(language));
    let id = |number: usize| full.shelf.items[number].id;
    let item = |number: usize| Desk { item: Some(full.shelf.items[number].clone()), ..full.clone() };
    let stranger = Desk { item: Some(full.shelf.items[1].clone()), ..none.clone() };
    let list = || Place::Products { page: 0, search: None, shown: vec![] };
    let asked = |asking| Place::Quantity { product: id(0), asking, from: Box::new(list()) };
    let in_basket = || Place::Basket { shown: vec![] };
    let summary = || Place::Summary { print: "x".to_owned() };
    let print = || Some(crate::domain::bot::print(&full.basket));
    let changed = changed(&full);
    let mut other = item(1);
    other.basket.truncate(1);
    other.basket[0].item.price.currency = Currency::Usd;
    vec![
        ("main_menu", Place::Menu, Wish::Menu, full.clone()),
        ("main_menu, no name, empty basket", Place::Menu, Wish::Menu, none.clone()),
        ("help_message", Place::Menu, Wish::Help, full.clone()),
        ("product_list", Place::Menu, Wish::Products { page: 0 }, full.clone()),
        ("product_list, last page", Place::Menu, Wish::Products { page: 1 }, last_page(&full)),
        ("product_list, search", list(), Wish::Find { words: "tea".to_owned(), page: 0 }, found(&full)),
        ("nothing found", list(), Wish::Find { words: "*tea*".to_owned(), page: 0 }, none.clone()),
        ("nothing for sale", Place::Menu, Wish::Products { page: 0 }, none.clone()),
        ("product", list(), Wish::Look(id(0)), Desk { basket: vec![], ..item(0) }),
        ("product, from the basket", in_basket(), Wish::Look(id(0)), item(0)),
        ("product, sold out", list(), Wish::Look(id(2)), item(2)),
        ("product, gone", list(), Wish::Look(id(0)), none.clone()),
        ("put into the basket", list(), Wish::Add(id(1), 2), stranger),
        ("only some left", asked(Asking::More), Wish::Add(id(0), 99), item(0)),
        ("another currency", list(), Wish::Add(id(1), 1), other),
        ("basket full", list(), Wish::Add(id(1), 1), crowded(&item(1))),
        ("not a number", asked(Asking::More), Wish::Unclear, full.clone()),
        ("basket", Place::Menu, Wish::Basket, full.clone()),
        ("basket, empty", Place::Menu, Wish::Basket, none.clone()),
        ("basket, emptied", in_basket(), Wish::Empty, full.clone()),
        ("order_summary", in_basket(), Wish::Summary, full.clone()),
        ("order_summary, somebody was faster", summary(), Wish::Confirm { print: print() }, changed),
        ("order_summary, something changed", summary(), Wish::Confirm { print: Some("old".to_owned()) }, full.clone()),
        ("not now", summary(), Wish::Drop, full.clone()),
        ("not now, nothing in the basket", summary(), Wish::Drop, none.clone()),
        ("ordered", summary(), Wish::Confirm { print: print() }, full.clone()),
        ("ordered already", Place::Menu, Wish::Confirm { print: None }, Desk { basket: vec![], ..full.clone() }),
        ("recent_orders", Place::Menu, Wish::Orders, full.clone()),
        ("recent_orders, none", Place::Menu, Wish::Orders, none.clone()),
        ("one order", Place::Menu, Wish::Order(full.orders[0].id), full.clone()),
        ("again, nothing of it", Place::Menu, Wish::Again(full.orders[0].id), Desk { shelf: Shelf::default(), ..full.clone() }),
        ("a person is called", Place::Menu, Wish::Person, full.clone()),
        ("no such number", list(), Wish::Stale, full.clone()),
        ("an old number", Place::Menu, Wish::Stale, full.clone()),
        ("not understood", Place::Menu, Wish::Unclear, full.clone()),
        ("not understood in a list", list(), Wish::Unclear, full.clone()),
        ("not words", Place::Menu, Wish::Unreadable, full.clone()),
    ]
}

fn rupees(minor: i64) -> Money {
    Money {
        minor,
        currency: Currency::Npr,
    }
}

fn item(number: u128, (en, ne): (&str, &str), price: i64, stock: i64, language: Language) -> Item {
    let name = match language {
        Language::English => en,
        Language::Nepali => ne,
    };
    Item {
        id: Uuid::from_u128(number),
        sku: format!("SKU-{number}"),
        name: name.to_owned(),
        description: name.to_owned(),
        price: rupees(price),
        stock,
        image_url: None,
        is_offered: true,
    }
}

/// A desk with something of everything on it.
fn desk(language: Language) -> Desk {
    let names = [
        ("Ilam tea, 100 g", "इलाम चिया, १०० ग्राम"),
        ("*Mustang* apples, 1 kg", "मुस्ताङको स्याउ, १ केजी"),
        ("Himalayan honey, 500 g 🍯", "हिमाली मह, ५०० ग्राम 🍯"),
        ("Dhaka topi", "ढाका टोपी"),
        ("Lokta paper notebook", "लोक्ता कागजको कापी"),
        ("Singing bowl, 12 cm", "सिङ्गिङ बाउल, १२ सेमी"),
        ("Yak wool shawl", "याकको ऊनको पछ्यौरा"),
        ("Timur pepper, 50 g", "टिमुर, ५० ग्राम"),
    ];
    let numbered = names.into_iter().zip(1_u128..);
    let items: Vec<Item> = numbered
        .map(|(name, number)| {
            let stock = [12, 40, 0, 3, 25, 7, 1, 180][number as usize - 1];
            item(
                number,
                name,
                45_000 * i64::try_from(number).unwrap_or(1),
                stock,
                language,
            )
        })
        .collect();
    let line = |number: usize, quantity| Line {
        item: items[number].clone(),
        quantity,
    };
    Desk {
        name: Some("Asha *Gurung*".to_owned()),
        basket: vec![line(0, 2), line(3, 1)],
        orders: orders(language),
        shelf: Shelf {
            page: 0,
            total: 12,
            items: items.clone(),
        },
        next_number: 1042,
        ..Desk::clear(language)
    }
}

fn orders(language: Language) -> Vec<OrderCard> {
    let noon = DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default();
    let card = |(number, status): (i64, OrderStatus)| OrderCard {
        id: Uuid::from_u128(number.unsigned_abs().into()),
        number,
        status,
        total: rupees(135_000),
        placed_at: noon.fixed_offset(),
        lines: [
            ("Ilam tea, 100 g", "इलाम चिया, १०० ग्राम", 1, 45_000),
            ("Dhaka topi", "ढाका टोपी", 2, 45_000),
        ]
        .into_iter()
        .map(|(en, ne, pieces, price)| {
            let it = item(9, (en, ne), price, 1, language);
            (it.id, it.name, pieces, it.price)
        })
        .collect(),
    };
    let all = (1036..=1041).rev().zip(STEPS);
    all.map(card).collect()
}

fn last_page(full: &Desk) -> Desk {
    let items = full.shelf.items[..4].to_vec();
    let shelf = Shelf {
        page: 1,
        items,
        total: PAGE + 4,
    };
    Desk {
        shelf,
        ..full.clone()
    }
}

fn found(full: &Desk) -> Desk {
    let items = full.shelf.items[..1].to_vec();
    let shelf = Shelf {
        page: 0,
        items,
        total: 1,
    };
    Desk {
        shelf,
        ..full.clone()
    }
}

/// Somebody else bought meanwhile: of one product there are fewer, of another none.
fn changed(full: &Desk) -> Desk {
    let mut desk = full.clone();
    desk.basket[0].item.stock = 1;
    desk.basket[1].item.stock = 0;
    desk
}

fn crowded(full: &Desk) -> Desk {
    let mut desk = full.clone();
    let line = desk.basket[0].clone();
    let more = (100..).map(|number| {
        let mut line = line.clone();
        line.item.id = Uuid::from_u128(number);
        line
    });
    desk.basket = more.take(crate::domain::bot::MOST_LINES).collect();
    desk
}
