//! Live rows on their way into the log: merged in batches, held back while somebody reads, told in a summary.

use std::time::Duration;

use leptos::{ev, prelude::*};

use super::model::LogModel;
use crate::{
    api::{events::MessageEvent, live::Heard, messages::MessageRow},
    core::{
        coalesce::{Coalescer, Plan},
        lock::Reader,
        log::{Arrival, Log, Merge, Row as _},
        say::say,
        status::Status,
    },
    state::keys::layer_is_open,
};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Seconds between two summaries for a screen reader.
const ANNOUNCE_EVERY_SECONDS: u32 = 10;

/// News since the last summary.
#[derive(Clone, Copy, Debug, Default)]
struct News {
    seconds: u32,
    entered: usize,
    failed: usize,
}

/// What arrived and what is known about the reader.
#[derive(Clone, Copy)]
pub(super) struct Arrivals {
    announcement: RwSignal<String>,
    news: StoredValue<News>,
    events: StoredValue<Coalescer<MessageEvent>>,
    last_input_ms: StoredValue<f64>,
    /// How far the list is scrolled; told by the view.
    pub(super) scrolled_px: StoredValue<f64>,
    /// Whether rows are selected or the peek panel is open; told by the page.
    pub(super) is_at_work: StoredValue<bool>,
    /// Sent from this page: never made to wait.
    own: StoredValue<Vec<String>>,
}

impl Arrivals {
    pub(super) fn new() -> Self {
        Self {
            announcement: RwSignal::new(String::new()),
            news: StoredValue::new(News::default()),
            events: StoredValue::new(Coalescer::default()),
            last_input_ms: StoredValue::new(f64::NEG_INFINITY),
            scrolled_px: StoredValue::new(0.0),
            is_at_work: StoredValue::new(false),
            own: StoredValue::new(Vec::new()),
        }
    }

    pub(super) fn watch(self, model: LogModel) {
        let touch = move || self.last_input_ms.set_value(js_sys::Date::now());
        let keys = window_event_listener(ev::keydown, move |_| touch());
        let presses = window_event_listener(ev::pointerdown, move |_| touch());
        let wheel = window_event_listener(ev::wheel, move |_| touch());
        let look = set_interval_with_handle(move || self.look(model), LOOK_EVERY).ok();
        on_cleanup(move || {
            keys.remove();
            presses.remove();
            wheel.remove();
            look.inspect(IntervalHandle::clear);
        });
    }

    /// Another list: what was on its way to the old one is in the new one already.
    pub(super) fn forget(self) {
        self.events.set_value(Coalescer::default());
    }

    pub(super) fn hear(self, model: LogModel, heard: Heard) {
        let Heard::Event(event) = heard else {
            model.catch_up();
            return;
        };
        let now = js_sys::Date::now();
        match self.events.try_update_value(|it| it.push(*event, now)) {
            Some(Plan::FlushIn(pause_ms)) => {
                let pause = Duration::from_secs_f64(pause_ms / 1000.0);
                set_timeout(move || self.flush(model), pause);
            }
            Some(Plan::Overflow) => model.catch_up(),
            Some(Plan::Planned) | None => {}
        }
    }

    fn flush(self, model: LogModel) {
        let now = js_sys::Date::now();
        if let Some(events) = self.events.try_update_value(|it| it.flush(now)) {
            self.take(model, events.into_iter().map(|it| it.message).collect());
        }
    }

    /// Merges rows: known ones change in place, new ones enter or wait.
    pub(super) fn take(self, model: LogModel, rows: Vec<MessageRow>) {
        let wait_or_enter = if self.is_reading() {
            Arrival::Wait
        } else {
            Arrival::Enter
        };
        let filter = model.filter.get_untracked();
        let mut news = self.news.get_value();
        let entered_before = news.entered;
        model.log.maybe_update(|log| {
            let mut has_changed = false;
            for row in rows {
                let is_own = self.own.with_value(|it| it.iter().any(|id| id == row.id()));
                let arrival = if filter.matches(&row) && is_own {
                    Arrival::Enter
                } else if filter.matches(&row) {
                    wait_or_enter
                } else {
                    Arrival::Outside
                };
                let failed = matches!(row.status, Status::Failed | Status::Undelivered);
                let merge = log.merge(row, arrival);
                has_changed |= merge != Merge::Ignored;
                news.entered += usize::from(merge == Merge::Entered);
                news.failed += usize::from(failed && merge != Merge::Ignored);
            }
            has_changed
        });
        model.count_more(news.entered - entered_before);
        self.news.set_value(news);
    }

    /// So many rows came out of the buffer.
    pub(super) fn entered(self, model: LogModel, count: usize) {
        model.count_more(count);
        self.news.update_value(|it| it.entered += count);
    }

    /// A message was sent from this page: its row goes on top, wherever the pointer rests.
    pub(super) fn sent(self, model: LogModel, id: String) {
        let has_come = model.log.with_untracked(|it| it.get(&id).is_some());
        self.own.update_value(|it| it.push(id));
        if has_come {
            model.show_waiting();
        }
    }

    /// Once a second: lets waiting rows in when nobody reads any more, and says a summary now and then.
    fn look(self, model: LogModel) {
        let is_waiting = model.log.with_untracked(Log::waiting) > 0;
        if is_waiting && !untrack(|| model.live.is_paused()) && !self.is_reading() {
            model.show_waiting();
        }
        let mut news = self.news.get_value();
        news.seconds += 1;
        if news.seconds >= ANNOUNCE_EVERY_SECONDS {
            let (entered, failed) = (news.entered, news.failed);
            news = News::default();
            match (entered, failed) {
                (0, 0) => {}
                (entered, 0) => self.announcement.set(say!("{entered} new", entered)),
                (entered, failed) => {
                    let words = say!("{entered} new, {failed} failed", entered, failed);
                    self.announcement.set(words);
                }
            }
        }
        self.news.set_value(news);
    }

    fn is_reading(self) -> bool {
        let is = |selector: &str| document().query_selector(selector).ok().flatten().is_some();
        Reader {
            scrolled_px: self.scrolled_px.get_value(),
            idle_ms: js_sys::Date::now() - self.last_input_ms.get_value(),
            pointer_is_over_rows: is(".log__rows:hover"),
            focus_is_in_rows: is(".log__rows:focus-within"),
            layer_is_open: layer_is_open(),
            has_selection: self.is_at_work.get_value(),
            tab_is_hidden: document().hidden(),
        }
        .is_reading()
    }

    /// The summary for a screen reader.
    pub(super) fn announcement(self) -> String {
        self.announcement.get()
    }
}
