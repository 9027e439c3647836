//! What the overview knows: each part read for itself, again when something happens, never faster than the server likes.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    api::{
        attention::{self, Chat, Health, HealthCheck, WebhookRefusal},
        live::Heard,
        messages::MessageFilter,
        stats::{self, DeliveryBucket, FailureGroup, Tallies},
    },
    core::{
        needs::{self, Failed, Need, Waiting},
        period::{Bounds, Period},
        time::parse_ms,
    },
    state::{
        clock::{Clock, use_clock},
        live::{Listening, Live, use_live},
        queue::{Queue, use_queue},
        session::{Session, use_session},
        source::Source,
    },
};

/// Alarms are read this often while things happen: they cost the same beside any number of messages.
const SOON_MS: f64 = 1000.0;
/// Between two counts at least this, at most that; in between ten times what a count takes.
const SOONEST_MS: f64 = 1000.0;
const LATEST_MS: f64 = 30_000.0;
/// What no message tells of is asked for this often.
const SLOW: Duration = Duration::from_mins(1);
/// Refusals older than this are no alarm.
const HOUR_MS: f64 = 3_600_000.0;

/// The overview of one page view.
#[derive(Clone, Copy)]
pub(super) struct Overview {
    pub(super) period: Memo<Period>,
    /// The ends of what is on screen.
    pub(super) bounds: RwSignal<Bounds>,
    pub(super) tallies: Source<Tallies>,
    pub(super) curve: Source<Vec<DeliveryBucket>>,
    pub(super) groups: Source<Vec<FailureGroup>>,
    pub(super) chats: Source<Vec<Chat>>,
    pub(super) refusals: Source<Vec<WebhookRefusal>>,
    pub(super) checks: Source<Vec<HealthCheck>>,
    read_at_ms: StoredValue<f64>,
    counted_at_ms: StoredValue<f64>,
    pause_ms: StoredValue<f64>,
    is_planned: StoredValue<bool>,
    listening: StoredValue<Option<Listening>, LocalStorage>,
    clock: Clock,
    live: Live,
    queue: Queue,
    session: Session,
}

impl Overview {
    /// Reads everything, and goes on as things happen.
    pub(super) fn new(period: Memo<Period>) -> Self {
        let clock = use_clock();
        let model = Self {
            period,
            bounds: RwSignal::new(period.get_untracked().at(clock.server_now_ms())),
            tallies: Source::new(),
            curve: Source::new(),
            groups: Source::new(),
            chats: Source::new(),
            refusals: Source::new(),
            checks: Source::new(),
            read_at_ms: StoredValue::new(0.0),
            counted_at_ms: StoredValue::new(0.0),
            pause_ms: StoredValue::new(SOONEST_MS),
            is_planned: StoredValue::new(false),
            listening: StoredValue::new_local(None),
            clock,
            live: use_live(),
            queue: use_queue(),
            session: use_session(),
        };
        model.queue.look_closely();
        Effect::new(move |_| {
            period.track();
            model.read_all();
        });
        Effect::new(move |_| {
            if model.session.viewer().is_some() && model.session.may_act() {
                model.read_checks();
            }
        });
        model.listen();
        model.live.when_back(move || {
            if !untrack(|| model.live.is_paused()) {
                model.read_soon();
            }
        });
        let timer = set_interval_with_handle(move || model.tick(), SLOW);
        on_cleanup(move || {
            timer.ok().inspect(IntervalHandle::clear);
        });
        model
    }

    fn listen(self) {
        let hear = move |heard| match heard {
            Heard::Event(_) => self.read_soon(),
            Heard::Lost => {
                self.listening.set_value(None);
                self.listen();
                self.read_soon();
            }
        };
        let listening = self.live.subscribe(MessageFilter::default(), None, hear);
        self.listening.set_value(Some(listening));
    }

    fn tick(self) {
        if !untrack(|| self.live.is_paused()) && !document().hidden() {
            self.read_soon();
            if untrack(|| self.session.may_act()) {
                self.read_checks();
            }
        }
    }

    /// Reads everything from the beginning.
    pub(super) fn read_all(self) {
        let bounds = self.period.get_untracked().at(self.clock.server_now_ms());
        self.bounds.set(bounds);
        self.read_curve(bounds.whole_minutes(), Vec::new());
        self.read(bounds);
    }

    fn read_checks(self) {
        self.checks
            .read(|it| Box::pin(attention::checks(it)), || ());
        self.refusals
            .read(|it| Box::pin(attention::refusals(it)), || ());
    }

    /// Reads what may have changed, not more often than is kind.
    fn read_soon(self) {
        if self.is_planned.try_get_value() != Some(false) || !self.period.get_untracked().is_open()
        {
            return;
        }
        self.is_planned.set_value(true);
        let since_ms = js_sys::Date::now() - self.read_at_ms.get_value();
        // Even after silence a moment's patience: events come in swarms.
        let pause_ms = (SOON_MS - since_ms).max(150.0);
        set_timeout(
            move || {
                if self.is_planned.try_set_value(false).is_none() {
                    self.read_again();
                }
            },
            Duration::from_secs_f64(pause_ms / 1000.0),
        );
    }

    fn read_again(self) {
        let bounds = self.period.get_untracked().at(self.clock.server_now_ms());
        let since_ms = js_sys::Date::now() - self.counted_at_ms.get_value();
        if since_ms < self.pause_ms.get_value() {
            // A slow answer is waited for: asked again each second it would never come.
            if !self.groups.is_busy.get_untracked() {
                self.read_alarms(bounds);
            }
            // The counts follow once they may.
            self.read_soon();
        } else {
            self.bounds.set(bounds);
            self.read_tail(bounds.whole_minutes());
            self.read(bounds);
        }
    }

    fn read(self, bounds: Bounds) {
        let began_ms = js_sys::Date::now();
        self.counted_at_ms.set_value(began_ms);
        let took = move || {
            let took_ms = js_sys::Date::now() - began_ms;
            self.pause_ms
                .try_set_value((took_ms * 10.0).clamp(SOONEST_MS, LATEST_MS));
        };
        self.tallies
            .read(move |it| Box::pin(stats::tallies(bounds, it)), took);
        self.chats.read(|it| Box::pin(attention::chats(it)), || ());
        self.read_alarms(bounds);
    }

    fn read_alarms(self, bounds: Bounds) {
        self.read_at_ms.set_value(js_sys::Date::now());
        let whole = bounds.whole_minutes();
        self.groups
            .read(move |it| Box::pin(stats::groups(whole, it)), || ());
    }

    /// Reads the last points of the curve only, and puts them on the others.
    fn read_tail(self, bounds: Bounds) {
        let kept = self.curve.data.get_untracked().unwrap_or_default();
        let length_ms = bounds.bucket().length_ms();
        let is_within = |it: &DeliveryBucket, least: f64, most: f64| {
            parse_ms(&it.start_at.0).is_some_and(|at| at >= least && at < most)
        };
        let last_ms = kept.last().and_then(|it| parse_ms(&it.start_at.0));
        let Some(from_ms) = last_ms.map(|it| it - length_ms) else {
            return self.read_curve(bounds, Vec::new());
        };
        let kept: Vec<_> = kept
            .into_iter()
            .filter(|it| is_within(it, bounds.from_ms - length_ms, from_ms))
            .collect();
        let tail = Bounds {
            from_ms: from_ms.max(bounds.from_ms),
            to_ms: bounds.to_ms,
        };
        self.read_curve(tail, kept);
    }

    fn read_curve(self, bounds: Bounds, kept: Vec<DeliveryBucket>) {
        let whole = self.bounds.get_untracked();
        let bucket = whole.bucket();
        self.curve.read(
            move |abort| {
                Box::pin(async move {
                    let tail = stats::curve(bounds, bucket, abort).await?;
                    Ok(kept.into_iter().chain(tail).collect())
                })
            },
            || (),
        );
    }

    /// What needs a person, worst first.
    pub(super) fn needs(self) -> Vec<Need> {
        let now_ms = self.clock.now_ms();
        let mut all = Vec::new();
        self.groups.data.with(|it| {
            let groups = it.iter().flatten().map(failed);
            all.extend(groups.filter_map(needs::of_failures));
        });
        self.chats.data.with(|it| {
            let chats = it.iter().flatten().filter(|it| it.waits());
            all.extend(needs::of_windows(
                chats.filter_map(waiting).collect(),
                now_ms,
            ));
        });
        self.refusals.data.with(|it| {
            let is_new = |it: &&WebhookRefusal| {
                parse_ms(&it.last_at.0).is_some_and(|at| now_ms - at < HOUR_MS)
            };
            let fresh: Vec<_> = it.iter().flatten().filter(is_new).collect();
            if let Some(newest) = fresh.first() {
                let count = fresh.iter().map(|it| it.count).sum();
                all.extend(needs::of_refusals(count, &newest.detail, &newest.last_at.0));
            }
        });
        self.checks.data.with(|it| {
            let failing = it.iter().flatten().filter(|it| it.status == Health::Fail);
            all.extend(
                failing.map(|it| needs::of_check(&it.name, true, &it.measured, it.fix.as_deref())),
            );
        });
        self.queue.with(|it| {
            all.extend(needs::of_unconfirmed(it.unconfirmed()));
            all.extend(needs::of_parts(it.circuit, it.redis, it.waiting()));
            for lane in &it.lanes {
                if let Some(pause) = &lane.pause {
                    all.push(needs::of_pause(
                        lane.lane,
                        lane.waiting(),
                        &pause.reason,
                        &pause.since.0,
                    ));
                }
            }
        });
        needs::ranked(all)
    }
}

fn failed(group: &FailureGroup) -> Failed {
    Failed {
        code: group.code,
        count: group.count,
        meaning: group.error.as_ref().map(|it| it.meaning.clone()),
        next_step: group.error.as_ref().map(|it| it.next_step.clone()),
        first_at: group.first_at.0.clone(),
        trend: group.trend.clone(),
        stands: group.example.is_some(),
    }
}

fn waiting(chat: &Chat) -> Option<Waiting> {
    Some(Waiting {
        name: chat.contact.title().to_owned(),
        contact: chat.contact.id.inner().to_owned(),
        closes_ms: chat
            .window_closes_at
            .as_ref()
            .and_then(|it| parse_ms(&it.0))?,
    })
}
