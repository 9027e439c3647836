//! What the log's page knows: pages read from the server, merged with live events under the reading lock.

use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api::{
        client::Latest,
        error::ApiError,
        events::MessageEvent,
        live::Heard,
        messages::{self, BoundedCount, LogPage, MessageFilter, MessageRow, PageInfo},
    },
    core::{
        coalesce::{Coalescer, Plan},
        filter::Filter,
        lock::Reader,
        log::{Arrival, Log, Merge, Row as _},
        status::Status,
    },
    state::{
        keys::layer_is_open,
        live::{Listening, Live, use_live},
        session::{Session, use_session},
    },
};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Seconds between two summaries for a screen reader.
const ANNOUNCE_EVERY_SECONDS: u32 = 10;

/// Where reading the first page stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Load {
    Reading,
    Done,
    Failed(ApiError),
}

/// News since the last summary.
#[derive(Clone, Copy, Debug, Default)]
struct News {
    seconds: u32,
    entered: usize,
    failed: usize,
}

/// The log of one page view.
#[derive(Clone, Copy)]
pub(super) struct LogModel {
    filter: Memo<Filter>,
    pub(super) log: RwSignal<Log<MessageRow>>,
    pub(super) load: RwSignal<Load>,
    pub(super) older: RwSignal<Load>,
    /// When the rows were read, browser's clock; `None` before the first answer.
    pub(super) read_at_ms: RwSignal<Option<f64>>,
    count: RwSignal<Option<BoundedCount>>,
    pub(super) page: RwSignal<PageInfo>,
    announcement: RwSignal<String>,
    news: StoredValue<News>,
    arrivals: StoredValue<Coalescer<MessageEvent>>,
    last_input_ms: StoredValue<f64>,
    latest: StoredValue<Latest, LocalStorage>,
    listening: StoredValue<Option<Listening>, LocalStorage>,
    /// Sent from this page: never made to wait.
    own: StoredValue<Vec<String>>,
    live: Live,
    session: Session,
}

impl LogModel {
    /// An empty log that watches the reader.
    pub(super) fn new(filter: Memo<Filter>) -> Self {
        let model = Self {
            filter,
            log: RwSignal::new(Log::default()),
            load: RwSignal::new(Load::Reading),
            older: RwSignal::new(Load::Done),
            read_at_ms: RwSignal::new(None),
            count: RwSignal::new(None),
            page: RwSignal::new(PageInfo {
                has_next_page: false,
                end_cursor: None,
            }),
            announcement: RwSignal::new(String::new()),
            news: StoredValue::new(News::default()),
            arrivals: StoredValue::new(Coalescer::default()),
            last_input_ms: StoredValue::new(f64::NEG_INFINITY),
            latest: StoredValue::new_local(Latest::default()),
            listening: StoredValue::new_local(None),
            own: StoredValue::new(Vec::new()),
            live: use_live(),
            session: use_session(),
        };
        model.watch();
        model.live.when_back(move || {
            let has_failed = |it: &Load| matches!(it, Load::Failed(ApiError::Unreachable));
            if model.load.with_untracked(has_failed) {
                model.reload();
            }
        });
        model
    }

    fn watch(self) {
        let touch = move || self.last_input_ms.set_value(js_sys::Date::now());
        let keys = window_event_listener(ev::keydown, move |_| touch());
        let presses = window_event_listener(ev::pointerdown, move |_| touch());
        let wheel = window_event_listener(ev::wheel, move |_| touch());
        let look = set_interval_with_handle(move || self.look(), LOOK_EVERY).ok();
        on_cleanup(move || {
            keys.remove();
            presses.remove();
            wheel.remove();
            look.inspect(IntervalHandle::clear);
            self.latest.update_value(Latest::stop);
        });
    }

    /// Reads the first page of a filter; what is on screen stays until the answer is here.
    pub(super) fn open(self, filter: Filter) {
        self.load.set(Load::Reading);
        self.older.set(Load::Done);
        let abort = self.latest.try_update_value(Latest::renew).flatten();
        spawn_local(async move {
            match messages::list(MessageFilter::of(&filter), None, abort).await {
                Ok(page) => self.fill(page, &filter),
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    self.session.note(&error);
                    self.load.set(Load::Failed(error));
                }
            }
        });
    }

    /// Reads the first page again.
    pub(super) fn reload(self) {
        self.open(self.filter.get_untracked());
    }

    fn fill(self, page: LogPage, filter: &Filter) {
        if self.log.is_disposed() {
            return;
        }
        self.log.set(Log::of(page.nodes));
        self.count.set(Some(page.total_count));
        self.page.set(page.page_info);
        self.read_at_ms.set(Some(js_sys::Date::now()));
        self.load.set(Load::Done);
        let hear = move |heard| match heard {
            Heard::Event(event) => self.receive(*event),
            Heard::Lost => self.reload(),
        };
        let steady = MessageFilter::steady(filter);
        let listening = self.live.subscribe(steady, Some(page.event_cursor), hear);
        self.listening.set_value(Some(listening));
    }

    /// Reads the page below.
    pub(super) fn load_older(self) {
        if self.older.get_untracked() == Load::Reading {
            return;
        }
        let after = self.page.with_untracked(|it| it.end_cursor.clone());
        let filter = self.filter.get_untracked();
        self.older.set(Load::Reading);
        spawn_local(async move {
            match messages::list(MessageFilter::of(&filter), after, None).await {
                Ok(page) if self.filter.try_get_untracked().as_ref() == Some(&filter) => {
                    self.log.update(|it| it.append(page.nodes));
                    self.page.set(page.page_info);
                    self.older.set(Load::Done);
                }
                Ok(_) => {}
                Err(error) => {
                    self.session.note(&error);
                    self.older.set(Load::Failed(error));
                }
            }
        });
    }

    fn receive(self, event: MessageEvent) {
        let now = js_sys::Date::now();
        match self.arrivals.try_update_value(|it| it.push(event, now)) {
            Some(Plan::FlushIn(pause_ms)) => {
                set_timeout(
                    move || self.flush(),
                    Duration::from_secs_f64(pause_ms / 1000.0),
                );
            }
            Some(Plan::Overflow) => self.reload(),
            Some(Plan::Planned) | None => {}
        }
    }

    fn flush(self) {
        let now = js_sys::Date::now();
        let Some(events) = self.arrivals.try_update_value(|it| it.flush(now)) else {
            return;
        };
        let wait_or_enter = if self.is_reading() {
            Arrival::Wait
        } else {
            Arrival::Enter
        };
        let filter = self.filter.get_untracked();
        let mut news = self.news.get_value();
        let entered_before = news.entered;
        self.log.update(|log| {
            for event in events {
                let row = event.message;
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
                news.entered += usize::from(merge == Merge::Entered);
                news.failed += usize::from(failed && merge != Merge::Ignored);
            }
        });
        self.count_more(news.entered - entered_before);
        self.news.set_value(news);
    }

    /// A message was sent from this page: its row goes on top, wherever the pointer rests.
    pub(super) fn sent(self, id: String) {
        let has_come = self.log.with_untracked(|it| it.get(&id).is_some());
        self.own.update_value(|it| it.push(id));
        if has_come {
            self.show_waiting();
        }
    }

    /// Puts the waiting rows on top.
    pub(super) fn show_waiting(self) {
        let count = self.log.try_update(Log::show_waiting).unwrap_or_default();
        self.count_more(count);
        self.news.update_value(|it| it.entered += count);
    }

    /// How many rows wait.
    pub(super) fn waiting(self) -> usize {
        self.log.with(Log::waiting)
    }

    fn count_more(self, more: usize) {
        if more > 0 {
            let more = i32::try_from(more).unwrap_or(i32::MAX);
            self.count.update(|it| {
                if let Some(it) = it {
                    it.value = it.value.saturating_add(more);
                }
            });
        }
    }

    /// Once a second: lets waiting rows in when nobody reads any more, and says a summary now and then.
    fn look(self) {
        if self.log.with_untracked(Log::waiting) > 0 && !self.is_reading() {
            self.show_waiting();
        }
        let mut news = self.news.get_value();
        news.seconds += 1;
        if news.seconds >= ANNOUNCE_EVERY_SECONDS {
            let (entered, failed) = (news.entered, news.failed);
            news = News::default();
            match (entered, failed) {
                (0, 0) => {}
                (entered, 0) => self.announcement.set(format!("{entered} new")),
                (entered, failed) => {
                    self.announcement
                        .set(format!("{entered} new, {failed} failed"));
                }
            }
        }
        self.news.set_value(news);
    }

    fn is_reading(self) -> bool {
        let is = |selector: &str| document().query_selector(selector).ok().flatten().is_some();
        Reader {
            scrolled_px: window().scroll_y().unwrap_or_default(),
            idle_ms: js_sys::Date::now() - self.last_input_ms.get_value(),
            pointer_is_over_rows: is(".log__rows:hover"),
            focus_is_in_rows: is(".log__rows:focus-within"),
            layer_is_open: layer_is_open(),
            tab_is_hidden: document().hidden(),
        }
        .is_reading()
    }

    /// The summary for a screen reader.
    pub(super) fn announcement(self) -> String {
        self.announcement.get()
    }

    /// `1,846 messages`; a bounded count says so.
    pub(super) fn count_label(self) -> String {
        let Some(count) = self.count.get() else {
            return String::new();
        };
        let number = js_sys::Number::from(count.value)
            .to_locale_string("default")
            .as_string()
            .unwrap_or_default();
        let more = if count.is_exact { "" } else { "+" };
        let noun = if count.value == 1 {
            "message"
        } else {
            "messages"
        };
        format!("{number}{more} {noun}")
    }
}
