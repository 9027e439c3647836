//! What the log of webhooks knows. The server tells no events of it, so while Live is on its first page is read again
//! now and then, and soon after something happened to a message; under the reading lock, as in the log of messages.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use crate::{
    api::{
        client::Latest,
        live::Heard,
        messages::MessageFilter,
        webhooks::{self, Hook, HookPage, WebhookEventFilter},
    },
    core::{
        facets::Facets,
        lock::Reader,
        log::{Arrival, Log, Merge, Page, Row, Shown},
        say::say,
        webhook::HookState,
    },
    pages::reading::{Load, Reading},
    state::{
        keys::layer_is_open,
        live::{Listening, Live, LiveStatus, use_live},
        session::{Session, use_session},
    },
};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks between two reads while nothing happens.
const IDLE_LOOKS: u32 = 10;
/// Several hints in a row are one read.
const CALM: Duration = Duration::from_millis(400);

/// An event, as new as the read that brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) hook: Hook,
    read: i32,
}

impl Row for Seen {
    fn id(&self) -> &str {
        self.hook.id.inner()
    }

    fn version(&self) -> i32 {
        self.read
    }
}

/// The log of one page view.
#[derive(Clone, Copy)]
pub(super) struct HookModel {
    filter: Memo<Facets>,
    pub(super) log: RwSignal<Log<Seen>>,
    pub(super) reading: Reading,
    pub(super) older: RwSignal<Load>,
    announcement: RwSignal<String>,
    reads: StoredValue<i32>,
    looks: StoredValue<u32>,
    last_input_ms: StoredValue<f64>,
    latest: StoredValue<Latest, LocalStorage>,
    hint: StoredValue<Option<TimeoutHandle>>,
    listening: StoredValue<Option<Listening>, LocalStorage>,
    live: Live,
    session: Session,
}

impl HookModel {
    /// An empty log that watches the reader and the server.
    pub(super) fn new(filter: Memo<Facets>) -> Self {
        let model = Self {
            filter,
            log: RwSignal::new(Log::default()),
            reading: Reading::new(),
            older: RwSignal::new(Load::Done),
            announcement: RwSignal::new(String::new()),
            reads: StoredValue::new(0),
            looks: StoredValue::new(0),
            last_input_ms: StoredValue::new(f64::NEG_INFINITY),
            latest: StoredValue::new_local(Latest::default()),
            hint: StoredValue::new(None),
            listening: StoredValue::new_local(None),
            live: use_live(),
            session: use_session(),
        };
        model.watch();
        model
            .reading
            .mend_by(Callback::new(move |()| model.reload()));
        model.live.when_back(move || model.refresh());
        model
    }

    fn watch(self) {
        let touch = move || self.last_input_ms.set_value(js_sys::Date::now());
        let keys = window_event_listener(ev::keydown, move |_| touch());
        let presses = window_event_listener(ev::pointerdown, move |_| touch());
        let wheel = window_event_listener(ev::wheel, move |_| touch());
        let look = set_interval_with_handle(move || self.look(), LOOK_EVERY).ok();
        self.listen();
        on_cleanup(move || {
            keys.remove();
            presses.remove();
            wheel.remove();
            look.inspect(IntervalHandle::clear);
            self.latest.update_value(Latest::stop);
            self.hint.update_value(|it| {
                it.take().inspect(TimeoutHandle::clear);
            });
        });
    }

    /// Whatever happens to a message came by a webhook more often than not.
    fn listen(self) {
        let hear = move |heard| match heard {
            Heard::Event(_) => self.refresh_soon(),
            Heard::Lost => self.listen(),
        };
        let listening = self.live.subscribe(MessageFilter::default(), None, hear);
        self.listening.set_value(Some(listening));
    }

    /// Reads the first page of a filter; what is on screen stays until the answer is here.
    pub(super) fn open(self, filter: Facets) {
        self.reading.begin();
        self.older.set(Load::Done);
        self.read(filter, move |page| {
            let page = self.page(page, false);
            let count = page.rows.len();
            self.log.set(Log::of(page, 0, count));
        });
    }

    /// Reads the first page again.
    pub(super) fn reload(self) {
        self.open(self.filter.get_untracked());
    }

    fn read(self, filter: Facets, take: impl FnOnce(HookPage) + 'static) {
        let abort = self.latest.try_update_value(Latest::renew).flatten();
        spawn_local(async move {
            let answer = webhooks::list(WebhookEventFilter::of(&filter), None, abort).await;
            self.reading.end(answer, take);
        });
    }

    fn seen(self, hooks: Vec<Hook>) -> Vec<Seen> {
        let read = self
            .reads
            .try_update_value(|it| {
                *it += 1;
                *it
            })
            .unwrap_or_default();
        hooks.into_iter().map(|hook| Seen { hook, read }).collect()
    }

    fn page(self, page: HookPage, has_newer: bool) -> Page<Seen> {
        Page {
            rows: self.seen(page.nodes),
            start: None,
            end: page.page_info.end_cursor,
            has_newer,
            has_older: page.page_info.has_next_page,
        }
    }

    fn refresh_soon(self) {
        let timer = set_timeout_with_handle(move || self.refresh(), CALM).ok();
        self.hint.try_update_value(|it| {
            if let Some(before) = std::mem::replace(it, timer) {
                before.clear();
            }
        });
    }

    /// Merges what is new at the top and what changed, when Live is on and nothing else is being read.
    fn refresh(self) {
        let is_live = untrack(|| self.live.status()) == LiveStatus::Live;
        let is_idle = self.reading.load.try_get_untracked() == Some(Load::Done);
        if !is_live || !is_idle || document().hidden() {
            return;
        }
        self.looks.set_value(0);
        let filter = self.filter.get_untracked();
        let abort = self.latest.try_update_value(Latest::renew).flatten();
        spawn_local(async move {
            let answer = webhooks::list(WebhookEventFilter::of(&filter), None, abort).await;
            match answer {
                Ok(page) if self.filter.try_get_untracked().as_ref() == Some(&filter) => {
                    self.merge(page);
                }
                Ok(_) => {}
                // The next look tries again; the banner tells when the server is away.
                Err(error) => self.session.note(&error),
            }
        });
    }

    fn merge(self, page: HookPage) {
        let arrival = if self.is_reading() {
            Arrival::Wait
        } else {
            Arrival::Enter
        };
        let touches = self.log.with_untracked(|log| {
            log.is_empty() || page.nodes.iter().any(|it| log.get(it.id.inner()).is_some())
        });
        if !touches && page.page_info.has_next_page {
            // More came than one page holds: begin anew rather than leave a gap, once nobody reads.
            if arrival == Arrival::Enter {
                self.reload();
            }
            return;
        }
        let rows = self.seen(page.nodes);
        let mut entered = 0;
        self.log.try_update(|log| {
            // Oldest first: each new one goes on top.
            for row in rows.into_iter().rev() {
                entered += usize::from(log.merge(row, arrival) == Merge::Entered);
            }
        });
        if entered > 0 {
            self.announcement.try_set(say!("{n} new", n = entered));
        }
    }

    /// Reads the page below.
    pub(super) fn load_older(self) {
        if self.older.get_untracked() == Load::Reading {
            return;
        }
        let after = self.log.with_untracked(Log::older_cursor);
        let filter = self.filter.get_untracked();
        self.older.set(Load::Reading);
        spawn_local(async move {
            let answer = webhooks::list(WebhookEventFilter::of(&filter), after, None).await;
            if self.filter.try_get_untracked().as_ref() != Some(&filter) {
                return;
            }
            match answer {
                Ok(page) => {
                    let page = self.page(page, true);
                    self.log.update(|it| it.append(page));
                    self.older.set(Load::Done);
                }
                Err(error) => {
                    self.session.note(&error);
                    self.older.set(Load::Failed(error));
                }
            }
        });
    }

    /// Puts one event in the place of its older self.
    pub(super) fn put(self, hook: Hook) {
        let rows = self.seen(vec![hook]);
        self.log.update(|log| {
            for row in rows {
                log.merge(row, Arrival::Outside);
            }
        });
    }

    /// Puts the waiting rows on top.
    pub(super) fn show_waiting(self) {
        let shown = self.log.try_update(Log::show_waiting);
        if shown == Some(Shown::ReadAgain) {
            self.reload();
        }
    }

    /// Whether an event still is of this view.
    pub(super) fn matches(self, hook: &Hook) -> bool {
        self.filter.with(|it| {
            let state = it.get("state").and_then(HookState::parse);
            state.is_none_or(|state| state == hook.state)
        })
    }

    /// How many rows wait.
    pub(super) fn waiting(self) -> usize {
        self.log.with(Log::waiting)
    }

    /// Once a second: lets waiting rows in when nobody reads any more, and reads again now and then.
    fn look(self) {
        if self.log.with_untracked(Log::waiting) > 0 && !self.is_reading() {
            self.show_waiting();
        }
        let looks = self.looks.get_value() + 1;
        self.looks.set_value(looks);
        if looks >= IDLE_LOOKS {
            self.refresh();
        }
    }

    fn is_reading(self) -> bool {
        let is = |selector: &str| document().query_selector(selector).ok().flatten().is_some();
        Reader {
            scrolled_px: window().scroll_y().unwrap_or_default(),
            idle_ms: js_sys::Date::now() - self.last_input_ms.get_value(),
            pointer_is_over_rows: is(".list__rows:hover"),
            focus_is_in_rows: is(".list__rows:focus-within"),
            layer_is_open: layer_is_open(),
            has_selection: false,
            tab_is_hidden: document().hidden(),
        }
        .is_reading()
    }

    /// The summary for a screen reader.
    pub(super) fn announcement(self) -> String {
        self.announcement.get()
    }

    /// `50 newest`, or how many there are.
    pub(super) fn count_label(self) -> String {
        if self.reading.read_at_ms.with(Option::is_none) {
            return String::new();
        }
        let (_, count, older) = self.log.with(Log::extent);
        if older > 0 {
            say!("the newest {count}", count)
        } else {
            say!(count, "{n} event" | "{n} events", n = count)
        }
    }
}
