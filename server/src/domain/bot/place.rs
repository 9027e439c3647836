//! Where a talk stands: what the last message of the bot showed, so that a number in the answer means what the customer saw.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A place, kept as JSON in the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "camelCase")]
pub enum Place {
    /// The main menu, or nothing yet.
    #[default]
    Menu,
    /// A page of products.
    Products {
        /// From 0.
        page: u32,
        /// What was searched for; `None`: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        search: Option<String>,
        /// What stood there, in order.
        shown: Vec<Uuid>,
    },
    /// One product, and how many of it.
    Quantity {
        /// Which.
        product: Uuid,
        /// What the number will do.
        asking: Asking,
        /// Where the talk stood before, and stands again afterwards.
        from: Box<Place>,
    },
    /// The basket.
    Basket {
        /// What stood there, in order.
        shown: Vec<Uuid>,
    },
    /// The summary before ordering.
    Summary {
        /// What it said, see [`super::print`].
        print: String,
    },
    /// Recent orders.
    Orders {
        /// What stood there, in order.
        shown: Vec<Uuid>,
    },
    /// One order.
    Order {
        /// Which.
        id: Uuid,
    },
}

/// What an asked-for number of pieces will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Asking {
    /// Add so many to the basket.
    More,
    /// Have so many in the basket.
    Exactly,
}

impl Place {
    /// The stored form.
    pub fn stored(&self) -> String {
        serde_json::to_string(self).expect("a place is plain data")
    }

    /// Reads the stored form; one of a newer or older version begins again at the menu.
    pub fn parse(stored: &str) -> Self {
        serde_json::from_str(stored).unwrap_or_default()
    }

    /// What stood in the list at number `number`, from 1; `None`: no list stood there, or it was shorter.
    pub(super) fn numbered(&self, number: u32) -> Option<Uuid> {
        let (Self::Products { shown, .. } | Self::Basket { shown } | Self::Orders { shown }) = self
        else {
            return None;
        };
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        shown.get(index).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_a_restart_and_an_unknown_one_begins_again() {
        let id = Uuid::from_u128(7);
        for place in [
            Place::Menu,
            Place::Products {
                page: 2,
                search: Some("चिया".into()),
                shown: vec![id],
            },
            Place::Quantity {
                product: id,
                asking: Asking::Exactly,
                from: Box::new(Place::Basket { shown: vec![id] }),
            },
            Place::Basket { shown: vec![id] },
            Place::Summary { print: "a1".into() },
            Place::Orders { shown: vec![] },
            Place::Order { id },
        ] {
            assert_eq!(Place::parse(&place.stored()), place);
        }
        for old in ["", "menu", "{\"at\":\"checkout2\"}", "{"] {
            assert_eq!(Place::parse(old), Place::Menu, "{old}");
        }
    }
}
