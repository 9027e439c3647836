//! What the bot says: each answer in words, and to tap where that helps.

use super::PAGE;
use super::choice::{BUTTON, Choice, Choices, DESCRIPTION, ROW};
use super::desk::{Desk, Item, OrderCard};
use super::place::Asking;
use super::read::Wish;
use super::step::Reply;
use crate::domain::money::Money;
use crate::domain::texts::{self, OrderNews, short};

/// What is said.
pub(super) type Answer = Reply;

fn words(text: String) -> Answer {
    Answer {
        text,
        ..Answer::default()
    }
}

pub(super) fn menu(desk: &Desk) -> Answer {
    menu_after(None, desk)
}

pub(super) fn unclear_menu(desk: &Desk) -> Answer {
    menu_after(Some(desk.language.words().unclear()), desk)
}

pub(super) fn stale(desk: &Desk) -> Answer {
    menu_after(Some(desk.language.words().stale()), desk)
}

fn menu_after(first: Option<&str>, desk: &Desk) -> Answer {
    let language = desk.language;
    let pieces = desk
        .basket
        .iter()
        .fold(0_u32, |sum, it| sum.saturating_add(it.quantity));
    let menu = texts::main_menu(language, desk.name.as_deref(), pieces);
    let said = language.words();
    let wishes = [
        Wish::Products { page: 0 },
        Wish::Basket,
        Wish::Orders,
        Wish::Help,
        Wish::Person,
        Wish::Switch(Some(language.next())),
    ];
    let rows = wishes.iter().zip(said.menu_items());
    let rows = rows.map(|(wish, title)| Choice::new(wish, short(title, ROW)));
    Answer {
        choices: Choices::List {
            prompt: said.menu_question().to_owned(),
            button: short(said.menu_button(), BUTTON),
            rows: rows.collect(),
        },
        ..words(match first {
            Some(first) => format!("{first}\n\n{menu}"),
            None => menu,
        })
    }
}

pub(super) fn help(desk: &Desk) -> Answer {
    words(texts::help_message(desk.language))
}

pub(super) fn products(search: Option<&str>, desk: &Desk) -> Answer {
    let text = texts::product_list(desk.language, &desk.shelf, search, PAGE);
    let said = desk.language.words();
    if search.is_some() {
        // A search is rarely asked twice: it is not worth a list that Twilio keeps.
        return words(text);
    }
    let row = |it: &Item| {
        let price = texts::price_and_stock(desk.language, it);
        Choice::new(&Wish::Look(it.id), short(&texts::plain(&it.name), ROW))
            .described(short(&price, DESCRIPTION))
    };
    let mut rows: Vec<Choice> = desk.shelf.items.iter().map(row).collect();
    let shelf = &desk.shelf;
    let is_last = (shelf.page as usize + 1) * PAGE >= shelf.total;
    if !is_last {
        let next = Wish::Products {
            page: shelf.page + 1,
        };
        rows.push(Choice::new(&next, short(said.next_page(), ROW)));
    }
    rows.push(Choice::new(&Wish::Basket, short(said.menu_items()[1], ROW)));
    Answer {
        choices: Choices::List {
            prompt: texts::list_prompt(desk.language, shelf, PAGE),
            button: short(said.list_button(), BUTTON),
            rows,
        },
        ..words(text)
    }
}

pub(super) fn nothing_for_sale(desk: &Desk) -> Answer {
    words(desk.language.words().nothing_for_sale().to_owned())
}

pub(super) fn nothing_found(looked_for: &str, desk: &Desk) -> Answer {
    words(
        desk.language
            .words()
            .nothing_found(&texts::plain(looked_for)),
    )
}

pub(super) fn not_sold(desk: &Desk) -> Answer {
    words(desk.language.words().not_sold().to_owned())
}

pub(super) fn sold_out(item: &Item, desk: &Desk) -> Answer {
    words(desk.language.words().sold_out(&texts::plain(&item.name)))
}

pub(super) fn only_left(item: &Item, most: u32, desk: &Desk) -> Answer {
    let has = desk.in_basket(item.id);
    let most = texts::count(desk.language, most.into());
    let has = (has > 0).then(|| texts::count(desk.language, has.into()));
    let name = texts::plain(&item.name);
    words(
        desk.language
            .words()
            .only_left(&name, &most, has.as_deref()),
    )
}

pub(super) fn basket_full(desk: &Desk) -> Answer {
    words(desk.language.words().basket_full().to_owned())
}

pub(super) fn other_currency(desk: &Desk) -> Answer {
    words(desk.language.words().other_currency().to_owned())
}

pub(super) fn how_many(item: &Item, asking: Asking, desk: &Desk) -> Answer {
    let in_basket = match asking {
        Asking::More => None,
        Asking::Exactly => Some(desk.in_basket(item.id)),
    };
    Answer {
        picture: item.image_url.clone().filter(|_| asking == Asking::More),
        ..words(texts::product_card(desk.language, item, in_basket))
    }
}

pub(super) fn not_a_number(desk: &Desk) -> Answer {
    words(desk.language.words().not_a_number().to_owned())
}

pub(super) fn put(item: &Item, pieces: u32, after: &Desk) -> Answer {
    words(texts::put(after.language, item, pieces, after.total()))
}

pub(super) fn basket(desk: &Desk) -> Answer {
    words(texts::basket(desk.language, &desk.basket, desk.total()))
}

pub(super) fn empty_basket(desk: &Desk) -> Answer {
    words(desk.language.words().empty_basket().to_owned())
}

pub(super) fn emptied(desk: &Desk) -> Answer {
    words(desk.language.words().emptied().to_owned())
}

pub(super) fn summary(desk: &Desk) -> Answer {
    let said = desk.language.words();
    let wishes = [Wish::Confirm { print: None }, Wish::Basket, Wish::Drop];
    let all = wishes.iter().zip(said.summary_buttons());
    let all = all.map(|(wish, title)| Choice::new(wish, short(title, BUTTON)));
    Answer {
        choices: Choices::Buttons {
            prompt: said.summary_hint().to_owned(),
            all: all.collect(),
        },
        ..words(texts::order_summary(
            desk.language,
            &desk.basket,
            desk.total(),
        ))
    }
}

/// What of the basket is not there any more.
pub(super) fn has_changed(before: &Desk, after: &Desk) -> Answer {
    let left = before.basket.iter().filter_map(|line| {
        let now = after.in_basket(line.item.id);
        (now < line.quantity).then_some((line, now))
    });
    words(texts::shortage(before.language, left))
}

pub(super) fn is_another_basket(desk: &Desk) -> Answer {
    words(desk.language.words().is_another_basket().to_owned())
}

pub(super) fn dropped(desk: &Desk) -> Answer {
    words(
        desk.language
            .words()
            .dropped(!desk.basket.is_empty())
            .to_owned(),
    )
}

pub(super) fn placed(number: i64, total: Money, desk: &Desk) -> Answer {
    let news = OrderNews {
        number,
        status: entity::order::OrderStatus::Pending,
        total,
        cancel_reason: None,
    };
    words(texts::order_notification(desk.language, &news))
}

pub(super) fn ordered_already(last: &OrderCard, desk: &Desk) -> Answer {
    let said = desk.language.words();
    words(said.ordered_already(last.number, said.status(last.status)))
}

pub(super) fn no_orders(desk: &Desk) -> Answer {
    words(desk.language.words().no_orders().to_owned())
}

pub(super) fn orders(desk: &Desk) -> Answer {
    words(texts::recent_orders(desk.language, &desk.orders))
}

pub(super) fn order(card: &OrderCard, desk: &Desk) -> Answer {
    words(texts::order_card(desk.language, card))
}

pub(super) fn nothing_of_it(desk: &Desk) -> Answer {
    words(desk.language.words().nothing_of_it().to_owned())
}

pub(super) fn person(desk: &Desk) -> Answer {
    words(desk.language.words().person().to_owned())
}

pub(super) fn no_such_number(desk: &Desk) -> Answer {
    words(desk.language.words().no_such_number().to_owned())
}

pub(super) fn unclear(desk: &Desk) -> Answer {
    words(desk.language.words().unclear_here().to_owned())
}

pub(super) fn unreadable(desk: &Desk) -> Answer {
    words(desk.language.words().unreadable().to_owned())
}
