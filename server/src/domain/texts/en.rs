//! English.

use entity::order::OrderStatus as S;

use super::Words;
use crate::domain::money::Currency;

/// See [`Words`].
pub(super) struct English;

impl Words for English {
    fn greeting(&self, name: Option<&str>) -> String {
        name.map_or_else(|| "Welcome".to_owned(), |name| format!("Welcome, {name}!"))
    }

    fn menu_question(&self) -> &'static str {
        "What can we do for you?"
    }

    fn menu_items(&self) -> [&'static str; 6] {
        [
            "Products",
            "Basket",
            "My orders",
            "Help",
            "Talk to a person",
            "नेपाली",
        ]
    }

    fn menu_hint(&self) -> &'static str {
        "Write a number, or the name of what you look for."
    }

    fn menu_button(&self) -> &'static str {
        "Menu"
    }

    fn help(&self) -> &'static str {
        "*Help*\n\
         • *menu* – what we can do\n\
         • *products* – what we sell; then a number, or *2 x 3* for two of number 3\n\
         • *search tea* – what has tea in its name\n\
         • *basket* – what you have chosen; *remove 1* or *1 = 5* to change it\n\
         • *order* – to order what is in your basket\n\
         • *orders* – where your orders are\n\
         • *person* – somebody of the shop answers\n\
         • *नेपाली* – नेपालीमा\n\
         • *STOP* – no more messages"
    }

    fn products_title(&self) -> &'static str {
        "Products"
    }

    fn found_title(&self, words: &str) -> String {
        format!("Found for “{words}”")
    }

    fn range(&self, from: &str, to: &str, total: &str) -> String {
        format!("({from} to {to} of {total})")
    }

    fn list_hint(&self, has_more: bool) -> &'static str {
        if has_more {
            "Write a number to choose, or *2 x 3* for two of number 3. *next* shows more, *menu* goes back."
        } else {
            "Write a number to choose, or *2 x 3* for two of number 3. *menu* goes back."
        }
    }

    fn list_button(&self) -> &'static str {
        "Choose"
    }

    fn next_page(&self) -> &'static str {
        "More products"
    }

    fn left(&self, count: &str) -> String {
        format!("{count} left")
    }

    fn is_sold_out(&self) -> &'static str {
        "sold out"
    }

    fn how_many(&self, in_basket: Option<&str>) -> String {
        in_basket.map_or_else(
            || "How many? Write a number, or *back*.".to_owned(),
            |count| {
                format!("You have {count} in your basket. How many shall it be? *0* takes it out.")
            },
        )
    }

    fn put(&self, name: &str, count: &str) -> String {
        format!("{count} × {name} put into your basket.")
    }

    fn put_hint(&self) -> &'static str {
        "Write *order* to order, *basket* to look at it, or choose more."
    }

    fn basket_title(&self) -> &'static str {
        "Your basket"
    }

    fn basket_so_far(&self, total: &str) -> String {
        format!("Your basket: {total}.")
    }

    fn total(&self, total: &str) -> String {
        format!("Total: {total}")
    }

    fn basket_hint(&self) -> &'static str {
        "Write *order* to order, a number to change how many, *remove 1* to take it out, *empty*, or *menu*."
    }

    fn summary_title(&self) -> &'static str {
        "Please check your order"
    }

    fn summary_buttons(&self) -> [&'static str; 3] {
        ["Confirm", "Change", "Not now"]
    }

    fn summary_hint(&self) -> &'static str {
        "Is that right?"
    }

    fn shortage_title(&self) -> &'static str {
        "While you chose, somebody was faster. We have changed your basket:"
    }

    fn shortage_line(&self, name: &str, now: Option<&str>, wanted: &str) -> String {
        match now {
            Some(now) => format!("{name}: only {now} left, not {wanted}"),
            None => format!("{name}: sold out"),
        }
    }

    fn orders_title(&self) -> &'static str {
        "Your orders"
    }

    fn orders_hint(&self) -> &'static str {
        "Write a number to see one, or *menu*."
    }

    fn order_title(&self, number: i64) -> String {
        format!("Order #{number}")
    }

    fn order_hint(&self) -> &'static str {
        "Write *again* to put the same into your basket, *orders*, or *menu*."
    }

    fn placed_on(&self, day: &str) -> String {
        format!("placed on {day}")
    }

    fn month(&self, month: u32) -> &'static str {
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        MONTHS[(month as usize + 11) % 12]
    }

    fn status(&self, status: S) -> &'static str {
        match status {
            S::Pending => "placed",
            S::Confirmed => "confirmed",
            S::Packed => "packed",
            S::Shipped => "on its way",
            S::Delivered => "delivered",
            S::Canceled => "canceled",
        }
    }

    fn news(&self, status: S) -> &'static str {
        match status {
            S::Pending => {
                "Thank you, we have your order! We write to you as soon as it is confirmed."
            }
            S::Confirmed => "The shop has confirmed your order.",
            S::Packed => "Your order is packed.",
            S::Shipped => "Your order is on its way.",
            S::Delivered => "Your order was delivered. Thank you!",
            S::Canceled => "Your order was canceled.",
        }
    }

    fn news_hint(&self) -> &'static str {
        "Write *orders* to see where it is."
    }

    fn reason(&self, reason: &str) -> String {
        format!("Reason: {reason}")
    }

    fn alert(&self, number: i64, total: &str, name: &str) -> String {
        format!("New order #{number}: {total}, from {name}.")
    }

    fn nothing_for_sale(&self) -> &'static str {
        "There is nothing for sale at this moment. Please look again later, or write *person*."
    }

    fn nothing_found(&self, words: &str) -> String {
        format!(
            "We found nothing for “{words}”. Write *products* to see everything, or *person* to ask somebody."
        )
    }

    fn not_sold(&self) -> &'static str {
        "We don't sell that any more. Write *products* to see what there is."
    }

    fn sold_out(&self, name: &str) -> String {
        format!("{name} is sold out, sorry. Write *products* to see what there is.")
    }

    fn only_left(&self, name: &str, most: &str, in_basket: Option<&str>) -> String {
        let has = in_basket
            .map(|it| format!(" (you have {it} in your basket)"))
            .unwrap_or_default();
        format!("We have only {most} of {name}{has}. How many shall it be?")
    }

    fn basket_full(&self) -> &'static str {
        "Your basket is full. Write *order* to order what is in it, or *basket* to take something out."
    }

    fn other_currency(&self) -> &'static str {
        "This one has its price in another currency than what is in your basket. Please order that first, by *order*."
    }

    fn not_a_number(&self) -> &'static str {
        "How many shall it be? Please write a number, e.g. *2*, or *back*."
    }

    fn empty_basket(&self) -> &'static str {
        "Your basket is empty. Write *products* to see what we have."
    }

    fn emptied(&self) -> &'static str {
        "Your basket is empty now. Write *products* to see what we have."
    }

    fn dropped(&self, has_basket: bool) -> &'static str {
        if has_basket {
            "Nothing was ordered; your basket stays as it is. Write *basket* to look at it, or *menu*."
        } else {
            "Nothing was ordered. Write *menu* to see what we can do."
        }
    }

    fn is_another_basket(&self) -> &'static str {
        "Your basket or a price has changed since then. Please look once more:"
    }

    fn ordered_already(&self, number: i64, status: &str) -> String {
        format!("Your order #{number} is with us already ({status}). Write *orders* to see it.")
    }

    fn no_orders(&self) -> &'static str {
        "You have no orders yet. Write *products* to see what we have."
    }

    fn nothing_of_it(&self) -> &'static str {
        "Nothing of that order can be had at this moment. Write *products* to see what there is."
    }

    fn person(&self) -> &'static str {
        "Somebody of the shop will answer you here; please write what it is about. Until then I am silent."
    }

    fn no_such_number(&self) -> &'static str {
        "That number is not in the list above. Please choose one that is, or write *menu*."
    }

    fn stale(&self) -> &'static str {
        "That list is not valid any more, so here is what there is now:"
    }

    fn unclear(&self) -> &'static str {
        "Sorry, I did not understand that."
    }

    fn unclear_here(&self) -> &'static str {
        "Sorry, I did not understand that. Please answer with what stands above, or write *menu*, *help* or *person*."
    }

    fn unreadable(&self) -> &'static str {
        "Thank you! I can read words only. Write *person* and somebody of the shop looks at it, or *menu* to go on."
    }

    fn apology(&self) -> &'static str {
        "Sorry, something went wrong on our side, and the shop has been told. Please try again in a moment, or write *person*."
    }

    fn opted_out(&self) -> &'static str {
        "You will get no more messages from us. Write *START* if you want them again."
    }

    fn opted_in(&self) -> &'static str {
        "Welcome back! You get our messages again. Write *help* to see what you can ask for, or *STOP* to end them."
    }

    fn digits(&self) -> [char; 10] {
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
    }

    fn currency(&self, currency: Currency) -> &'static str {
        match currency {
            Currency::Npr => "NPR ",
            Currency::Inr => "₹",
            Currency::Usd => "$",
        }
    }
}
