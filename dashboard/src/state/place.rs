//! Where one came from: the view of the log that was last on screen, for the way back.

use leptos::prelude::*;

use crate::core::filter::Filter;

/// The last view of the log.
#[derive(Clone, Copy)]
pub(crate) struct Place(RwSignal<Filter>);

impl Place {
    /// Remembers a view.
    pub(crate) fn keep(self, view: Filter) {
        self.0.set(view);
    }

    /// The last view.
    pub(crate) fn last(self) -> Filter {
        self.0.get()
    }
}

/// Makes the place known below.
pub(crate) fn provide_place() {
    provide_context(Place(RwSignal::new(Filter::default())));
}

/// The last view of the log.
pub(crate) fn use_place() -> Place {
    expect_context()
}
