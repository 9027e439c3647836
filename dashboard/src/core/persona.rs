//! The people who hold the simulator's phones: a name and a number, kept in this browser.

use serde::{Deserialize, Serialize};

/// How many phones fit on the page.
pub(crate) const MOST_PHONES: usize = 4;

/// Who holds a simulated phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Persona {
    pub(crate) name: String,
    /// E.164, "+9779800000001".
    pub(crate) address: String,
}

impl Persona {
    /// The person of phone `index` before anyone edits it.
    pub(crate) fn default_at(index: usize) -> Self {
        let name = ["Asha", "Ravi", "Mina", "Tenzin"]
            .get(index)
            .copied()
            .unwrap_or("Guest");
        Self {
            name: name.to_owned(),
            address: format!("+97798000000{:02}", index + 1),
        }
    }

    /// Up to two letters for the picture.
    pub(crate) fn initial(&self) -> String {
        self.name
            .trim()
            .chars()
            .next()
            .map(|it| it.to_uppercase().collect())
            .unwrap_or_default()
    }
}

/// Reads what was kept; anything odd becomes one default phone.
pub(crate) fn read(kept: Option<&str>) -> Vec<Persona> {
    let mut phones: Vec<Persona> = kept
        .and_then(|it| serde_json::from_str(it).ok())
        .unwrap_or_default();
    phones.retain(|it: &Persona| address(&it.address).is_some());
    phones.truncate(MOST_PHONES);
    if phones.is_empty() {
        phones.push(Persona::default_at(0));
    }
    phones
}

/// Writes them to be kept.
pub(crate) fn write(phones: &[Persona]) -> String {
    serde_json::to_string(phones).unwrap_or_default()
}

/// Reads a number as a person types it; `None` when it cannot be one.
pub(crate) fn address(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_plain = text
        .chars()
        .all(|it| it.is_ascii_digit() || " +-().".contains(it));
    (is_plain && (8..=15).contains(&digits.len()) && !digits.starts_with('0'))
        .then(|| format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_typed() {
        for (text, number) in [
            ("+977 980-000-0001", Some("+9779800000001")),
            ("9779800000001", Some("+9779800000001")),
            ("+1 (555) 000-1111", Some("+15550001111")),
            ("0441234", None),
            ("12345", None),
            ("asha", None),
        ] {
            assert_eq!(address(text).as_deref(), number, "{text}");
        }
    }

    #[test]
    fn phones_survive_the_browser_and_nonsense_does_not() {
        let phones = vec![Persona::default_at(0), Persona::default_at(1)];
        assert_eq!(read(Some(&write(&phones))), phones);
        for kept in [
            None,
            Some(""),
            Some("{}"),
            Some("[{\"name\":\"x\",\"address\":\"?\"}]"),
        ] {
            assert_eq!(read(kept), [Persona::default_at(0)]);
        }
    }
}
