//! How this reader wants the log: columns and density, kept in this browser. And how much room there is.

use leptos::{ev, prelude::*};

use crate::{
    core::columns::{self, Column, Density},
    state::storage,
};

const COLUMNS_KEY: &str = "waybill.log.columns";
const DENSITY_KEY: &str = "waybill.log.density";
/// A row as a card.
const CARD_PX: f64 = 92.0;
/// Fingers need room.
const COARSE_PX: f64 = 44.0;

/// The choices.
#[derive(Clone, Copy)]
pub(super) struct Taste {
    pub(super) columns: RwSignal<Vec<Column>>,
    pub(super) density: RwSignal<Density>,
    /// Pixels of a row.
    pub(super) row_px: Memo<f64>,
    /// Rows are cards, as on a phone.
    pub(super) is_narrow: Memo<bool>,
}

impl Taste {
    pub(super) fn new() -> Self {
        let columns = RwSignal::new(columns::read(storage::read(COLUMNS_KEY).as_deref()));
        let density = RwSignal::new(Density::read(storage::read(DENSITY_KEY).as_deref()));
        let resized = RwSignal::new(());
        let listener = window_event_listener(ev::resize, move |_| resized.set(()));
        on_cleanup(move || listener.remove());
        let is_narrow = Memo::new(move |_| {
            resized.track();
            is("(width < 60rem)")
        });
        let row_px = Memo::new(move |_| {
            resized.track();
            match density.get().row_px() {
                _ if is_narrow.get() => CARD_PX,
                it if is("(pointer: coarse)") => it.max(COARSE_PX),
                it => it,
            }
        });
        Self {
            columns,
            density,
            row_px,
            is_narrow,
        }
    }

    /// Shows or hides a column.
    pub(super) fn toggle(self, column: Column) {
        self.columns.update(|it| {
            let had = it.contains(&column);
            let is_wanted =
                |one: &Column| (*one == column && !had) || (*one != column && it.contains(one));
            *it = Column::ALL.into_iter().filter(is_wanted).collect();
        });
        let kept = self.columns.with_untracked(|it| columns::write(it));
        storage::write(COLUMNS_KEY, Some(&kept));
    }

    /// Changes the height of rows.
    pub(super) fn set_density(self, density: Density) {
        self.density.set(density);
        storage::write(DENSITY_KEY, Some(density.slug()));
    }
}

fn is(query: &str) -> bool {
    let list = window().match_media(query).ok().flatten();
    list.is_some_and(|it| it.matches())
}
