//! How people write quantities: "2 x 3" is two of number 3, and so are "two of 3", "3 को 2 वटा" and "add two of 3".

use super::words::{ADD, REMOVE, SEARCH, number};

/// What a message with a number in it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted<'a> {
    /// So many of what stands at a number.
    Of {
        /// Pieces.
        quantity: u32,
        /// The number in the list.
        number: u32,
    },
    /// Exactly so many of what stands at a number.
    Change {
        /// The number in the list.
        number: u32,
        /// Pieces.
        quantity: u32,
    },
    /// Take away what stands at a number.
    Remove(u32),
    /// Look for these words.
    Search(&'a str),
}

/// Reads a message, which is plain already.
pub(super) fn read(text: &str) -> Option<Counted<'_>> {
    if let Some(rest) = after(text, REMOVE) {
        return number(rest).map(Counted::Remove);
    }
    if let Some(words) = after(text, SEARCH) {
        return Some(Counted::Search(words));
    }
    let wanted = after(text, ADD).unwrap_or(text);
    let change = text.strip_prefix("change ").unwrap_or(text);
    of(wanted).or_else(|| changed(change))
}

/// "2 x 3", "2x3", "two of 3", "3 को 2 वटा".
fn of(text: &str) -> Option<Counted<'_>> {
    let pair = |quantity: &str, item: &str| {
        Some(Counted::Of {
            quantity: number(quantity)?,
            number: number(item)?,
        })
    };
    for mark in [
        " x ",
        " × ",
        "×",
        " * ",
        "*",
        " of number ",
        " of no ",
        " of ",
    ] {
        if let Some((quantity, item)) = text.split_once(mark) {
            return pair(
                quantity,
                item.trim_start_matches("number ").trim_start_matches('#'),
            );
        }
    }
    if let Some((item, quantity)) = text.split_once(" को ") {
        return pair(quantity.trim_end_matches("वटा").trim(), item);
    }
    let (quantity, item) = text.split_once('x')?;
    // A word may have an x in it.
    let is_digits = |it: &str| it.trim().bytes().all(|it| it.is_ascii_digit());
    (is_digits(quantity) && is_digits(item))
        .then(|| pair(quantity, item))
        .flatten()
}

/// "2 = 5", "2 to 5".
fn changed(text: &str) -> Option<Counted<'_>> {
    let (item, quantity) = text.split_once('=').or_else(|| text.split_once(" to "))?;
    Some(Counted::Change {
        number: number(item)?,
        quantity: number(quantity)?,
    })
}

fn after<'a>(text: &'a str, verbs: &[&str]) -> Option<&'a str> {
    verbs.iter().find_map(|verb| {
        let rest = text.strip_prefix(verb)?.strip_prefix(' ')?.trim();
        (!rest.is_empty()).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bot::words::plain;

    #[test]
    fn quantities_are_read_as_people_write_them() {
        let of = |quantity, number| Some(Counted::Of { quantity, number });
        for (text, expected) in [
            ("2 x 3", of(2, 3)),
            ("2x3", of(2, 3)),
            ("२ × ३", of(2, 3)),
            ("2*3", of(2, 3)),
            ("two of 3", of(2, 3)),
            ("Two of number 3.", of(2, 3)),
            ("a dozen of 4", of(12, 4)),
            ("3 को 2 वटा", of(2, 3)),
            ("३ को दुई", of(2, 3)),
            ("add two of 3", of(2, 3)),
            ("I want 2 x 1", of(2, 1)),
            ("0 x 3", of(0, 3)),
            (
                "2 = 5",
                Some(Counted::Change {
                    number: 2,
                    quantity: 5,
                }),
            ),
            (
                "change 2 to 5",
                Some(Counted::Change {
                    number: 2,
                    quantity: 5,
                }),
            ),
            ("remove 2", Some(Counted::Remove(2))),
            ("हटाउ २", Some(Counted::Remove(2))),
            ("search tea", Some(Counted::Search("tea"))),
            ("खोज चिया", Some(Counted::Search("चिया"))),
            ("box", None),
            ("x", None),
            ("fox x box", None),
            ("one of these days", None),
            ("remove", None),
            ("3", None),
        ] {
            assert_eq!(read(&plain(text)), expected, "{text}");
        }
    }
}
