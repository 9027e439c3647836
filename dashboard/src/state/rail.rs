//! Whether the rail shows words or icons only. `start.js` sets the same before the first paint.

use leptos::prelude::*;

use super::storage;

/// Also read by `start.js`.
const KEY: &str = "waybill.rail";
const ICONS: &str = "icons";

/// The rail of this browser.
#[derive(Clone, Copy)]
pub(crate) struct Rail(RwSignal<bool>);

impl Rail {
    /// Whether it shows icons only.
    pub(crate) fn is_narrow(self) -> bool {
        self.0.get()
    }

    /// The other way.
    pub(crate) fn turn(self) {
        self.0.update(|it| *it = !*it);
    }
}

/// Makes the rail known below.
pub(crate) fn provide_rail() {
    let is_narrow = RwSignal::new(storage::read(KEY).as_deref() == Some(ICONS));
    Effect::new(move |_| {
        let word = is_narrow.get().then_some(ICONS);
        storage::write(KEY, word);
        let Some(root) = document().document_element() else {
            return;
        };
        let set = match word {
            Some(word) => root.set_attribute("data-rail", word),
            None => root.remove_attribute("data-rail"),
        };
        if set.is_err() {
            leptos::logging::debug_warn!("the rail was not set");
        }
    });
    provide_context(Rail(is_narrow));
}

/// The rail of this browser.
pub(crate) fn use_rail() -> Rail {
    expect_context()
}
