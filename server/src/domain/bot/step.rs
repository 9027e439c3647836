//! One step: from a wish and what lies on the desk to the answers, the next place, and what is to be done.

use uuid::Uuid;

use super::answers::{self, Answer};
use super::choice::Choices;
use super::desk::{Desk, Item, print};
use super::place::{Asking, Place};
use super::read::Wish;
use super::{MOST_LINES, MOST_PIECES};
use crate::domain::money::Money;
use crate::domain::texts::Language;

/// What a step comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where the talk stands now.
    pub place: Place,
    /// What is answered, in order.
    pub replies: Vec<Reply>,
    /// What is to be done, in order.
    pub deeds: Vec<Deed>,
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// All of it, in words; never empty, never longer than one message.
    pub text: String,
    /// A picture beside the text, which is its caption then.
    pub picture: Option<String>,
    /// The same to tap.
    pub choices: Choices,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Exactly so many of a product in the basket; none: not in it.
    Put(Uuid, u32),
    /// Nothing in the basket.
    Empty,
    /// The basket becomes an order of this number.
    Place {
        /// The number.
        number: i64,
        /// The sum.
        total: Money,
    },
    /// A person answers from now on.
    CallPerson,
    /// The customer's language.
    Speak(Language),
}

/// Takes one step.
pub fn step(place: Place, wish: Wish, desk: &Desk) -> Step {
    match wish {
        Wish::Menu => say(Place::Menu, answers::menu(desk)),
        Wish::Help => say(place, answers::help(desk)),
        Wish::Products { .. } => products(None, desk),
        Wish::Find { words, .. } => found(place, words, desk),
        Wish::Look(_) => look(place, desk),
        Wish::Add(id, pieces) => put(place, id, desk.in_basket(id).saturating_add(pieces), desk),
        Wish::Set(id, pieces) => put(place, id, pieces, desk),
        Wish::Basket => basket(desk),
        Wish::Empty => emptied(desk),
        Wish::Summary => summary(None, desk),
        Wish::Confirm { print } => confirm(place, print, desk),
        Wish::Drop => say(Place::Menu, answers::dropped(desk)),
        Wish::Orders => orders(desk),
        Wish::Order(id) => order(id, desk),
        Wish::Again(id) => again(id, desk),
        Wish::Person => Step {
            deeds: vec![Deed::CallPerson],
            ..say(Place::Menu, answers::person(desk))
        },
        Wish::Switch(language) => switched(language, desk),
        Wish::Stale => stale(place, desk),
        Wish::Unclear => unclear(place, desk),
        Wish::Unreadable => say(place, answers::unreadable(desk)),
    }
}

fn say(place: Place, answer: Answer) -> Step {
    Step {
        place,
        replies: vec![answer],
        deeds: Vec::new(),
    }
}

fn products(search: Option<String>, desk: &Desk) -> Step {
    let answer = answers::products(search.as_deref(), desk);
    let place = Place::Products {
        page: desk.shelf.page,
        shown: desk.shelf.items.iter().map(|it| it.id).collect(),
        search,
    };
    if desk.shelf.items.is_empty() {
        return say(Place::Menu, answers::nothing_for_sale(desk));
    }
    say(place, answer)
}

fn found(place: Place, words: String, desk: &Desk) -> Step {
    if desk.shelf.items.is_empty() {
        return match place {
            // Nobody asked for a search here: it is a word that we don't know.
            Place::Menu => say(Place::Menu, answers::unclear_menu(desk)),
            other => say(other, answers::nothing_found(&words, desk)),
        };
    }
    products(Some(words), desk)
}

fn look(place: Place, desk: &Desk) -> Step {
    let Some(item) = desk.item.as_ref().filter(|it| it.is_offered) else {
        return say(place, answers::not_sold(desk));
    };
    let asking = asking(&place);
    // What is sold out may still be taken out of the basket.
    if item.available() == 0 && (asking == Asking::More || desk.in_basket(item.id) == 0) {
        return say(place, answers::sold_out(item, desk));
    }
    let next = ask(place, item.id);
    say(next, answers::how_many(item, asking, desk))
}

/// Has exactly so many pieces of a product in the basket, as far as there are so many.
fn put(place: Place, id: Uuid, pieces: u32, desk: &Desk) -> Step {
    let has = desk.in_basket(id);
    if pieces == 0 {
        return take_out(id, desk);
    }
    let Some(item) = desk.item.as_ref().filter(|it| it.is_offered) else {
        return say(place, answers::not_sold(desk));
    };
    if let Some(answer) = refused(item, pieces, desk) {
        let place = if item.available() == 0 {
            place
        } else {
            ask(place, id)
        };
        return say(place, answer);
    }
    let after = with(desk, item, pieces);
    let place = match place {
        Place::Quantity {
            asking: Asking::Exactly,
            ..
        }
        | Place::Basket { .. } => {
            return basket_after(id, pieces, &after);
        }
        Place::Quantity { from, .. } => *from,
        other => other,
    };
    Step {
        deeds: vec![Deed::Put(id, pieces)],
        ..say(
            place,
            answers::put(item, pieces.saturating_sub(has), &after),
        )
    }
}

/// Why so many can't be had; `None`: they can.
fn refused(item: &Item, pieces: u32, desk: &Desk) -> Option<Answer> {
    let has = desk.in_basket(item.id);
    let other = desk
        .basket
        .iter()
        .find(|it| it.item.price.currency != item.price.currency);
    if item.available() == 0 {
        Some(answers::sold_out(item, desk))
    } else if pieces > item.available() || pieces > MOST_PIECES {
        Some(answers::only_left(
            item,
            item.available().min(MOST_PIECES),
            desk,
        ))
    } else if has == 0 && desk.basket.len() >= MOST_LINES {
        Some(answers::basket_full(desk))
    } else if other.is_some() {
        Some(answers::other_currency(desk))
    } else {
        None
    }
}

/// What a number of pieces does that is asked for here.
fn asking(place: &Place) -> Asking {
    match place {
        Place::Basket { .. } => Asking::Exactly,
        Place::Quantity { asking, .. } => *asking,
        _ => Asking::More,
    }
}

/// The question for a number of pieces.
fn ask(place: Place, product: Uuid) -> Place {
    let asking = asking(&place);
    let from = match place {
        Place::Quantity { from, .. } => from,
        other => Box::new(other),
    };
    Place::Quantity {
        product,
        asking,
        from,
    }
}

fn take_out(id: Uuid, desk: &Desk) -> Step {
    let mut after = desk.clone();
    after.basket.retain(|it| it.item.id != id);
    basket_after(id, 0, &after)
}

fn basket_after(id: Uuid, pieces: u32, after: &Desk) -> Step {
    Step {
        deeds: vec![Deed::Put(id, pieces)],
        ..basket(after)
    }
}

/// The desk with so many pieces of a product in the basket.
fn with(desk: &Desk, item: &Item, pieces: u32) -> Desk {
    let mut after = desk.clone();
    match after.basket.iter_mut().find(|it| it.item.id == item.id) {
        Some(line) => line.quantity = pieces,
        None => after.basket.push(super::Line {
            item: item.clone(),
            quantity: pieces,
        }),
    }
    after
}

fn basket(desk: &Desk) -> Step {
    if desk.basket.is_empty() {
        return say(Place::Menu, answers::empty_basket(desk));
    }
    let shown = desk.basket.iter().map(|it| it.item.id).collect();
    say(Place::Basket { shown }, answers::basket(desk))
}

fn emptied(desk: &Desk) -> Step {
    Step {
        deeds: vec![Deed::Empty],
        ..say(Place::Menu, answers::emptied(desk))
    }
}

/// The summary, after a word on why it is shown again.
fn summary(because: Option<Answer>, desk: &Desk) -> Step {
    let fitting = fitted(desk);
    let (desk, deeds, told) = match &fitting {
        Some(fit) => (
            &fit.0,
            fit.1.clone(),
            Some(answers::has_changed(desk, &fit.0)),
        ),
        None => (desk, Vec::new(), because),
    };
    let mut step = if desk.basket.is_empty() {
        say(Place::Menu, answers::empty_basket(desk))
    } else {
        let print = print(&desk.basket);
        say(Place::Summary { print }, answers::summary(desk))
    };
    step.replies.splice(0..0, told);
    Step { deeds, ..step }
}

/// The basket as far as the shop still has it, with what changes; `None`: it has it all.
fn fitted(desk: &Desk) -> Option<(Desk, Vec<Deed>)> {
    let mut after = desk.clone();
    let mut deeds = Vec::new();
    for line in &mut after.basket {
        let there = line.item.available();
        if line.quantity > there {
            line.quantity = there;
            deeds.push(Deed::Put(line.item.id, there));
        }
    }
    after.basket.retain(|it| it.quantity > 0);
    (!deeds.is_empty()).then_some((after, deeds))
}

fn confirm(place: Place, seen: Option<String>, desk: &Desk) -> Step {
    let Some(seen) = seen else {
        return match desk.orders.first() {
            Some(last) if desk.basket.is_empty() => {
                say(Place::Menu, answers::ordered_already(last, desk))
            }
            _ => unclear(place, desk),
        };
    };
    if desk.basket.is_empty() {
        return match desk.orders.first() {
            // The second tap on the same button.
            Some(last) => say(Place::Menu, answers::ordered_already(last, desk)),
            None => basket(desk),
        };
    }
    if fitted(desk).is_some() {
        return summary(None, desk);
    }
    if seen != print(&desk.basket) {
        return summary(Some(answers::is_another_basket(desk)), desk);
    }
    let (number, total) = (desk.next_number, desk.total());
    Step {
        deeds: vec![Deed::Place { number, total }],
        ..say(Place::Menu, answers::placed(number, total, desk))
    }
}

fn orders(desk: &Desk) -> Step {
    if desk.orders.is_empty() {
        return say(Place::Menu, answers::no_orders(desk));
    }
    let shown = desk.orders.iter().map(|it| it.id).collect();
    say(Place::Orders { shown }, answers::orders(desk))
}

fn order(id: Uuid, desk: &Desk) -> Step {
    match desk.orders.iter().find(|it| it.id == id) {
        Some(card) => say(Place::Order { id }, answers::order(card, desk)),
        None => say(Place::Menu, answers::no_orders(desk)),
    }
}

/// Puts into the basket what an order had, as far as it is there. What lies in the basket already stays.
fn again(id: Uuid, desk: &Desk) -> Step {
    let Some(card) = desk.orders.iter().find(|it| it.id == id) else {
        return orders(desk);
    };
    let mut after = desk.clone();
    let mut deeds = Vec::new();
    for (product, _, pieces, _) in &card.lines {
        let Some(item) = desk.shelf.items.iter().find(|it| it.id == *product) else {
            continue;
        };
        let there = item.available().min(MOST_PIECES);
        let wanted = after.in_basket(*product).saturating_add(*pieces).min(there);
        if wanted > after.in_basket(*product) && refused(item, wanted, &after).is_none() {
            after = with(&after, item, wanted);
            deeds.push(Deed::Put(*product, wanted));
        }
    }
    if deeds.is_empty() {
        return say(Place::Menu, answers::nothing_of_it(desk));
    }
    Step {
        deeds,
        ..basket(&after)
    }
}

fn switched(language: Option<Language>, desk: &Desk) -> Step {
    let language = language.unwrap_or_else(|| desk.language.next());
    let desk = Desk {
        language,
        ..desk.clone()
    };
    Step {
        deeds: vec![Deed::Speak(language)],
        ..say(Place::Menu, answers::menu(&desk))
    }
}

/// A number that means nothing any more is answered with what there is now.
fn stale(place: Place, desk: &Desk) -> Step {
    match place {
        Place::Products { .. }
        | Place::Orders { .. }
        | Place::Summary { .. }
        | Place::Order { .. } => say(place, answers::no_such_number(desk)),
        Place::Basket { .. } if !desk.basket.is_empty() => {
            say(place, answers::no_such_number(desk))
        }
        _ => say(Place::Menu, answers::stale(desk)),
    }
}

fn unclear(place: Place, desk: &Desk) -> Step {
    match place {
        Place::Menu => say(Place::Menu, answers::unclear_menu(desk)),
        Place::Quantity { .. } => say(place, answers::not_a_number(desk)),
        other => say(other, answers::unclear(desk)),
    }
}
