//! Where one came from: the view of the log that was last on screen, for the way back.

use leptos::prelude::*;

use crate::core::filter::Filter;

/// The last view of the log, and the rows that were loaded of it.
#[derive(Clone, Copy)]
pub(crate) struct Place(RwSignal<Filter>, StoredValue<Vec<String>>);

impl Place {
    /// Remembers a view.
    pub(crate) fn keep(self, view: Filter) {
        self.0.set(view);
    }

    /// Remembers the rows, to walk them from one to the next.
    pub(crate) fn keep_rows(self, ids: Vec<String>) {
        self.1.set_value(ids);
    }

    /// The row so many places further down; `None` where one came from elsewhere, or at an end.
    pub(crate) fn beside(self, id: &str, by: isize) -> Option<String> {
        self.1.with_value(|ids| {
            let here = ids.iter().position(|it| it == id)?;
            ids.get(here.checked_add_signed(by)?).cloned()
        })
    }

    /// The last view.
    pub(crate) fn last(self) -> Filter {
        self.0.get()
    }
}

/// Makes the place known below.
pub(crate) fn provide_place() {
    provide_context(Place(
        RwSignal::new(Filter::default()),
        StoredValue::new(Vec::new()),
    ));
}

/// The last view of the log.
pub(crate) fn use_place() -> Place {
    expect_context()
}
