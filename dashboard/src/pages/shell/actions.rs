//! What the shell can do from anywhere: for the palette, the keys and the menu.

use leptos::prelude::*;

use crate::{
    components::icon::Icon,
    core::say::say,
    state::{
        live::{Live, use_live},
        rail::{Rail, use_rail},
        session::sign_out,
        theme::{ThemeState, use_theme},
        toasts::{Toasts, use_toasts},
    },
};

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Theme,
    Live,
    Rail,
    Shortcuts,
    SignOut,
}

impl Action {
    /// All of them.
    pub(super) const ALL: [Self; 5] = [
        Self::Theme,
        Self::Live,
        Self::Rail,
        Self::Shortcuts,
        Self::SignOut,
    ];

    /// What it does, as a phrase.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Theme => say!("Change the theme"),
            Self::Live => say!("Live on or off"),
            Self::Rail => say!("Rail: names or icons"),
            Self::Shortcuts => say!("Show the shortcuts"),
            Self::SignOut => say!("Sign out"),
        }
    }

    /// Its shortcut; may be empty.
    pub(super) fn keys(self) -> &'static str {
        match self {
            Self::Theme => "t",
            Self::Live => "l",
            Self::Shortcuts => "?",
            Self::Rail | Self::SignOut => "",
        }
    }

    /// Other words people look for.
    pub(super) fn also(self) -> &'static str {
        match self {
            Self::Theme => "dark light system appearance",
            Self::Live => "pause resume updates",
            Self::Rail => "sidebar navigation collapse",
            Self::Shortcuts => "keyboard help keys",
            Self::SignOut => "logout leave",
        }
    }

    /// Its picture.
    pub(super) fn icon(self) -> Icon {
        match self {
            Self::Theme => Icon::Sun,
            Self::Live => Icon::Activity,
            Self::Rail => Icon::Rail,
            Self::Shortcuts => Icon::Keyboard,
            Self::SignOut => Icon::LogOut,
        }
    }
}

/// Does them.
#[derive(Clone, Copy)]
pub(crate) struct Actions {
    theme: ThemeState,
    live: Live,
    rail: Rail,
    toasts: Toasts,
    shortcuts: RwSignal<bool>,
}

impl Actions {
    /// With the switch of the shortcuts' sheet.
    pub(super) fn new(shortcuts: RwSignal<bool>) -> Self {
        Self {
            theme: use_theme(),
            live: use_live(),
            rail: use_rail(),
            toasts: use_toasts(),
            shortcuts,
        }
    }

    /// Does one.
    pub(super) fn run(self, action: Action) {
        match action {
            Action::Theme => self.theme.turn(),
            Action::Live => self.live.toggle(),
            Action::Rail => self.rail.turn(),
            Action::Shortcuts => self.shortcuts.set(true),
            Action::SignOut => sign_out(self.toasts),
        }
    }

    /// Does what a key asks for; false when it asks for nothing.
    pub(super) fn press(self, key: &str) -> bool {
        let action = Action::ALL
            .into_iter()
            .find(|it| !it.keys().is_empty() && it.keys() == key);
        action.inspect(|it| self.run(*it)).is_some()
    }
}
