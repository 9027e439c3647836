//! What the log's page knows: pages read from the server on demand, merged with live events under the reading lock.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::arrivals::Arrivals;
use crate::{
    api::{
        client::Latest,
        error::ApiError,
        log::{self, BoundedCount, Head, PAGE_SIZE, Side},
        messages::{MessageFilter, MessageRow},
        stats,
    },
    core::{
        filter::Filter,
        histogram::Histogram,
        log::{Log, Shown},
        range::When,
        time::{iso, parse_ms},
        viewport::Need,
    },
    state::{
        clock::{Clock, use_clock},
        live::{Listening, Live, use_live},
        session::{Session, use_session},
    },
};

/// A hand on the scroll bar passes many places; only where it rests is read.
const REST: Duration = Duration::from_millis(90);

/// Where reading stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Load {
    Reading,
    Done,
    Failed(ApiError),
}

/// What is being read besides the head.
#[derive(Clone, Copy, Debug, Default)]
struct Paging {
    is_newer: bool,
    is_older: bool,
    /// Answers of an earlier list are of no use.
    turn: u32,
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
    paging: StoredValue<Paging>,
    rest: StoredValue<Option<TimeoutHandle>>,
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

    fn next_turn(self) -> u32 {
        self.paging
            .try_update_value(|it| {
                it.turn = it.turn.wrapping_add(1);
                (it.is_newer, it.is_older) = (false, false);
                it.turn
            })
            .unwrap_or_default()
    }

    fn turn(self) -> Option<u32> {
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
            if let Ok(buckets) = stats::stored(from_ms, to_ms).await
                && self.filter.try_get_untracked().as_ref() == Some(&filter)
            {
                self.histogram.set(Histogram::of(&buckets, to_ms));
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
        let is_wide = chips == usize::from(filter.from.is_some()) + usize::from(filter.to.is_some());
        if is_bounded && is_wide {
            let total = self.histogram.with_untracked(Histogram::total);
            self.log
                .update(|it| it.believe(usize::try_from(total).unwrap_or_default()));
        }
    }

    /// Reads what the window lacks.
    pub(super) fn want(self, need: Need) {
        if self.load.with_untracked(|it| *it == Load::Reading)
            || self.more.with_untracked(|it| matches!(it, Load::Failed(_)))
        {
            return;
        }
        match need {
            Need::Nothing => {}
            Need::Newer => {
                let cursor = self.log.with_untracked(Log::newer_cursor);
                self.read_on(cursor.map(Side::Newer));
            }
            Need::Older => {
                let cursor = self.log.with_untracked(Log::older_cursor);
                self.read_on(cursor.map(Side::Older));
            }
            Need::Place(place) => {
                self.stop_resting();
                let later = move || self.go_to(place);
                self.rest
                    .set_value(set_timeout_with_handle(later, REST).ok());
            }
        }
    }

    fn stop_resting(self) {
        self.rest.try_update_value(|it| {
            it.take().inspect(TimeoutHandle::clear);
        });
    }

    fn read_on(self, side: Option<Side>) {
        let Some(side) = side else { return };
        let is_newer = matches!(side, Side::Newer(_));
        let is_free = self.paging.try_update_value(|it| {
            let flag = if is_newer {
                &mut it.is_newer
            } else {
                &mut it.is_older
            };
            !std::mem::replace(flag, true)
        });
        if is_free != Some(true) {
            return;
        }
        let (asked, turn) = (self.asked(), self.turn());
        self.more.set(Load::Reading);
        spawn_local(async move {
            let answer = log::page(asked, side, None).await;
            if self.turn() != turn || turn.is_none() {
                return;
            }
            self.paging.update_value(|it| {
                if is_newer {
                    it.is_newer = false;
                } else {
                    it.is_older = false;
                }
            });
            match answer {
                Ok(page) => {
                    self.more.set(Load::Done);
                    self.log.update(|it| {
                        if is_newer {
                            it.prepend(page);
                        } else {
                            it.append(page);
                        }
                    });
                }
                Err(error) => {
                    self.session.note(&error);
                    self.more.set(Load::Failed(error));
                }
            }
        });
    }

    /// Reads the page at a place of the whole list; by time, where it is neither at the top nor at the end.
    fn go_to(self, place: usize) {
        let (above, loaded, below) = self.log.with_untracked(Log::extent);
        let total = above + loaded + below;
        if place + PAGE_SIZE >= total {
            return self.read_place(Side::Oldest, None, total.saturating_sub(PAGE_SIZE));
        }
        #[expect(clippy::cast_precision_loss, reason = "rows of one list")]
        let fraction = place as f64 / total.max(1) as f64;
        let at_ms = self.histogram.with_untracked(|it| it.time_at(fraction));
        match at_ms.filter(|_| place >= PAGE_SIZE / 2) {
            Some(at_ms) => self.read_place(Side::Newest, Some(at_ms), place),
            None => self.read_place(Side::Newest, None, 0),
        }
    }

    /// Jumps to a moment; tells the place in the whole list that is believed to be it.
    pub(super) fn place_of_time(self, at_ms: f64) -> usize {
        let (above, loaded, below) = self.log.with_untracked(Log::extent);
        let fraction = self.histogram.with_untracked(|it| it.fraction_at(at_ms));
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of the rows of one list"
        )]
        let place = (fraction * (above + loaded + below) as f64) as usize;
        place
    }

    fn read_place(self, side: Side, until_ms: Option<f64>, place: usize) {
        let turn = self.next_turn();
        let mut asked = self.asked();
        let is_oldest = side == Side::Oldest;
        if let Some(until_ms) = until_ms {
            asked.created_to = Some(crate::core::words::Timestamp(iso(until_ms)));
            asked.as_of = None;
        }
        self.more.set(Load::Reading);
        spawn_local(async move {
            let answer = log::page(asked, side, None).await;
            if self.turn() != Some(turn) {
                return;
            }
            match answer {
                Ok(mut page) => {
                    page.has_newer |= until_ms.is_some();
                    page.has_older &= !is_oldest;
                    self.more.set(Load::Done);
                    self.log.update(|it| {
                        let (above, loaded, below) = it.extent();
                        let total = above + loaded + below;
                        let mut next = Log::of(page, place, total);
                        next.keep_waiting_of(it);
                        *it = next;
                    });
                }
                Err(error) => {
                    self.session.note(&error);
                    self.more.set(Load::Failed(error));
                }
            }
        });
    }

    /// Reads on after a failure.
    pub(super) fn try_more(self) {
        self.more.set(Load::Done);
        self.log.update(|_| ());
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
        let noun = if count.value == 1 {
            "message"
        } else {
            "messages"
        };
        format!("{}{more} {noun}", grouped(count.value))
    }
}

/// `12,480`, as the reader writes numbers.
pub(crate) fn grouped(count: i32) -> String {
    js_sys::Number::from(count)
        .to_locale_string("default")
        .as_string()
        .unwrap_or_default()
}
