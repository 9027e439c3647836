//! Light, dark, or as the system says. `start.js` sets the same before the first paint.

use leptos::prelude::*;

use super::storage;
use crate::core::say::say;

/// Also read by `start.js`.
const KEY: &str = "waybill.theme";

/// The three choices, in the order of the toggle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The word in storage and in `data-theme`; nothing for the system's choice.
    pub(crate) fn word(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// The word on the button.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::System => say!("system"),
            Self::Light => say!("light"),
            Self::Dark => say!("dark"),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// The chosen theme.
#[derive(Clone, Copy)]
pub(crate) struct ThemeState(RwSignal<Theme>);

impl ThemeState {
    /// The theme now.
    pub(crate) fn get(self) -> Theme {
        self.0.get()
    }

    /// Moves on to the next choice.
    pub(crate) fn turn(self) {
        self.0.update(|it| *it = it.next());
    }
}

/// Makes the theme known to every component below.
pub(crate) fn provide_theme() {
    let kept = match storage::read(KEY).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    };
    let theme = RwSignal::new(kept);
    Effect::new(move |_| {
        let word = theme.get().word();
        storage::write(KEY, word);
        let Some(root) = document().document_element() else {
            return;
        };
        let set = match word {
            Some(word) => root.set_attribute("data-theme", word),
            None => root.remove_attribute("data-theme"),
        };
        if set.is_err() {
            leptos::logging::debug_warn!("the theme was not set");
        }
    });
    provide_context(ThemeState(theme));
}

/// The theme of this tab.
pub(crate) fn use_theme() -> ThemeState {
    expect_context()
}
