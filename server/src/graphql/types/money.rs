//! Amounts of money.

use async_graphql::{Enum, Object};

use crate::domain::money::{Currency, Money};

/// A currency the shop can sell in, by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Currency", remote = "Currency")]
pub(in crate::graphql) enum CurrencyEnum {
    /// Nepalese rupee.
    Npr,
    /// Indian rupee.
    Inr,
    /// US dollar.
    Usd,
}

/// An amount of money.
#[derive(Clone, Copy)]
pub(in crate::graphql) struct MoneyObject(pub(in crate::graphql) Money);

/// An amount of money.
#[Object(name = "Money")]
impl MoneyObject {
    /// Its decimals included, with a point and without groups, e.g. 1250.50.
    async fn amount(&self) -> String {
        self.0.decimal()
    }

    /// Whole minor units (paisa, cents), e.g. 125050.
    async fn minor(&self) -> i64 {
        self.0.minor
    }

    /// Its currency.
    async fn currency(&self) -> CurrencyEnum {
        self.0.currency.into()
    }
}

impl MoneyObject {
    /// Of stored minor units and the code of their currency.
    pub(in crate::graphql) fn of(minor: i64, code: &str) -> async_graphql::Result<Self> {
        let currency = Currency::parse(code).ok_or("stored with a currency of another version")?;
        Ok(Self(Money::new(minor, currency)))
    }
}
