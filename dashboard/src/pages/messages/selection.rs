//! What is selected: single rows, or everything that matched at one moment.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::view::View;
use crate::{api::messages::MessageFilter, core::log::Row as _};

/// The set work is done on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    Rows(BTreeSet<String>),
    /// Frozen: what came later is not of it.
    All {
        filter: Box<MessageFilter>,
        count: i32,
    },
}

impl Default for Selection {
    fn default() -> Self {
        Self::Rows(BTreeSet::new())
    }
}

impl Selection {
    /// Whether nothing is selected.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Rows(ids) if ids.is_empty())
    }

    /// How many messages.
    pub(super) fn count(&self) -> i32 {
        match self {
            Self::Rows(ids) => i32::try_from(ids.len()).unwrap_or(i32::MAX),
            Self::All { count, .. } => *count,
        }
    }

    /// Whether a row is of it.
    pub(super) fn has(&self, id: &str) -> bool {
        match self {
            Self::Rows(ids) => ids.contains(id),
            Self::All { .. } => true,
        }
    }
}

/// The selection of one page view.
#[derive(Clone, Copy)]
pub(super) struct Selected {
    pub(super) set: RwSignal<Selection>,
    /// Where a range begins.
    last: StoredValue<Option<String>>,
    view: View,
}

impl Selected {
    pub(super) fn new(view: View) -> Self {
        Self {
            set: RwSignal::new(Selection::default()),
            last: StoredValue::new(None),
            view,
        }
    }

    /// Selects a row, or no longer.
    pub(super) fn toggle(self, id: &str) {
        self.last.set_value(Some(id.to_owned()));
        self.set.update(|it| match it {
            Selection::Rows(ids) => {
                if !ids.remove(id) {
                    ids.insert(id.to_owned());
                }
            }
            Selection::All { .. } => *it = Selection::Rows(BTreeSet::from([id.to_owned()])),
        });
    }

    /// Selects everything between the row before and this one.
    pub(super) fn extend(self, id: &str) {
        let last = self.last.get_value();
        let ids = self.view.model.log.with_untracked(|log| {
            let from = last.and_then(|it| log.place_of(&it))?;
            let to = log.place_of(id)?;
            let between = from.min(to)..=from.max(to);
            let ids = between
                .filter_map(|it| log.at(it))
                .map(|it| it.id().to_owned());
            Some(ids.collect::<Vec<_>>())
        });
        let Some(ids) = ids else {
            return self.toggle(id);
        };
        self.set.update(|it| match it {
            Selection::Rows(rows) => rows.extend(ids),
            Selection::All { .. } => {}
        });
    }

    /// Selects everything that matches now.
    pub(super) fn take_all(self, filter: MessageFilter, count: i32) {
        let filter = Box::new(filter);
        self.set.set(Selection::All { filter, count });
    }

    /// Lets go of everything; false when nothing was selected.
    pub(super) fn clear(self) -> bool {
        let had = self.set.with_untracked(|it| !it.is_empty());
        if had {
            self.set.set(Selection::default());
        }
        had
    }

    /// The selected rows, or else the one with the focus.
    pub(super) fn or_active(self) -> Selection {
        let set = self.set.get_untracked();
        if !set.is_empty() {
            return set;
        }
        let active = self.view.active.get_untracked();
        Selection::Rows(active.into_iter().collect())
    }
}
