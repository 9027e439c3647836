//! The window on the log: which rows are drawn, in which elements, and where. Rows never move under the reader.

use leptos::{html, prelude::*, reactive::owner::WeakOwner};

use super::{model::LogModel, taste::Taste};
use crate::{
    api::messages::MessageRow,
    core::{
        log::{Log, Row as _},
        time::parse_ms,
        viewport::Geometry,
    },
};

/// Why the window is drawn again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Scroll,
    Data,
}

/// Where the focus goes once its row is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    First,
    Last,
}

/// One element of the pool: another row at another time.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) key: u32,
    pub(super) row: ArcRwSignal<Option<MessageRow>>,
    /// Its number in the whole list, from 0.
    pub(super) place: ArcRwSignal<usize>,
    pub(super) top_px: ArcRwSignal<f64>,
    pub(super) element: NodeRef<html::Tr>,
}

impl Slot {
    pub(super) fn holds(&self) -> Option<String> {
        let id = |it: &Option<MessageRow>| it.as_ref().map(|it| it.id().to_owned());
        self.row.with_untracked(id)
    }

    fn put(&self, row: &MessageRow, place: usize, top_px: f64) {
        let is_same = |it: &Option<MessageRow>| {
            it.as_ref()
                .is_some_and(|it| it.version == row.version && it.id == row.id)
        };
        if !self.row.with_untracked(is_same) {
            self.row.set(Some(row.clone()));
        }
        if self.place.get_untracked() != place {
            self.place.set(place);
        }
        if (self.top_px.get_untracked() - top_px).abs() > f64::EPSILON {
            self.top_px.set(top_px);
        }
    }
}

/// The window and its pool.
#[derive(Clone, Copy)]
pub(super) struct View {
    pub(super) model: LogModel,
    taste: Taste,
    pub(super) scroller: NodeRef<html::Div>,
    pub(super) body: NodeRef<html::Tbody>,
    pub(super) slots: RwSignal<Vec<Slot>>,
    /// The row that has, or would get, the focus.
    pub(super) active: RwSignal<Option<String>>,
    /// When the rows in sight were stored: newest and oldest, milliseconds.
    pub(super) sight: RwSignal<Option<(f64, f64)>>,
    /// The topmost row in sight and how far its top is from the window's.
    pub(super) held: StoredValue<Option<(String, f64)>>,
    pub(super) awaited: StoredValue<Option<Awaited>>,
    is_planned: StoredValue<bool>,
    /// The list was read anew: it begins at the top.
    read_at_ms: StoredValue<Option<f64>>,
    /// The focus is on its way to a row.
    pub(super) is_moving: StoredValue<bool>,
    /// New elements belong to the page, whoever asks for them. Weak: a page that owned itself would never end.
    owner: StoredValue<Option<WeakOwner>>,
}

impl View {
    pub(super) fn new(model: LogModel, taste: Taste) -> Self {
        let view = Self {
            model,
            taste,
            scroller: NodeRef::new(),
            body: NodeRef::new(),
            slots: RwSignal::new(Vec::new()),
            active: RwSignal::new(None),
            sight: RwSignal::new(None),
            held: StoredValue::new(None),
            awaited: StoredValue::new(None),
            is_planned: StoredValue::new(false),
            read_at_ms: StoredValue::new(None),
            is_moving: StoredValue::new(false),
            owner: StoredValue::new(Owner::current().map(|it| it.downgrade())),
        };
        Effect::new(move |_| {
            model.log.track();
            taste.row_px.track();
            view.scroller.track();
            view.body.track();
            untrack(|| view.draw(Cause::Data));
        });
        view
    }

    /// At most once a frame.
    pub(super) fn scrolled(self) {
        if self.is_planned.try_get_value() == Some(false) {
            self.is_planned.set_value(true);
            request_animation_frame(move || {
                if self.is_planned.try_get_value() == Some(true) {
                    self.is_planned.set_value(false);
                    self.draw(Cause::Scroll);
                }
            });
        }
    }

    pub(super) fn geometry(self) -> Geometry {
        let (above, loaded, below) = self.model.log.with_untracked(Log::extent);
        let row_px = self.taste.row_px.get_untracked();
        Geometry {
            row_px,
            above,
            loaded,
            below,
        }
    }

    /// Draws what is in sight.
    pub(super) fn draw(self, cause: Cause) {
        let (Some(scroller), Some(body)) =
            (self.scroller.get_untracked(), self.body.get_untracked())
        else {
            return;
        };
        let geometry = self.geometry();
        if cause == Cause::Data {
            let style = (*body).style();
            let height = format!("{}px", geometry.height_px());
            if style.set_property("block-size", &height).is_err() {
                leptos::logging::debug_warn!("the list has no height");
            }
            self.hold(&scroller, &geometry);
        }
        let scroll_px = f64::from(scroller.scroll_top());
        let view_px = f64::from(scroller.client_height()) - f64::from(body.offset_top());
        self.model.arrivals.scrolled_px.set_value(scroll_px);
        self.fill(&geometry, scroll_px, view_px);
        self.remember(&geometry, scroll_px, view_px);
        self.model.want(geometry.need(scroll_px, view_px));
        if cause == Cause::Data {
            // New elements are there with the next frame.
            request_animation_frame(move || {
                if let Some(body) = self.body.try_get_untracked().flatten() {
                    self.put_in_order(&body);
                }
            });
            self.meet_awaited();
        } else {
            self.put_in_order_later(scroll_px);
        }
    }

    /// What the reader looks at stays where it is, whatever entered or left above.
    fn hold(self, scroller: &web_sys::Element, geometry: &Geometry) {
        let read_at_ms = self.model.read_at_ms.get_untracked();
        if self.read_at_ms.get_value() != read_at_ms {
            self.read_at_ms.set_value(read_at_ms);
            self.held.set_value(None);
            scroller.set_scroll_top(0);
            return;
        }
        let scroll_px = f64::from(scroller.scroll_top());
        let Some((id, distance)) = self.held.get_value().filter(|_| scroll_px > 0.0) else {
            return;
        };
        let place = self.model.log.with_untracked(|it| it.place_of(&id));
        let Some(place) = place else { return };
        let wanted = geometry.top_px(place) - distance;
        if (wanted - scroll_px).abs() >= 1.0 {
            scroll_to(scroller, wanted);
        }
    }

    fn fill(self, geometry: &Geometry, scroll_px: f64, view_px: f64) {
        let active = self.active.get_untracked();
        self.model.log.with_untracked(|log| {
            let window = geometry.window(scroll_px, view_px);
            let mut wanted: Vec<usize> = window.clone().collect();
            // The row with the focus is never given to another.
            let active = active.and_then(|id| log.place_of(&id));
            wanted.extend(active.filter(|it| !window.contains(it)));
            let mut slots = self.slots.get_untracked();
            let mut free = Vec::new();
            for slot in &slots {
                let place = slot.holds().and_then(|id| {
                    let is_it = |it: &&usize| log.at(**it).is_some_and(|row| row.id() == id);
                    wanted.iter().find(is_it).copied()
                });
                match place {
                    Some(place) => {
                        wanted.retain(|it| *it != place);
                        Self::put(slot, log, geometry, place);
                    }
                    None => free.push(slot.clone()),
                }
            }
            let had = slots.len();
            for place in wanted {
                let slot = free.pop().unwrap_or_else(|| {
                    let make = || fresh(slots.len());
                    let owner = self.owner.with_value(|it| it.as_ref()?.upgrade());
                    let slot = owner.map_or_else(make, |it| it.with(make));
                    slots.push(slot.clone());
                    slot
                });
                Self::put(&slot, log, geometry, place);
            }
            for slot in free {
                if slot.row.with_untracked(Option::is_some) {
                    slot.row.set(None);
                }
            }
            if slots.len() > had {
                self.slots.set(slots);
            }
        });
    }

    fn put(slot: &Slot, log: &Log<MessageRow>, geometry: &Geometry, place: usize) {
        if let Some(row) = log.at(place) {
            slot.put(row, geometry.above + place, geometry.top_px(place));
        }
    }

    fn remember(self, geometry: &Geometry, scroll_px: f64, view_px: f64) {
        let top = geometry.place_at(scroll_px);
        let end = geometry.place_at(scroll_px + view_px);
        let first = top.saturating_sub(geometry.above);
        let last = end.saturating_sub(geometry.above);
        let (held, sight) = self.model.log.with_untracked(|log| {
            let at = |place: usize| log.at(place.min(geometry.loaded.saturating_sub(1)));
            let time = |it: Option<&MessageRow>| it.and_then(|it| parse_ms(&it.created_at.0));
            // Over rows that are not loaded nothing is held.
            let is_here = top >= geometry.above && first < geometry.loaded;
            let held = at(first).filter(|_| is_here).map(|it| {
                let distance = geometry.top_px(first) - scroll_px;
                (it.id().to_owned(), distance)
            });
            (held, time(at(first)).zip(time(at(last))))
        });
        self.held.set_value(held);
        if self.sight.get_untracked() != sight {
            self.sight.set(sight);
        }
    }

    /// Readers of the page's text and the tab key follow the order of elements; so it is the order of rows.
    fn put_in_order(self, body: &web_sys::Element) {
        let slots = self.slots.get_untracked();
        let mut drawn: Vec<(usize, web_sys::Element)> = slots
            .iter()
            .filter(|it| it.row.with_untracked(Option::is_some))
            .filter_map(|it| {
                let element = it.element.get_untracked()?;
                Some((it.place.get_untracked(), (*element).clone().into()))
            })
            .collect();
        drawn.sort_by_key(|it| it.0);
        let focused = document().active_element();
        let mut next: Option<web_sys::Node> = None;
        for (_, element) in drawn.iter().rev() {
            let is_focused = focused
                .as_ref()
                .is_some_and(|it| element.contains(Some(it)));
            let follows = element.next_sibling();
            let is_right = match &next {
                Some(next) => follows.as_ref() == Some(next),
                None => true,
            };
            if !is_right && !is_focused && body.insert_before(element, next.as_ref()).is_err() {
                leptos::logging::debug_warn!("a row was not put in order");
            }
            next = Some(element.clone().into());
        }
    }

    fn put_in_order_later(self, scroll_px: f64) {
        let later = move || {
            let rests = self.model.arrivals.scrolled_px.try_get_value() == Some(scroll_px);
            if let Some(body) = self.body.try_get_untracked().flatten().filter(|_| rests) {
                self.put_in_order(&body);
            }
        };
        set_timeout(later, std::time::Duration::from_millis(160));
    }

    /// Leads to the top and shows what waits.
    pub(super) fn show_new(self) {
        self.held.set_value(None);
        self.go_to_place(0);
        self.model.show_waiting();
    }

    /// Goes to a place of the whole list.
    pub(super) fn go_to_place(self, place: usize) {
        if let Some(scroller) = self.scroller.get_untracked() {
            scroll_to(&scroller, self.geometry().top_of_place(place));
        }
    }

    /// Goes to a moment.
    pub(super) fn go_to_time(self, at_ms: f64) {
        self.go_to_place(self.model.place_of_time(at_ms));
    }
}

fn fresh(number: usize) -> Slot {
    Slot {
        key: u32::try_from(number).unwrap_or(u32::MAX),
        row: ArcRwSignal::new(None),
        place: ArcRwSignal::new(0),
        top_px: ArcRwSignal::new(0.0),
        element: NodeRef::new(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "pixels of one element")]
pub(super) fn scroll_to(scroller: &web_sys::Element, at_px: f64) {
    scroller.set_scroll_top(at_px.max(0.0).round() as i32);
}
