//! Money: whole minor units with a currency, and prices as people type them. Refuses to know how a language writes them.

use std::fmt;

/// A currency the shop can sell in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Currency {
    /// Nepalese rupee.
    Npr,
    /// Indian rupee.
    Inr,
    /// US dollar.
    Usd,
}

impl Currency {
    /// Every currency.
    pub const ALL: [Self; 3] = [Self::Npr, Self::Inr, Self::Usd];

    /// Its code. Source: ISO 4217.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Npr => "NPR",
            Self::Inr => "INR",
            Self::Usd => "USD",
        }
    }

    /// Decimals of its minor unit. Source: ISO 4217.
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Npr | Self::Inr | Self::Usd => 2,
        }
    }

    /// The currency of a code, capital or small.
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim();
        Self::ALL
            .into_iter()
            .find(|it| it.code().eq_ignore_ascii_case(code))
    }

    /// Minor units of one whole.
    const fn whole(self) -> i64 {
        10_i64.pow(self.exponent())
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units, e.g. paisa or cents.
    pub minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// Why a text is no price. Its message is fit for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// Nothing is there.
    #[error("there is no price: write it like 1250.50")]
    Empty,
    /// Not digits with commas and one point.
    #[error("not a price: write it like 1250.50 or 1,250.50, with a point before the decimals")]
    Malformed,
    /// More decimals than the currency has.
    #[error("{currency} has {decimals} decimals: write it like 1250.50", currency = .0.code(), decimals = .0.exponent())]
    TooFine(Currency),
    /// More than any price is.
    #[error("more than any price is: at most 1,000,000,000")]
    TooMuch,
}

impl Money {
    /// The highest price, in wholes of its currency.
    const MOST: i64 = 1_000_000_000;

    /// So many minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The sum of two amounts; `None`: they are of two currencies, or the sum is too big to be kept.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let minor = self.minor.checked_add(other.minor)?;
        Some(Self { minor, ..self })
    }

    /// So many times the amount; `None`: it is too big to be kept.
    #[must_use]
    pub fn times(self, count: i64) -> Option<Self> {
        let minor = self.minor.checked_mul(count)?;
        Some(Self { minor, ..self })
    }

    /// Reads a price as people type it: `1250.5`, `1,250.50`, `1,25,000`, `१२५०`. A comma parts groups of two or three digits,
    /// never the decimals.
    ///
    /// # Errors
    /// It is no price, or not one of this currency.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, PriceError> {
        let text = plain_digits(text.trim());
        if text.is_empty() {
            return Err(PriceError::Empty);
        }
        let (wholes, decimals) = match text.split_once('.') {
            Some((_, "")) => return Err(PriceError::Malformed),
            Some((wholes, decimals)) => (wholes, decimals),
            None => (text.as_str(), ""),
        };
        if !decimals.bytes().all(|it| it.is_ascii_digit()) {
            return Err(PriceError::Malformed);
        }
        let exponent = usize::try_from(currency.exponent()).unwrap_or_default();
        if decimals.len() > exponent {
            return Err(PriceError::TooFine(currency));
        }
        let wholes = ungrouped(wholes).ok_or(PriceError::Malformed)?;
        let wholes: i64 = wholes.parse().map_err(|_| PriceError::TooMuch)?;
        if wholes > Self::MOST {
            return Err(PriceError::TooMuch);
        }
        let decimals: i64 = format!("{decimals:0<exponent$}").parse().unwrap_or(0);
        let minor = wholes
            .checked_mul(currency.whole())
            .and_then(|it| it.checked_add(decimals));
        minor
            .map(|it| Self::new(it, currency))
            .ok_or(PriceError::TooMuch)
    }

    /// The amount alone, with a point and all decimals, for programs: `1250.50`.
    pub fn decimal(self) -> String {
        let whole = self.currency.whole().unsigned_abs();
        let (sign, minor) = (
            if self.minor < 0 { "-" } else { "" },
            self.minor.unsigned_abs(),
        );
        let width = usize::try_from(self.currency.exponent()).unwrap_or_default();
        format!("{sign}{}.{:0width$}", minor / whole, minor % whole)
    }
}

/// `NPR 1250.50`
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency.code(), self.decimal())
    }
}

/// The same text with the digits of Devanagari as those of ASCII.
pub fn plain_digits(text: &str) -> String {
    text.chars()
        .map(|it| match it {
            '०'..='९' => {
                char::from_digit(u32::from(it) - u32::from('०'), 10).unwrap_or_default()
            }
            other => other,
        })
        .collect()
}

/// Digits without their commas; `None`: the commas do not part groups.
fn ungrouped(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(',').collect();
    let is_digits = |it: &&str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    if !groups.iter().all(is_digits) {
        return None;
    }
    if let [first, middle @ .., last] = groups.as_slice() {
        let are_grouped = (1..=3).contains(&first.len())
            && !first.starts_with('0')
            && middle.iter().all(|it| (2..=3).contains(&it.len()))
            && last.len() == 3;
        if !are_grouped {
            return None;
        }
    }
    Some(groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_people_type_them() {
        for (text, minor) in [
            ("1250.50", 125_050),
            ("1,250.50", 125_050),
            ("1,25,000", 12_500_000),
            (" 1250.5 ", 125_050),
            ("1250", 125_000),
            ("0", 0),
            ("0.05", 5),
            ("१,२५०.५०", 125_050),
            ("1,000,000,000", 100_000_000_000),
        ] {
            let price = Money::parse(text, Currency::Npr);
            assert_eq!(price, Ok(Money::new(minor, Currency::Npr)), "{text}");
        }
    }

    #[test]
    fn what_is_no_price_is_told_why() {
        use PriceError as E;
        for (text, error) in [
            ("", E::Empty),
            ("  ", E::Empty),
            ("free", E::Malformed),
            ("-1", E::Malformed),
            ("1.", E::Malformed),
            (".5", E::Malformed),
            ("1.2.3", E::Malformed),
            ("12,5", E::Malformed),
            ("1250,50", E::Malformed),
            ("1,,250", E::Malformed),
            ("0,125", E::Malformed),
            ("1 250", E::Malformed),
            ("1e3", E::Malformed),
            ("Rs 12", E::Malformed),
            ("1.255", E::TooFine(Currency::Inr)),
            ("1,000,000,001", E::TooMuch),
            ("99999999999999999999", E::TooMuch),
        ] {
            assert_eq!(Money::parse(text, Currency::Inr), Err(error), "{text}");
        }
        let words = E::TooFine(Currency::Usd).to_string();
        assert_eq!(words, "USD has 2 decimals: write it like 1250.50");
    }

    #[test]
    fn arithmetic_is_checked_and_currencies_do_not_mix() {
        let of = |minor| Money::new(minor, Currency::Usd);
        assert_eq!(of(125).plus(of(75)), Some(of(200)));
        assert_eq!(of(125).times(3), Some(of(375)));
        assert_eq!(of(i64::MAX).plus(of(1)), None);
        assert_eq!(of(i64::MAX).times(2), None);
        assert_eq!(of(1).plus(Money::new(1, Currency::Npr)), None);
    }

    #[test]
    fn an_amount_is_written_with_all_its_decimals() {
        for (minor, expected) in [
            (125_050, "1250.50"),
            (5, "0.05"),
            (0, "0.00"),
            (-5, "-0.05"),
        ] {
            assert_eq!(Money::new(minor, Currency::Usd).decimal(), expected);
        }
        assert_eq!(Money::new(100, Currency::Npr).to_string(), "NPR 1.00");
        assert_eq!(Currency::parse(" npr "), Some(Currency::Npr));
        assert_eq!(Currency::parse("EUR"), None);
    }
}
