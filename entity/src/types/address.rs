//! Channel addresses. Opaque outside of one place: a number that a person typed is checked as E.164.

use std::fmt;

/// The longest address kept, in bytes. A business-scoped id is `whatsapp:CC.` and up to 128 characters.
const MAX_BYTES: usize = 160;
const CHANNEL: &str = "whatsapp:";

/// A channel address as the provider writes it, e.g. `whatsapp:+9779800000000` or `whatsapp:PT.1a2b3c`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address(String);

/// Why a text is not an address. Its message is fit for the person who typed it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AddressError {
    /// Nothing there.
    #[error("a number is needed, e.g. +9779800000000")]
    Empty,
    /// Not E.164: a plus sign, a country code, 8 to 15 digits in all.
    #[error(
        "not a number in international form: a plus sign, then 8 to 15 digits, e.g. +9779800000000"
    )]
    NotE164,
    /// Longer than any real address.
    #[error("longer than an address can be (160 bytes)")]
    TooLong,
}

impl Address {
    /// Reads what a person or program typed as a recipient: E.164 with or without `whatsapp:`; spaces, dashes,
    /// dots and brackets between the digits are dropped. A business-scoped id (`whatsapp:PT.1a2b3c`) is taken as it is.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        if is_business_scoped(text) {
            return Ok(Self(text.to_owned()));
        }
        let number = text.strip_prefix(CHANNEL).unwrap_or(text);
        let number: String = number
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{a0}'))
            .collect();
        if number.is_empty() {
            return Err(AddressError::Empty);
        }
        let digits = number.strip_prefix('+').ok_or(AddressError::NotE164)?;
        let is_e164 = (8..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if is_e164 {
            Ok(Self(format!("{CHANNEL}{number}")))
        } else {
            Err(AddressError::NotE164)
        }
    }

    /// Keeps an address as the provider wrote it.
    ///
    /// # Errors
    /// [`AddressError::Empty`] or [`AddressError::TooLong`].
    pub fn from_provider(text: &str) -> Result<Self, AddressError> {
        if text.trim().is_empty() || text.contains('\0') {
            return Err(AddressError::Empty);
        }
        if text.len() > MAX_BYTES {
            Err(AddressError::TooLong)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The address as stored and sent, channel included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number without the channel, where it is one: `+9779800000000`.
    pub fn e164(&self) -> Option<&str> {
        self.0
            .strip_prefix(CHANNEL)
            .filter(|rest| rest.starts_with('+'))
    }

    /// A form fit for logs: the last two characters and how long the rest is.
    pub fn masked(&self) -> String {
        let bare = self.0.strip_prefix(CHANNEL).unwrap_or(&self.0);
        let tail: String = bare
            .chars()
            .rev()
            .take(2)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        format!("••{tail}")
    }
}

/// The id of a person who hides their number: a country, a dot, letters and digits. Source: Meta's "Business-scoped user IDs".
fn is_business_scoped(text: &str) -> bool {
    let Some((country, id)) = text.strip_prefix(CHANNEL).and_then(|it| it.split_once('.')) else {
        return false;
    };
    let is_country = country.len() == 2 && country.bytes().all(|it| it.is_ascii_uppercase());
    is_country && (1..=128).contains(&id.len()) && id.bytes().all(|it| it.is_ascii_alphanumeric())
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::string::string_regex;

    use super::*;

    #[test]
    fn numbers_are_read_the_way_people_write_them() {
        for text in [
            "+9779800000000",
            " whatsapp:+9779800000000 ",
            "+977 980-000-0000",
            "+977 (980) 000.0000",
        ] {
            assert_eq!(
                Address::parse(text).map(|a| a.0),
                Ok("whatsapp:+9779800000000".into()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_the_right_form() {
        for (text, error) in [
            ("", AddressError::Empty),
            ("whatsapp:", AddressError::Empty),
            ("9779800000000", AddressError::NotE164),
            ("+977", AddressError::NotE164),
            ("+0779800000000", AddressError::NotE164),
            ("+97798000000001234", AddressError::NotE164),
            ("+९७७९८०००००००", AddressError::NotE164),
            ("whatsapp:whatsapp:+9779800000000", AddressError::NotE164),
        ] {
            assert_eq!(Address::parse(text), Err(error), "{text}");
        }
        assert_eq!(Address::parse(&"+".repeat(500)), Err(AddressError::TooLong));
    }

    #[test]
    fn a_sender_without_a_number_is_kept_as_it_is() {
        let address = Address::from_provider("whatsapp:PT.1a2b3c").unwrap();
        assert_eq!(
            (address.as_str(), address.e164()),
            ("whatsapp:PT.1a2b3c", None)
        );
        assert_eq!(format!("{address:?}"), "Address(••3c)");
        assert_eq!(Address::parse("whatsapp:PT.1a2b3c"), Ok(address));
        for text in [
            "PT.1a2b3c",
            "whatsapp:pt.1a",
            "whatsapp:PT.",
            "whatsapp:PT.a b",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_breaks_an_address(text in string_regex("\\PC{0,24}|(whatsapp:)?[+0-9 ().\u{a0}-]{0,24}|whatsapp:[A-Z]{2}\\.[a-z0-9]{0,170}|\0{0,2}").expect("a form")) {
            if let Ok(address) = Address::parse(&text) {
                // What was read once is read again as the same.
                let again = Address::parse(address.as_str());
                prop_assert_eq!(again.as_ref(), Ok(&address));
                let is_number = address.e164().is_some_and(|it| (9..=16).contains(&it.len()));
                prop_assert!(is_number || is_business_scoped(address.as_str()));
            }
            if let Ok(address) = Address::from_provider(&text) {
                prop_assert_eq!(address.as_str(), text.as_str());
                prop_assert!(text.len() <= MAX_BYTES);
                prop_assert!(address.masked().chars().count() <= 4);
            }
        }
    }
}
