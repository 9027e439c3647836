//! The people who hold the simulator's phones: a name and a number, kept in this browser.

use serde::{Deserialize, Serialize};

use super::say::key;

/// How many phones fit on the page.
pub(crate) const MOST_PHONES: usize = 4;

/// Who holds a simulated phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Persona {
    pub(crate) name: String,
    /// E.164, "+9779800000001".
    pub(crate) address: String,
    /// BCP 47 tag of what they read and write, `ne`.
    #[serde(default = "english")]
    pub(crate) language: String,
}

fn english() -> String {
    "en".to_owned()
}

/// A language that a persona may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tongue {
    /// BCP 47.
    pub(crate) tag: &'static str,
    /// In its own words.
    pub(crate) name: &'static str,
    /// `ltr` or `rtl`.
    pub(crate) direction: &'static str,
    pub(crate) greeting: &'static str,
}

/// The languages, in the order shown; of two directions and three scripts, to try what a shop meets.
pub(crate) const TONGUES: [Tongue; 5] = [
    tongue("en", "English", "ltr", "hi"),
    tongue("ne", "नेपाली", "ltr", "नमस्ते"),
    tongue("hi", "हिन्दी", "ltr", "नमस्ते"),
    tongue("ar", "العربية", "rtl", "مرحبا"),
    tongue("he", "עברית", "rtl", "שלום"),
];

const fn tongue(
    tag: &'static str,
    name: &'static str,
    direction: &'static str,
    greeting: &'static str,
) -> Tongue {
    Tongue {
        tag,
        name,
        direction,
        greeting,
    }
}

/// Numbers that Twilio keeps for tests: sending to one of them fails at once. Source: `docs/simulator.md`.
pub(crate) const FAILING: [(&str, &str, &str); 5] = [
    ("+15005550001", "21211", key!("Not a number")),
    ("+15005550002", "21612", key!("Out of reach")),
    ("+15005550003", "21408", key!("Country not allowed")),
    ("+15005550004", "21610", key!("Opted out")),
    ("+15005550009", "21614", key!("No mobile phone")),
];

impl Persona {
    /// The language they have; English when this dashboard does not know it.
    pub(crate) fn tongue(&self) -> Tongue {
        let found = TONGUES.into_iter().find(|it| it.tag == self.language);
        found.unwrap_or(TONGUES[0])
    }

    /// The person of phone `index` before anyone edits it.
    pub(crate) fn default_at(index: usize) -> Self {
        let name = ["Asha", "Ravi", "Mina", "Tenzin"]
            .get(index)
            .copied()
            .unwrap_or("Guest");
        Self {
            name: name.to_owned(),
            address: format!("+97798000000{:02}", index + 1),
            language: english(),
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
    fn phones_of_older_versions_speak_english() {
        let kept = r#"[{"name":"Asha","address":"+9779800000001"}]"#;
        assert_eq!(read(Some(kept)), [Persona::default_at(0)]);
        let mina = Persona {
            language: "ar".to_owned(),
            ..Persona::default_at(2)
        };
        assert_eq!(mina.tongue().direction, "rtl");
        let unknown = Persona {
            language: "xx".to_owned(),
            ..mina
        };
        assert_eq!(unknown.tongue().tag, "en");
        assert!(
            FAILING
                .iter()
                .all(|it| address(it.0).as_deref() == Some(it.0))
        );
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
