//! Money: integer minor units with a currency, never a fraction.

/// A currency that the shop knows. Source: ISO 4217.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Currency {
    /// Nepalese rupee.
    Npr,
    /// Indian rupee.
    Inr,
    /// United States dollar.
    Usd,
}

impl Currency {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Npr, Self::Inr, Self::Usd];

    /// Its code, e.g. `NPR`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Npr => "NPR",
            Self::Inr => "INR",
            Self::Usd => "USD",
        }
    }

    /// Reads a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Digits after the point.
    pub const fn exponent(self) -> u32 {
        2
    }
}

/// An amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units, e.g. paisa.
    pub minor: i64,
    /// Of what.
    pub currency: Currency,
}
