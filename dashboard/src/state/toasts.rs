//! Short notes. Good news leaves by itself, unless somebody is reading; an error stays. No action exists only in a
//! toast.

use std::time::Duration;

use leptos::prelude::*;

const STEP: Duration = Duration::from_secs(1);
const SHOWN_SECONDS: u8 = 8;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Good,
    /// Stays until it is dismissed.
    Bad,
}

/// One note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toast {
    pub(crate) id: u32,
    pub(crate) mood: Mood,
    pub(crate) text: String,
    /// Where "View" leads.
    pub(crate) href: Option<String>,
    seconds_left: u8,
}

/// The notes on screen.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    list: RwSignal<Vec<Toast>>,
    /// Somebody points at them or has the focus in them.
    is_held: StoredValue<bool>,
    last_id: StoredValue<u32>,
}

impl Toasts {
    /// The notes of one mood, oldest first.
    pub(crate) fn list(self, mood: Mood) -> Vec<Toast> {
        let of = |it: &Vec<Toast>| it.iter().filter(|it| it.mood == mood).cloned().collect();
        self.list.with(of)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(self) -> bool {
        self.list.with_untracked(Vec::is_empty)
    }

    /// Says something for a few seconds.
    pub(crate) fn say(self, text: impl Into<String>, href: Option<String>) {
        self.add(Mood::Good, text.into(), href);
    }

    /// Says what went wrong, until somebody takes it away.
    pub(crate) fn fail(self, text: impl Into<String>) {
        self.add(Mood::Bad, text.into(), None);
    }

    fn add(self, mood: Mood, text: String, href: Option<String>) {
        self.last_id.update_value(|it| *it += 1);
        let toast = Toast {
            id: self.last_id.get_value(),
            mood,
            text,
            href,
            seconds_left: SHOWN_SECONDS,
        };
        self.list.update(|it| it.push(toast));
    }

    /// Stops the clock of all notes, or lets it go on.
    pub(crate) fn hold(self, is_held: bool) {
        self.is_held.set_value(is_held);
    }

    /// Takes a note away.
    pub(crate) fn dismiss(self, id: u32) {
        self.list.update(|it| it.retain(|toast| toast.id != id));
    }

    fn tick(self) {
        let has_good = |it: &Vec<Toast>| it.iter().any(|it| it.mood == Mood::Good);
        if self.is_held.get_value() || !self.list.with_untracked(has_good) {
            return;
        }
        self.list.update(|it| {
            it.retain_mut(|toast| match (toast.mood, toast.seconds_left) {
                (Mood::Bad, _) => true,
                (Mood::Good, 0) => false,
                (Mood::Good, left) => {
                    toast.seconds_left = left - 1;
                    true
                }
            });
        });
    }
}

/// Makes toasts possible below.
pub(crate) fn provide_toasts() {
    let toasts = Toasts {
        list: RwSignal::new(Vec::new()),
        is_held: StoredValue::new(false),
        last_id: StoredValue::new(0),
    };
    set_interval(move || toasts.tick(), STEP);
    provide_context(toasts);
}

/// The toasts of this tab.
pub(crate) fn use_toasts() -> Toasts {
    expect_context()
}
