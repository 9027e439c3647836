//! The shop bot, as a pure step: what the customer wrote and where the talk stands give the answers and the next place.

use super::texts::{self, Language};

/// Where a talk stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// The main menu was the last thing said.
    #[default]
    Menu,
}

impl State {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Menu => "menu",
        }
    }

    /// Reads the stored name; a name of a newer or older version begins again at the menu.
    pub fn parse(_name: &str) -> Self {
        Self::Menu
    }
}

/// Answers one message of a customer.
pub fn step(
    _state: State,
    text: &str,
    name: Option<&str>,
    language: Language,
) -> (State, Vec<String>) {
    let answer = if asks_for_help(text) {
        texts::help_message(language)
    } else {
        texts::main_menu(language, name)
    };
    (State::Menu, vec![answer])
}

fn asks_for_help(text: &str) -> bool {
    let word = text
        .trim()
        .trim_end_matches(['?', '!', '.', '।'])
        .to_lowercase();
    matches!(word.as_str(), "help" | "मद्दत" | "सहयोग" | "?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_gets_the_menu_and_help_gets_help() {
        let say = |text| {
            step(State::Menu, text, Some("Asha"), Language::English)
                .1
                .remove(0)
        };
        for text in ["hi", "", "नमस्ते", "helpful", "👍", "1"] {
            assert_eq!(
                say(text),
                texts::main_menu(Language::English, Some("Asha")),
                "{text}"
            );
        }
        for text in ["help", " HELP ", "Help?", "मद्दत"] {
            assert_eq!(say(text), texts::help_message(Language::English), "{text}");
        }
    }
}
