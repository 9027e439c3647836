//! How the texts are laid out, the same in every language.

use std::fmt::Write as _;

use chrono::Datelike as _;
use entity::order::OrderStatus;

use super::{Language, count, money, plain};
use crate::domain::bot::{Item, Line, OrderCard, Shelf};
use crate::domain::draft::BODY_LIMIT;
use crate::domain::money::Money;

/// Longest description of a product, in characters.
const DESCRIPTION: usize = 300;

/// The greeting with what the shop can do. `name` is what the customer calls themselves; `pieces` lie in their basket.
pub fn main_menu(language: Language, name: Option<&str>, pieces: u32) -> String {
    let said = language.words();
    let name = name.map(plain).filter(|it| !it.is_empty());
    let mut text = format!(
        "*{}*\n{}\n",
        said.greeting(name.as_deref()),
        said.menu_question()
    );
    for (index, item) in said.menu_items().into_iter().enumerate() {
        let _ = write!(text, "\n{}. {item}", number(language, index));
        if index == 1 && pieces > 0 {
            let _ = write!(text, " ({})", count(language, pieces.into()));
        }
    }
    let _ = write!(text, "\n\n{}", said.menu_hint());
    text
}

/// What can be written to the bot.
pub fn help_message(language: Language) -> String {
    language.words().help().to_owned()
}

/// A page of products with their numbers, prices and stock. `search` is what was looked for; `page` is the length of a page.
pub fn product_list(
    language: Language,
    shelf: &Shelf,
    search: Option<&str>,
    page: usize,
) -> String {
    let said = language.words();
    let mut text = list_title(language, shelf, search, page) + "\n";
    for (index, item) in shelf.items.iter().enumerate() {
        let (name, price) = (plain(&item.name), price_and_stock(language, item));
        let _ = write!(text, "\n{}. {name}\n    {price}", number(language, index));
    }
    let until = shelf.page as usize * page + shelf.items.len();
    let _ = write!(text, "\n\n{}", said.list_hint(until < shelf.total));
    text
}

/// What stands over a list to tap from.
pub fn list_prompt(language: Language, shelf: &Shelf, page: usize) -> String {
    list_title(language, shelf, None, page)
}

fn list_title(language: Language, shelf: &Shelf, search: Option<&str>, page: usize) -> String {
    let said = language.words();
    let title = match search {
        Some(words) => said.found_title(&plain(words)),
        None => said.products_title().to_owned(),
    };
    if shelf.total <= page {
        return format!("*{title}*");
    }
    let before = shelf.page as usize * page;
    let of = |it: usize| count(language, it as u64);
    let (from, to) = (of(before + 1), of(before + shelf.items.len()));
    format!("*{title}* {}", said.range(&from, &to, &of(shelf.total)))
}

/// `NPR 450.00 · 12 left`
pub fn price_and_stock(language: Language, item: &Item) -> String {
    let said = language.words();
    let stock = match item.available() {
        0 => said.is_sold_out().to_owned(),
        many => said.left(&count(language, many.into())),
    };
    format!("{} · {stock}", money(language, item.price))
}

/// One product, and the question how many; `in_basket`: how many of it there are to be.
pub fn product_card(language: Language, item: &Item, in_basket: Option<u32>) -> String {
    let said = language.words();
    let mut text = format!(
        "*{}*\n{}",
        plain(&item.name),
        price_and_stock(language, item)
    );
    let description = super::short(&lines(&item.description), DESCRIPTION);
    if !description.is_empty() && in_basket.is_none() {
        let _ = write!(text, "\n\n{description}");
    }
    let in_basket = in_basket.map(|it| count(language, it.into()));
    let _ = write!(text, "\n\n{}", said.how_many(in_basket.as_deref()));
    text
}

/// So many more pieces of a product are in the basket, which costs `total` now.
pub fn put(language: Language, item: &Item, pieces: u32, total: Money) -> String {
    let said = language.words();
    let pieces = count(language, pieces.into());
    format!(
        "✓ {}\n{}\n\n{}",
        said.put(&plain(&item.name), &pieces),
        said.basket_so_far(&money(language, total)),
        said.put_hint()
    )
}

/// The basket.
pub fn basket(language: Language, lines: &[Line], total: Money) -> String {
    let said = language.words();
    let numbered = lines
        .iter()
        .enumerate()
        .map(|(index, it)| format!("{}. {}", number(language, index), line(language, it)));
    listed(
        language,
        said.basket_title(),
        numbered,
        total,
        said.basket_hint(),
    )
}

/// What would be ordered.
pub fn order_summary(language: Language, lines: &[Line], total: Money) -> String {
    let said = language.words();
    let [yes, change, no] = said.summary_buttons();
    let choices = [yes, change, no].into_iter().enumerate();
    let choices: Vec<String> = choices
        .map(|(index, it)| format!("{}. {it}", number(language, index)))
        .collect();
    let hint = format!("{}\n{}", said.summary_hint(), choices.join("\n"));
    let lines = lines.iter().map(|it| format!("• {}", line(language, it)));
    listed(language, said.summary_title(), lines, total, &hint)
}

fn listed(
    language: Language,
    title: &str,
    lines: impl Iterator<Item = String>,
    total: Money,
    hint: &str,
) -> String {
    let total = language.words().total(&money(language, total));
    let end = format!("\n\n*{total}*\n\n{hint}");
    let mut text = format!("*{title}*\n");
    let room = BODY_LIMIT - units(&end) - 4;
    for line in lines {
        if units(&text) + units(&line) > room {
            text.push_str("\n…");
            break;
        }
        let _ = write!(text, "\n{line}");
    }
    text + &end
}

/// `2 × Ilam tea = NPR 900.00`
fn line(language: Language, line: &Line) -> String {
    priced(language, (&line.item.name, line.quantity), line.total())
}

fn priced(language: Language, (name, quantity): (&str, u32), total: Money) -> String {
    let quantity = count(language, quantity.into());
    format!("{quantity} × {} = {}", plain(name), money(language, total))
}

/// What of a basket is not there any more: each line with how many pieces there are now.
pub fn shortage<'a>(language: Language, left: impl Iterator<Item = (&'a Line, u32)>) -> String {
    let said = language.words();
    let lines = left.map(|(line, now)| {
        let of = |it: u32| count(language, it.into());
        let now = (now > 0).then(|| of(now));
        let wanted = of(line.quantity);
        let line = said.shortage_line(&plain(&line.item.name), now.as_deref(), &wanted);
        format!("\n• {line}")
    });
    format!("{}{}", said.shortage_title(), lines.collect::<String>())
}

/// Recent orders with their numbers in the list, newest first.
pub fn recent_orders(language: Language, orders: &[OrderCard]) -> String {
    let said = language.words();
    let mut text = format!("*{}*\n", said.orders_title());
    for (index, it) in orders.iter().enumerate() {
        let (status, total) = (said.status(it.status), money(language, it.total));
        let _ = write!(
            text,
            "\n{}. #{} · {status}\n    {total} · {}",
            number(language, index),
            it.number,
            day(language, it)
        );
    }
    let _ = write!(text, "\n\n{}", said.orders_hint());
    text
}

/// One order.
pub fn order_card(language: Language, order: &OrderCard) -> String {
    let said = language.words();
    let title = format!(
        "{}: {}",
        said.order_title(order.number),
        said.status(order.status)
    );
    let placed = format!("_{}_", said.placed_on(&day(language, order)));
    let lines = order.lines.iter().map(|(_, name, quantity, price)| {
        let total = Money {
            minor: price.minor.saturating_mul((*quantity).into()),
            currency: price.currency,
        };
        format!("• {}", priced(language, (name, *quantity), total))
    });
    let lines = std::iter::once(placed).chain(lines);
    listed(language, &title, lines, order.total, said.order_hint())
}

/// What an order's customer is told of.
#[derive(Clone, Copy, Debug)]
pub struct OrderNews<'a> {
    /// What people call it.
    pub number: i64,
    /// The step it has come to.
    pub status: OrderStatus,
    /// What it costs in all.
    pub total: Money,
    /// Why it was called off, where somebody said.
    pub cancel_reason: Option<&'a str>,
}

/// What a step of an order means for the customer.
pub fn order_notification(language: Language, news: &OrderNews<'_>) -> String {
    let said = language.words();
    let mut text = format!(
        "*{}*\n{}",
        said.order_title(news.number),
        said.news(news.status)
    );
    if let Some(reason) = news.cancel_reason.map(plain).filter(|it| !it.is_empty()) {
        let _ = write!(text, "\n{}", said.reason(&reason));
    }
    if news.status == OrderStatus::Pending {
        let _ = write!(text, "\n{}", said.total(&money(language, news.total)));
    }
    let _ = write!(text, "\n\n{}", said.news_hint());
    text
}

/// What the shop's own people are told of a new order.
pub fn alert(language: Language, number: i64, total: Money, name: &str) -> String {
    language
        .words()
        .alert(number, &money(language, total), &plain(name))
}

/// A number of a list, from its index.
fn number(language: Language, index: usize) -> String {
    count(language, index as u64 + 1)
}

fn day(language: Language, order: &OrderCard) -> String {
    let day = count(language, order.placed_at.day().into());
    format!("{day} {}", language.words().month(order.placed_at.month()))
}

/// A description keeps its lines, but no marks.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|it| {
            let kept: String = it
                .chars()
                .filter(|c| !matches!(c, '*' | '_' | '~' | '`') && !c.is_control())
                .collect();
            kept.trim().to_owned()
        })
        .filter(|it| !it.is_empty())
        .collect();
    lines.join("\n")
}

/// Length as the provider counts it.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
