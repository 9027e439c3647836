//! Reading on: the page beside what is loaded, or one far away, by its place or its time.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::model::{Load, LogModel};
use crate::{
    api::log::{self, PAGE_SIZE, Side},
    core::{
        histogram::Histogram,
        log::{Log, Page},
        time::iso,
        viewport::Need,
        words::Timestamp,
    },
};

/// A hand on the scroll bar passes many places; only where it rests is read.
const REST: Duration = Duration::from_millis(90);
/// How often a moment is looked for anew.
const MOST_GUESSES: usize = 10;

impl LogModel {
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

    pub(super) fn stop_resting(self) {
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
            asked.created_to = Some(Timestamp(iso(until_ms)));
            asked.as_of = None;
        }
        let (above, loaded, below) = self.log.with_untracked(Log::extent);
        let total = above + loaded + below;
        let end_ms = self.histogram.with_untracked(Histogram::range_ms);
        let end_ms = end_ms.map_or(0.0, |it| it.1);
        self.more.set(Load::Reading);
        spawn_local(async move {
            let mut until_ms = until_ms;
            let mut answer = log::page(asked.clone(), side.clone(), None).await;
            // Within one bar messages may stand close together: the guess goes on while it meets only the list's end.
            for _ in 0..MOST_GUESSES {
                let is_end = |it: &Page<_>| !it.has_older && place + 2 * PAGE_SIZE < total;
                let Some(until) = until_ms.filter(|_| answer.as_ref().is_ok_and(is_end)) else {
                    break;
                };
                let next_ms = f64::midpoint(until, end_ms);
                until_ms = Some(next_ms);
                asked.created_to = Some(Timestamp(iso(next_ms)));
                answer = log::page(asked.clone(), side.clone(), None).await;
            }
            if self.turn() != Some(turn) {
                return;
            }
            match answer {
                Ok(mut page) => {
                    page.has_newer |= until_ms.is_some();
                    page.has_older &= !is_oldest;
                    self.more.set(Load::Done);
                    self.log.update(|it| {
                        let place = if page.has_older {
                            place
                        } else {
                            total.saturating_sub(page.rows.len())
                        };
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
}
