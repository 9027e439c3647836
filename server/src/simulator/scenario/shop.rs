//! Steps about the shop: what is on the shelf, what becomes of orders, who answers.

use super::pattern::Values;
use super::steps::Act;

/// What is done or expected in the shop.
#[derive(Clone, Debug)]
pub(super) enum Trade {
    /// There are so many of a product from now on.
    Stock { sku: String, count: u64 },
    /// A person's newest order takes its next step.
    Advance { phone: String },
    /// A person's newest order is called off.
    Cancel {
        phone: String,
        reason: Option<String>,
    },
    /// A person's newest order is at a step.
    IsAt { phone: String, step: String },
    /// There are so many orders, of a person or of all.
    Orders { count: u64, phone: Option<String> },
    /// So many of a product are left.
    Left { sku: String, count: u64 },
    /// The bot answers a person again.
    HandBack { phone: String },
}

impl Trade {
    /// The phone that it is about.
    pub(super) fn phone(&self) -> Option<&str> {
        match self {
            Self::Advance { phone }
            | Self::Cancel { phone, .. }
            | Self::IsAt { phone, .. }
            | Self::HandBack { phone } => Some(phone),
            Self::Orders { phone, .. } => phone.as_deref(),
            Self::Stock { .. } | Self::Left { .. } => None,
        }
    }
}

pub(super) fn stock(it: &Values) -> Act {
    Act::Trade(Trade::Stock {
        sku: it.text("SKU"),
        count: it.number("N"),
    })
}

pub(super) fn left(it: &Values) -> Act {
    Act::Trade(Trade::Left {
        sku: it.text("SKU"),
        count: it.number("N"),
    })
}

pub(super) fn advance(it: &Values) -> Act {
    Act::Trade(Trade::Advance {
        phone: it.text("NAME"),
    })
}

pub(super) fn cancel(it: &Values) -> Act {
    Act::Trade(Trade::Cancel {
        phone: it.text("NAME"),
        reason: it.text_if("reason"),
    })
}

pub(super) fn is_at(it: &Values) -> Act {
    Act::Trade(Trade::IsAt {
        phone: it.text("NAME"),
        step: it.text("STEP"),
    })
}

pub(super) fn orders(it: &Values) -> Act {
    Act::Trade(Trade::Orders {
        count: it.number("N"),
        phone: it.text_if("NAME"),
    })
}

pub(super) fn hand_back(it: &Values) -> Act {
    Act::Trade(Trade::HandBack {
        phone: it.text("NAME"),
    })
}
