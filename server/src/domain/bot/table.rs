//! Every place by every kind of input, and the talks that customers have.

use entity::order::OrderStatus;

use super::place::{Asking, Place};
use super::shop::{Shop, id};
use super::{Said, Wish, read};
use crate::domain::texts::Language;

fn places() -> [(&'static str, Place); 8] {
    let list = Place::Products {
        page: 1,
        search: None,
        shown: vec![id(1), id(2)],
    };
    let quantity = |asking, from: Place| Place::Quantity {
        product: id(1),
        asking,
        from: Box::new(from),
    };
    let basket = Place::Basket { shown: vec![id(1)] };
    [
        ("menu", Place::Menu),
        ("products", list.clone()),
        ("how many", quantity(Asking::More, list)),
        (
            "how many instead",
            quantity(Asking::Exactly, basket.clone()),
        ),
        ("basket", basket),
        ("summary", Place::Summary { print: "p".into() }),
        ("orders", Place::Orders { shown: vec![id(7)] }),
        ("order", Place::Order { id: id(7) }),
    ]
}

/// What each input wishes for, in the order of [`places`].
#[test]
#[rustfmt::skip]
fn every_input_has_its_meaning_at_every_place() {
    use Wish::{Add, Again, Basket, Drop, Help, Look, Menu, Order, Orders, Person, Set, Stale, Summary, Switch, Unclear, Unreadable};
    let page = |page| Wish::Products { page };
    let find = |words: &str| Wish::Find { words: words.into(), page: 0 };
    let confirm = || Wish::Confirm { print: Some("p".into()) };
    let late = || Wish::Confirm { print: None };
    let table: Vec<(&str, [Wish; 8])> = vec![
        ("hi", [Menu, Menu, Menu, Menu, Menu, Menu, Menu, Menu]),
        ("menu", [Menu, Menu, Menu, Menu, Menu, Menu, Menu, Menu]),
        ("help", [Help, Help, Help, Help, Help, Help, Help, Help]),
        ("person", [Person, Person, Person, Person, Person, Person, Person, Person]),
        ("products", [page(0), page(0), page(0), page(0), page(0), page(0), page(0), page(0)]),
        ("basket", [Basket, Basket, Basket, Basket, Basket, Basket, Basket, Basket]),
        ("order", [Summary, Summary, Summary, Summary, Summary, Summary, Summary, Summary]),
        ("orders", [Orders, Orders, Orders, Orders, Orders, Orders, Orders, Orders]),
        ("भाषा", [const { Switch(None) }; 8]),
        ("1", [page(0), Look(id(1)), Add(id(1), 1), Set(id(1), 1), Look(id(1)), confirm(), Order(id(7)), Again(id(7))]),
        ("२", [Basket, Look(id(2)), Add(id(1), 2), Set(id(1), 2), Stale, Basket, Stale, Orders]),
        ("3", [Orders, Stale, Add(id(1), 3), Set(id(1), 3), Stale, Drop, Stale, Stale]),
        ("9", [Stale, Stale, Add(id(1), 9), Set(id(1), 9), Stale, Stale, Stale, Stale]),
        ("0", [Menu, page(0), page(1), Set(id(1), 0), Menu, Menu, Menu, Orders]),
        ("two", [Basket, Look(id(2)), Add(id(1), 2), Set(id(1), 2), Stale, Basket, Stale, Orders]),
        ("back", [Menu, page(0), page(1), Basket, Menu, Basket, Menu, Orders]),
        ("next", [page(0), page(2), page(0), page(0), page(0), page(0), page(0), page(0)]),
        ("yes", [late(), Unclear, Unclear, Unclear, Summary, confirm(), late(), late()]),
        ("no", [Menu, Menu, Menu, Menu, Menu, Drop, Menu, Menu]),
        ("again", [Orders, Orders, Orders, Orders, Orders, Orders, Orders, Again(id(7))]),
        ("3 x 2", [Stale, Add(id(2), 3), Stale, Stale, Stale, Stale, Stale, Stale]),
        ("3 x 1", [Stale, Add(id(1), 3), Stale, Stale, Add(id(1), 3), Stale, Stale, Stale]),
        ("1 = 4", [Stale, Set(id(1), 4), Stale, Stale, Set(id(1), 4), Stale, Stale, Stale]),
        ("remove 1", [Basket, Basket, Basket, Basket, Set(id(1), 0), Basket, Basket, Basket]),
        ("search tea", [find("tea"), find("tea"), find("tea"), find("tea"), find("tea"), find("tea"), find("tea"), find("tea")]),
        ("green tea", [find("green tea"), find("green tea"), Unclear, Unclear, Unclear, Unclear, Unclear, Unclear]),
        ("", [Unclear, Unclear, Unclear, Unclear, Unclear, Unclear, Unclear, Unclear]),
        ("👍", [Unclear, Unclear, Unclear, Unclear, Unclear, Unclear, Unclear, Unclear]),
    ];
    for (text, wishes) in &table {
        for ((name, place), wish) in places().iter().zip(wishes) {
            let said = Said { text, tapped: None, is_words: true };
            assert_eq!(read(place, said), *wish, "{text:?} at {name}");
            let picture = Said { is_words: false, ..said };
            assert_eq!(read(place, picture), Unreadable);
        }
    }
}

#[test]
fn a_customer_orders_from_hi_to_the_order_number() {
    let mut shop = Shop::new();
    assert!(shop.writes("hi").contains("Welcome, Asha!"));
    assert!(shop.writes("1").contains("1 to 8 of 12"));
    assert!(shop.writes("next").contains("9 to 12 of 12"));
    assert!(shop.writes("2").contains("How many?"));
    assert!(shop.writes("3").contains("3 × Thing 10"));
    assert!(
        shop.writes("2 x 1").contains("2 × Thing 9"),
        "the list still counts"
    );
    let basket = shop.writes("basket");
    assert!(basket.contains("NPR 500.00"), "{basket}");
    assert!(shop.writes("order").contains("Please check your order"));
    assert!(shop.writes("yes").contains("Order #1001"));
    assert_eq!(shop.orders[0].total.minor, 50_000);
    assert!(shop.basket.is_empty());
    assert!(
        shop.writes("yes").contains("#1001 is with us already"),
        "a second yes"
    );
    assert!(
        shop.taps("confirm").contains("#1001 is with us already"),
        "a second tap"
    );
    assert_eq!(shop.orders.len(), 1);
}

#[test]
fn what_changed_between_summary_and_yes_is_told_and_not_ordered() {
    let mut shop = Shop::new();
    for text in ["1", "2 x 1", "1 x 2", "order"] {
        shop.writes(text);
    }
    shop.items[0].stock = 1;
    shop.items[1].stock = 0;
    let told = shop.writes("yes");
    assert!(
        told.contains("Thing 1: only 1 left, not 2") && told.contains("Thing 2: sold out"),
        "{told}"
    );
    assert!(shop.orders.is_empty());
    assert_eq!(shop.basket, [(id(1), 1)]);
    shop.items[0].price.minor = 20_000;
    assert!(shop.writes("yes").contains("a price has changed"));
    assert!(shop.orders.is_empty());
    assert!(shop.writes("yes").contains("Order #1001"));
    assert_eq!(shop.orders[0].total.minor, 20_000);
}

#[test]
fn nobody_gets_more_than_there_is_and_is_asked_again() {
    let mut shop = Shop::new();
    shop.writes("products");
    assert!(shop.writes("11 x 1").contains("only 10 of Thing 1"));
    assert!(shop.writes("4").contains("4 × Thing 1"));
    assert!(shop.writes("7 x 1").contains("you have 4 in your basket"));
    assert!(
        shop.writes("6").contains("6 × Thing 1"),
        "six more are there"
    );
    assert_eq!(shop.basket, [(id(1), 10)]);
    assert!(shop.writes("1 x 3").contains("sold out"));
    assert!(
        shop.writes("99999999999 x 2")
            .contains("only 10 of Thing 2")
    );
    shop.writes("menu");
    shop.writes("products");
    shop.writes("next");
    assert!(shop.writes("1 x 4").contains("another currency"));
    assert_eq!(shop.basket.len(), 1);
}

#[test]
fn the_basket_is_changed_by_number() {
    let mut shop = Shop::new();
    for text in ["products", "2 x 1", "1 x 2", "basket"] {
        shop.writes(text);
    }
    assert!(shop.writes("2").contains("You have 1 in your basket"));
    assert!(shop.writes("5").contains("5 × Thing 2"));
    assert!(shop.writes("1 = 3").contains("3 × Thing 1"));
    assert!(!shop.writes("remove 1").contains("Thing 1"));
    shop.writes("1");
    assert!(shop.writes("0").contains("basket is empty"));
    assert!(shop.basket.is_empty());
}

#[test]
fn old_lists_and_old_taps_are_answered_kindly() {
    let mut shop = Shop::new();
    shop.writes("products");
    assert!(shop.writes("9").contains("not in the list above"));
    assert!(
        matches!(shop.place, Place::Products { .. }),
        "the list still counts"
    );
    shop.items[0].is_offered = false;
    assert!(shop.writes("1").contains("don't sell that any more"));
    shop.writes("menu");
    assert!(shop.writes("7").contains("not valid any more"));
    let gone = entity::types::Kind::Product.encode(id(99));
    assert!(shop.taps(&gone).contains("don't sell that any more"));
    let others = entity::types::Kind::Order.encode(id(77));
    assert!(shop.taps(&others).contains("no orders yet"));
}

#[test]
fn an_order_is_looked_at_and_made_again_as_far_as_there_is_something() {
    let mut shop = Shop::new();
    for text in ["products", "2 x 1", "3 x 2", "order", "yes"] {
        shop.writes(text);
    }
    shop.orders[0].status = OrderStatus::Shipped;
    assert!(shop.writes("orders").contains("#1001 · on its way"));
    assert!(shop.writes("1").contains("2 × Thing 1"));
    shop.items[1].stock = 1;
    let basket = shop.writes("again");
    assert!(
        basket.contains("2 × Thing 1") && basket.contains("1 × Thing 2"),
        "{basket}"
    );
    assert_eq!(shop.orders.len(), 1, "only the basket is filled");
}

#[test]
fn the_language_is_switched_and_a_person_is_called() {
    let mut shop = Shop::new();
    assert!(shop.writes("6").contains("स्वागत छ"));
    assert_eq!(shop.language, Language::Nepali);
    assert!(shop.writes("सामान").contains("नेरू १००.००"));
    assert!(shop.writes("२ x १").contains("टोकरीमा राखियो"));
    assert!(shop.writes("english").contains("Welcome"));
    assert!(shop.writes("person").contains("Somebody of the shop"));
    assert!(shop.is_person_called);
    assert_eq!(shop.basket.len(), 1, "the basket stays");
}

#[test]
fn words_find_products_and_what_finds_none_gets_the_menu_with_a_friendly_word() {
    let mut shop = Shop::new();
    let found = shop.writes("thing 12");
    assert!(
        found.contains("Found for “thing 12”") && found.contains("1. Thing 12"),
        "{found}"
    );
    shop.writes("menu");
    let menu = shop.writes("what is this");
    assert!(
        menu.contains("did not understand") && menu.contains("Welcome"),
        "{menu}"
    );
    shop.writes("products");
    assert!(
        shop.writes("elephants")
            .contains("found nothing for “elephants”")
    );
    assert!(
        shop.writes("1").contains("Thing 1"),
        "the list still counts"
    );
}
