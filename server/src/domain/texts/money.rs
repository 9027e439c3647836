//! Numbers and money as a language writes them. Source: CLDR: `ne` and `en-IN` group by two after the first three digits.

use super::Language;
use crate::domain::money::{Currency, Money};

/// An amount, e.g. `NPR 1,250.00`, `₹12,34,567.50`, `नेरू १,२५०.००`.
pub fn money(language: Language, amount: Money) -> String {
    let digits = amount.currency.exponent();
    let unit = 10_u64.pow(digits);
    let size = amount.minor.unsigned_abs();
    let whole = grouped(size / unit, groups(language, amount.currency));
    let sign = if amount.minor < 0 { "−" } else { "" };
    let before = language.words().currency(amount.currency);
    let part = size % unit;
    let width = digits as usize;
    local(language, &format!("{sign}{before}{whole}.{part:0width$}"))
}

/// A number, e.g. `1,250`, `१,२५०`.
pub fn count(language: Language, number: u64) -> String {
    let by = match language {
        Language::English => Groups::Thousands,
        Language::Nepali => Groups::Lakhs,
    };
    local(language, &grouped(number, by))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Groups {
    Thousands,
    /// The first three, then by two.
    Lakhs,
}

fn groups(language: Language, currency: Currency) -> Groups {
    match (language, currency) {
        (Language::Nepali, _) | (Language::English, Currency::Inr) => Groups::Lakhs,
        (Language::English, Currency::Npr | Currency::Usd) => Groups::Thousands,
    }
}

fn grouped(number: u64, by: Groups) -> String {
    let digits = number.to_string();
    let length = digits.len();
    let mut out = String::with_capacity(length + length / 2);
    for (index, digit) in digits.chars().enumerate() {
        let left = length - index;
        let begins_group = match by {
            Groups::Thousands => left.is_multiple_of(3),
            Groups::Lakhs => left == 3 || (left > 3 && !left.is_multiple_of(2)),
        };
        if index > 0 && begins_group {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The same with the language's digits.
fn local(language: Language, text: &str) -> String {
    let digits = language.words().digits();
    let one = |c: char| c.to_digit(10).map_or(c, |it| digits[it as usize]);
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use Currency::{Inr, Npr, Usd};
    use Language::{English, Nepali};

    use super::*;

    #[test]
    fn money_is_written_as_the_language_and_currency_do() {
        let of = |language, minor, currency| money(language, Money { minor, currency });
        for (said, expected) in [
            (of(English, 123_456_750, Npr), "NPR 1,234,567.50"),
            (of(English, 123_456_750, Inr), "₹12,34,567.50"),
            (of(English, 123_456_750, Usd), "$1,234,567.50"),
            (of(Nepali, 123_456_750, Npr), "नेरू १२,३४,५६७.५०"),
            (of(English, 5, Npr), "NPR 0.05"),
            (of(English, 99_900, Npr), "NPR 999.00"),
            (of(English, 100_000, Inr), "₹1,000.00"),
            (of(English, -1_050, Usd), "−$10.50"),
            (
                of(Nepali, i64::MAX, Usd),
                "अमेरिकी डलर ९२,२३,३७,२०,३६,८५,४७,७५८.०७",
            ),
        ] {
            assert_eq!(said, expected);
        }
        assert_eq!(count(English, 1_234_567), "1,234,567");
        assert_eq!(count(Nepali, 1_234_567), "१२,३४,५६७");
    }
}
