//! What the log's page knows: pages read from the server on demand, merged with live events under the reading lock.

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::arrivals::Arrivals;
use crate::{
    api::{
        client::Latest,
        error::ApiError,
        histogram,
        log::{self, Head},
        messages::{BoundedCount, MessageFilter, MessageRow},
    },
    components::number::grouped,
    core::{
        filter::Filter,
        histogram::Histogram,
        log::{Log, Shown},
        range::When,
        say::say,
        time::parse_ms,
    },
    state::{
        clock::{Clock, use_clock},
        live::{Listening, Live, use_live},
        session::{Session, use_session},
    },
};

/// Where reading stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Load {
    Reading,
    Done,
    Failed(ApiError),
}

/// What is being read besides the head.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paging {
    pub(super) is_newer: bool,
    pub(super) is_older: bool,
    /// Answers of an earlier list are of no use.
    pub(super) turn: u32,
}

/// The log of one page view.
#[derive(Clone, Copy)]
pub(super) struct LogModel {
    pub(super) filter: Memo<Filter>,
    pub(super) log: RwSignal<Log<MessageRow>>,
    pub(super) load: RwSignal<Load>,
    /// Reading on, or a far place.
    pub(super) more: RwSignal<Load>,
    /// When the rows were read, browser's clock; `None` before the first answer.
    pub(super) read_at_ms: RwSignal<Option<f64>>,
    pub(super) count: RwSignal<Option<BoundedCount>>,
    pub(super) histogram: RwSignal<Histogram>,
    /// What `-24h` is counted from, until the list is read anew.
    anchor_ms: StoredValue<f64>,
    pub(super) paging: StoredValue<Paging>,
    pub(super) rest: StoredValue<Option<TimeoutHandle>>,
    latest: StoredValue<Latest, LocalStorage>,
    listening: StoredValue<Option<Listening>, LocalStorage>,
    pub(super) arrivals: Arrivals,
    pub(super) live: Live,
    pub(super) session: Session,
    clock: Clock,
}

impl LogModel {
    /// An empty log that watches the reader.
    pub(super) fn new(filter: Memo<Filter>) -> Self {
        let model = Self {
            filter,
            log: RwSignal::new(Log::default()),
            load: RwSignal::new(Load::Reading),
            more: RwSignal::new(Load::Done),
            read_at_ms: RwSignal::new(None),
            count: RwSignal::new(None),
            histogram: RwSignal::new(Histogram::default()),
            anchor_ms: StoredValue::new(0.0),
            paging: StoredValue::new(Paging::default()),
            rest: StoredValue::new(None),
            latest: StoredValue::new_local(Latest::default()),
            listening: StoredValue::new_local(None),
            arrivals: Arrivals::new(),
            live: use_live(),
            session: use_session(),
            clock: use_clock(),
        };
        model.arrivals.watch(model);
        model.live.when_back(move || {
            let has_failed = |it: &Load| matches!(it, Load::Failed(ApiError::Unreachable));
            if model.load.with_untracked(has_failed) {
                model.reload();
            } else if model.more.with_untracked(has_failed) {
                model.more.set(Load::Done);
            }
        });
        on_cleanup(move || {
            model.latest.update_value(Latest::stop);
            model.stop_resting();
        });
        model
    }

    /// The filter as the API takes it, its relative ends resolved once.
    pub(super) fn asked(self) -> MessageFilter {
        let now_ms = self.anchor_ms.get_value();
        self.filter
            .with_untracked(|it| MessageFilter::of(it, now_ms))
    }

    /// The server's clock now.
    pub(super) fn now_ms(self) -> f64 {
        self.clock.server_now_ms()
    }

    /// Reads the newest page of a filter; what is on screen stays until the answer is here.
    pub(super) fn open(self, filter: Filter) {
        self.load.set(Load::Reading);
        self.more.set(Load::Done);
        self.stop_resting();
        self.next_turn();
        self.anchor_ms.set_value(self.now_ms());
        let asked = MessageFilter::of(&filter, self.anchor_ms.get_value());
        let abort = self.latest.try_update_value(Latest::renew).flatten();
        spawn_local(async move {
            match log::head(asked, abort).await {
                Ok(head) => self.fill(head, &filter),
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    self.session.note(&error);
                    self.load.set(Load::Failed(error));
                }
            }
        });
    }

    /// Reads the newest page again.
    pub(super) fn reload(self) {
        self.open(self.filter.get_untracked());
    }

    pub(super) fn next_turn(self) -> u32 {
        self.paging
            .try_update_value(|it| {
                it.turn = it.turn.wrapping_add(1);
                (it.is_newer, it.is_older) = (false, false);
                it.turn
            })
            .unwrap_or_default()
    }

    pub(super) fn turn(self) -> Option<u32> {
        self.paging.try_with_value(|it| it.turn)
    }

    fn fill(self, head: Head, filter: &Filter) {
        if self.log.is_disposed() {
            return;
        }
        self.next_turn();
        let total = usize::try_from(head.count.value).unwrap_or_default();
        self.arrivals.forget();
        self.log.set(Log::of(head.page, 0, total));
        self.count.set(Some(head.count));
        self.read_at_ms.set(Some(js_sys::Date::now()));
        self.load.set(Load::Done);
        self.listen(filter, Some(head.event_cursor));
        self.read_histogram(filter.clone());
    }

    /// Nothing new can belong to the past.
    fn listen(self, filter: &Filter, cursor: Option<String>) {
        let listening = (!filter.is_frozen()).then(|| {
            let steady = MessageFilter::steady(filter);
            self.live
                .subscribe(steady, cursor, move |heard| self.arrivals.hear(self, heard))
        });
        self.listening.set_value(listening);
    }

    /// The stream broke off: the head is read again, and what is on screen stays where it is.
    pub(super) fn catch_up(self) {
        let filter = self.filter.get_untracked();
        let asked = self.asked();
        spawn_local(async move {
            match log::head(asked, None).await {
                Ok(head) if self.filter.try_get_untracked().as_ref() == Some(&filter) => {
                    self.count.set(Some(head.count));
                    self.arrivals.take(self, head.page.rows);
                    self.listen(&filter, Some(head.event_cursor));
                }
                Ok(_) | Err(ApiError::Aborted) => {}
                Err(error) => {
                    self.session.note(&error);
                    self.load.set(Load::Failed(error));
                }
            }
        });
    }

    /// How the list lies in time: of the range, or of everything there is.
    fn read_histogram(self, filter: Filter) {
        let now_ms = self.anchor_ms.get_value();
        let asked = MessageFilter::of(&filter, now_ms);
        spawn_local(async move {
            let from_ms = match &filter.from {
                Some(from) => Some(from.ms(now_ms)),
                None => match log::oldest(asked).await {
                    Ok(oldest) => oldest.and_then(|it| parse_ms(&it.0)),
                    Err(_) => None,
                },
            };
            let end = filter.as_of.as_deref().and_then(When::parse);
            let end = filter.to.clone().or(end);
            let to_ms = end.map_or(now_ms, |it| it.ms(now_ms)) + 1000.0;
            let Some(from_ms) = from_ms.filter(|it| *it < to_ms) else {
                return;
            };
            // A picture beside the list: without it the list still works.
            if let Ok(buckets) = histogram::stored(from_ms, to_ms).await
                && self.filter.try_get_untracked().as_ref() == Some(&filter)
            {
                // Nothing is newer than the newest row: the bars end there.
                let newest = self.log.with_untracked(|it| {
                    let first = it.at(0).filter(|_| it.extent().0 == 0);
                    first.and_then(|it| parse_ms(&it.created_at.0))
                });
                let end_ms = newest.map_or(to_ms, |it| to_ms.min(it + 1000.0));
                self.histogram.set(Histogram::of(&buckets, from_ms, end_ms));
                self.believe(&filter);
            }
        });
    }

    /// Where counting stopped, the sum of the bars is the number of rows; of a narrow filter nobody knows it.
    fn believe(self, filter: &Filter) {
        let is_bounded = self
            .count
            .with_untracked(|it| it.is_some_and(|it| !it.is_exact));
        let chips = filter.chips().len();
        let is_wide =
            chips == usize::from(filter.from.is_some()) + usize::from(filter.to.is_some());
        if is_bounded && is_wide {
            let total = self.histogram.with_untracked(Histogram::total);
            self.log
                .update(|it| it.believe(usize::try_from(total).unwrap_or_default()));
        }
    }

    /// Puts the waiting rows on top, or reads the top again where they are too many to keep.
    pub(super) fn show_waiting(self) {
        match self.log.try_update(Log::show_waiting) {
            Some(Shown::Here(count)) => self.arrivals.entered(self, count),
            Some(Shown::ReadAgain) => self.reload(),
            None => {}
        }
    }

    /// How many rows wait.
    pub(super) fn waiting(self) -> usize {
        self.log.with(Log::waiting)
    }

    /// More messages than were counted.
    pub(super) fn count_more(self, more: usize) {
        if more > 0 {
            let more = i32::try_from(more).unwrap_or(i32::MAX);
            self.count.update(|it| {
                if let Some(it) = it.as_mut().filter(|it| it.is_exact) {
                    it.value = it.value.saturating_add(more);
                }
            });
        }
    }

    /// `1,846 messages`; a bounded count says so.
    pub(super) fn count_label(self) -> String {
        let Some(count) = self.count.get() else {
            return String::new();
        };
        let more = if count.is_exact { "" } else { "+" };
        let n = format!("{}{more}", grouped(count.value));
        say!(count.value, "{n} message" | "{n} messages", n)
    }
}
