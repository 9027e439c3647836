//! The queue's numbers as every page sees them: one subscription a tab, faster while somebody looks at them.

use std::collections::VecDeque;

use leptos::{prelude::*, task::spawn_local};

use super::{
    live::{Listening, Live, LiveStatus, use_live},
    session::{Session, use_session},
    toasts::{Toasts, use_toasts},
};
use crate::{
    api::{
        error::ApiError,
        live::payload,
        messages::{UserError, reasons},
        queue::{self, QueueMetrics, QueueWatch, watch_operation},
    },
    core::{
        chart::{ChartData, Series, Shape},
        say::say,
        time::parse_ms,
        words::Lane,
    },
};

/// Milliseconds between two looks while a page shows the numbers, and otherwise: the banner and the rail need them too.
const CLOSE_MS: i32 = 500;
const CALM_MS: i32 = 2000;
/// Samples kept for the live chart.
const MOST_SAMPLES: usize = 240;

/// One look at the queue, for the chart.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    at_ms: f64,
    waiting: f64,
    sending: f64,
    per_second: f64,
}

/// The queue of this tab.
#[derive(Clone, Copy)]
pub(crate) struct Queue {
    metrics: RwSignal<Option<QueueMetrics>>,
    samples: RwSignal<VecDeque<Sample>>,
    /// Pages that show the numbers now.
    lookers: RwSignal<u32>,
    failure: RwSignal<Option<ApiError>>,
    listening: StoredValue<Option<Listening>, LocalStorage>,
    live: Live,
    session: Session,
    toasts: Toasts,
}

impl Queue {
    /// Reads the numbers once, also where nothing comes live.
    pub(crate) fn read(self) {
        spawn_local(async move {
            let answer = queue::read().await.map(Ok);
            if let Err(error) = &answer {
                self.failure.set(Some(error.clone()));
            }
            // Said by the failure already.
            self.take(answer).unwrap_or_default();
        });
    }

    /// Why the numbers could not be read.
    pub(crate) fn failure(self) -> RwSignal<Option<ApiError>> {
        self.failure
    }

    /// Something of the numbers, once known.
    pub(crate) fn with<T>(self, read: impl FnOnce(&QueueMetrics) -> T) -> Option<T> {
        self.metrics.with(|it| it.as_ref().map(read))
    }

    /// Looks closely until the page is left.
    pub(crate) fn look_closely(self) {
        self.lookers.update(|it| *it += 1);
        on_cleanup(move || self.lookers.update(|it| *it = it.saturating_sub(1)));
    }

    /// What waits, what is sent and how fast, of the last minutes.
    pub(crate) fn chart(self) -> ChartData {
        self.samples.with(|all| {
            let series = |name, hue, value: fn(&Sample) -> f64| Series {
                name,
                hue,
                values: all.iter().map(value).collect(),
            };
            ChartData {
                shape: Shape::Lines,
                series: vec![
                    series(say!("Waiting"), 1, |it| it.waiting),
                    series(say!("Sending"), 2, |it| it.sending),
                    series(say!("Requests a second"), 3, |it| it.per_second),
                ],
                times_ms: all.iter().map(|it| it.at_ms).collect(),
                step_ms: 0.0,
            }
        })
    }

    /// Holds a lane, or all of them, then tells `then` whether it did.
    pub(crate) fn pause(
        self,
        lane: Option<Lane>,
        reason: String,
        until: Option<String>,
        then: impl FnOnce(Result<(), String>) + 'static,
    ) {
        spawn_local(async move {
            let answer = queue::pause(lane, reason, until).await;
            let outcome = self.take(answer);
            if outcome.is_ok() {
                let done = match lane {
                    Some(lane) => say!("{lane} is paused.", lane = lane.label()),
                    None => say!("Every lane is paused.").to_owned(),
                };
                self.toasts.say(done, None);
            }
            then(outcome);
        });
    }

    /// Lets a lane go on, or all of them.
    pub(crate) fn resume(self, lane: Option<Lane>) {
        spawn_local(async move {
            let answer = queue::resume(lane).await;
            let told = match (self.take(answer), lane) {
                (Ok(()), Some(lane)) => say!("{lane} goes on.", lane = lane.label()),
                (Ok(()), None) => say!("Every lane goes on.").to_owned(),
                (Err(cause), _) => say!("Not resumed. {cause}", cause),
            };
            self.toasts.say(told, None);
        });
    }

    fn take(
        self,
        answer: Result<Result<QueueMetrics, Vec<UserError>>, ApiError>,
    ) -> Result<(), String> {
        match answer {
            Ok(Ok(metrics)) => {
                self.hear(metrics);
                Ok(())
            }
            Ok(Err(errors)) => Err(reasons(errors)),
            Err(error) => {
                self.session.note(&error);
                Err(error.words())
            }
        }
    }

    fn hear(self, metrics: QueueMetrics) {
        let sample = Sample {
            at_ms: parse_ms(&metrics.at.0).unwrap_or_default(),
            waiting: f64::from(metrics.waiting()),
            sending: metrics.lanes.iter().map(|it| f64::from(it.sending)).sum(),
            per_second: metrics.throughput_per_second,
        };
        self.samples.update(|it| {
            it.push_back(sample);
            if it.len() > MOST_SAMPLES {
                it.pop_front();
            }
        });
        if self.failure.with_untracked(Option::is_some) {
            self.failure.set(None);
        }
        self.metrics.set(Some(metrics));
    }

    fn watch(self, interval_ms: i32) {
        let hear = move |frame: Option<&str>| {
            if let Some(it) = frame.and_then(payload::<QueueWatch>) {
                self.hear(it.queue_metrics);
            }
        };
        let listening = self.live.follow(&watch_operation(interval_ms), hear);
        self.listening.set_value(Some(listening));
    }
}

/// Makes the queue known below.
pub(crate) fn provide_queue() {
    let queue = Queue {
        metrics: RwSignal::new(None),
        samples: RwSignal::new(VecDeque::new()),
        lookers: RwSignal::new(0),
        failure: RwSignal::new(None),
        listening: StoredValue::new_local(None),
        live: use_live(),
        session: use_session(),
        toasts: use_toasts(),
    };
    let is_close = Memo::new(move |_| queue.lookers.get() > 0);
    Effect::new(move |_| queue.watch(if is_close.get() { CLOSE_MS } else { CALM_MS }));
    // What stood still while the connection was away is no curve.
    Effect::new(move |_| {
        if queue.live.status() == LiveStatus::Offline {
            queue.samples.update(VecDeque::clear);
        }
    });
    provide_context(queue);
}

/// The queue of this tab.
pub(crate) fn use_queue() -> Queue {
    expect_context()
}
