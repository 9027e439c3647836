//! Where the focus is in the list: one row at a time, brought into sight, read first where it is not loaded.

use leptos::prelude::*;

use super::view::{Awaited, Cause, View, scroll_to};
use crate::{
    core::log::{Log, Row as _},
    state::keys::focus_element,
};

impl View {
    /// The first or the last row of the whole list gets the focus, once it is here.
    pub(super) fn focus_end(self, is_last: bool) {
        let end = if is_last {
            Awaited::Last
        } else {
            Awaited::First
        };
        self.awaited.set_value(Some(end));
        let place = if is_last { self.geometry().total() } else { 0 };
        self.go_to_place(place);
        self.meet_awaited();
    }

    pub(super) fn meet_awaited(self) {
        let Some(awaited) = self.awaited.get_value() else {
            return;
        };
        let (above, loaded, below) = self.model.log.with_untracked(Log::extent);
        let place = match awaited {
            Awaited::First if above == 0 => 0,
            Awaited::Last if below == 0 => loaded.saturating_sub(1),
            Awaited::First | Awaited::Last => return,
        };
        self.awaited.set_value(None);
        self.focus_place(place);
    }

    /// Moves the focus by so many rows; false when there is nothing.
    pub(super) fn move_focus(self, by: isize) -> bool {
        let active = self.active.get_untracked();
        let (place, loaded) = self.model.log.with_untracked(|log| {
            let (_, loaded, _) = log.extent();
            (active.and_then(|id| log.place_of(&id)), loaded)
        });
        if loaded == 0 {
            return false;
        }
        let next = if let Some(place) = place {
            place.saturating_add_signed(by).min(loaded - 1)
        } else {
            let held = self.held.get_value();
            let held =
                held.and_then(|(id, _)| self.model.log.with_untracked(|it| it.place_of(&id)));
            held.unwrap_or_default()
        };
        self.focus_place(next);
        true
    }

    fn focus_place(self, place: usize) {
        let id = self
            .model
            .log
            .with_untracked(|it| it.at(place).map(|it| it.id().to_owned()));
        self.active.set(id);
        if let (Some(scroller), Some(body)) =
            (self.scroller.get_untracked(), self.body.get_untracked())
        {
            let geometry = self.geometry();
            let view_px = f64::from(scroller.client_height()) - f64::from(body.offset_top());
            let scroll_px = f64::from(scroller.scroll_top());
            let top = geometry.top_px(place);
            if top < scroll_px {
                scroll_to(&scroller, top);
            } else if top + geometry.row_px > scroll_px + view_px {
                scroll_to(&scroller, top + geometry.row_px - view_px);
            }
            self.draw(Cause::Scroll);
        }
        self.is_moving.set_value(true);
        request_animation_frame(move || {
            self.focus_active();
            self.is_moving.try_update_value(|it| *it = false);
        });
    }

    /// Gives the focus to the active row's element.
    pub(super) fn focus_active(self) {
        let Some(active) = self.active.try_get_untracked().flatten() else {
            return;
        };
        let slots = self.slots.get_untracked();
        let slot = slots.iter().find(|it| it.holds().as_ref() == Some(&active));
        if let Some(element) = slot.and_then(|it| it.element.get_untracked()) {
            focus_element(&element);
        }
    }
}
