//! Short notes that leave by themselves. No action exists only in a toast.

use std::time::Duration;

use leptos::prelude::*;

const SHOWN_FOR: Duration = Duration::from_secs(8);

/// One note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toast {
    pub(crate) id: u32,
    pub(crate) text: String,
    /// Where "View" leads.
    pub(crate) href: Option<String>,
}

/// The notes on screen.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    list: RwSignal<Vec<Toast>>,
    last_id: StoredValue<u32>,
}

impl Toasts {
    /// The notes, oldest first.
    pub(crate) fn list(self) -> Vec<Toast> {
        self.list.get()
    }

    /// Says something for a few seconds.
    pub(crate) fn say(self, text: impl Into<String>, href: Option<String>) {
        self.last_id.update_value(|it| *it += 1);
        let id = self.last_id.get_value();
        self.list.update(|it| {
            it.push(Toast {
                id,
                text: text.into(),
                href,
            });
        });
        set_timeout(move || self.dismiss(id), SHOWN_FOR);
    }

    /// Takes a note away.
    pub(crate) fn dismiss(self, id: u32) {
        self.list.update(|it| it.retain(|toast| toast.id != id));
    }
}

/// Makes toasts possible below.
pub(crate) fn provide_toasts() {
    provide_context(Toasts {
        list: RwSignal::new(Vec::new()),
        last_id: StoredValue::new(0),
    });
}

/// The toasts of this tab.
pub(crate) fn use_toasts() -> Toasts {
    expect_context()
}
