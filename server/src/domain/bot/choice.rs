//! Buttons and lists: what a tap brings back is an id, never a position, so that an old button means what it said. What they
//! show is the same for everybody, so that the provider has to be told of it only once.

use entity::types::Kind;

use super::place::Place;
use super::read::Wish;
use crate::domain::texts::Language;

/// Longest title of a button, in characters. Source: Twilio's "twilio/quick-reply".
pub(super) const BUTTON: usize = 20;
/// Longest title of a row, in characters. Source: Twilio's "twilio/list-picker".
pub(super) const ROW: usize = 24;
/// Longest second line of a row, in characters. Source: as before.
pub(super) const DESCRIPTION: usize = 72;

/// One thing to tap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What comes back.
    pub id: String,
    /// What stands there.
    pub title: String,
    /// The second line of a row; may be empty.
    pub description: String,
}

/// What a message offers to tap, where the channel can show it; its text says the same with numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choices {
    /// Nothing.
    #[default]
    None,
    /// At most three buttons, in a message behind the text.
    Buttons {
        /// What stands over them.
        prompt: String,
        /// From left to right.
        all: Vec<Choice>,
    },
    /// At most ten rows behind a button, instead of the text.
    List {
        /// What stands over it.
        prompt: String,
        /// What stands on it.
        button: String,
        /// The rows.
        rows: Vec<Choice>,
    },
}

impl Choice {
    /// What stands on a button, and what a tap on it wishes for.
    pub(super) fn new(wish: &Wish, title: impl Into<String>) -> Self {
        Self {
            id: id(wish),
            title: title.into(),
            description: String::new(),
        }
    }

    pub(super) fn described(self, description: String) -> Self {
        Self {
            description,
            ..self
        }
    }
}

/// The id behind a tap.
fn id(wish: &Wish) -> String {
    match wish {
        Wish::Products { page } => format!("products:{page}"),
        Wish::Look(product) => Kind::Product.encode(*product),
        Wish::Order(order) => Kind::Order.encode(*order),
        Wish::Confirm { .. } => "confirm".to_owned(),
        Wish::Switch(Some(language)) => format!("language:{}", language.tag()),
        Wish::Basket => "basket".to_owned(),
        Wish::Summary => "order".to_owned(),
        Wish::Drop => "drop".to_owned(),
        Wish::Orders => "orders".to_owned(),
        Wish::Help => "help".to_owned(),
        Wish::Person => "person".to_owned(),
        _ => "menu".to_owned(),
    }
}

/// What a tap wishes for; `None`: the id is none of ours. To confirm means the summary at hand, whichever button is tapped: it
/// is what the customer saw last.
pub(super) fn parse(place: &Place, id: &str) -> Option<Wish> {
    Some(match id {
        "confirm" => Wish::Confirm {
            print: match place {
                Place::Summary { print } => Some(print.clone()),
                _ => None,
            },
        },
        "menu" => Wish::Menu,
        "basket" => Wish::Basket,
        "order" => Wish::Summary,
        "drop" => Wish::Drop,
        "orders" => Wish::Orders,
        "help" => Wish::Help,
        "person" => Wish::Person,
        _ => match (id.split_once(':'), Kind::parse_any(id)) {
            (_, Some((Kind::Product, id))) => Wish::Look(id),
            (_, Some((Kind::Order, id))) => Wish::Order(id),
            (Some(("products", page)), _) => Wish::Products {
                page: page.parse().ok()?,
            },
            (Some(("language", tag)), _) => Wish::Switch(Language::known(tag)),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_tap_brings_back_what_the_button_wished_for() {
        for wish in [
            Wish::Menu,
            Wish::Products { page: 3 },
            Wish::Look(Uuid::from_u128(1)),
            Wish::Order(Uuid::from_u128(2)),
            Wish::Confirm {
                print: Some("ab12".into()),
            },
            Wish::Switch(Some(Language::Nepali)),
            Wish::Basket,
            Wish::Summary,
            Wish::Drop,
            Wish::Orders,
            Wish::Help,
            Wish::Person,
        ] {
            let place = Place::Summary {
                print: "ab12".into(),
            };
            let choice = Choice::new(&wish, "x");
            assert!(choice.id.len() <= 200);
            assert_eq!(parse(&place, &choice.id), Some(wish));
        }
        let late = parse(&Place::Menu, "confirm");
        assert_eq!(late, Some(Wish::Confirm { print: None }));
        for foreign in ["", "Yes", "products:x", "con_00000000000000000000000000"] {
            assert_eq!(parse(&Place::Menu, foreign), None, "{foreign}");
        }
    }
}
