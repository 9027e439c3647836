//! The queue in one line of numbers.

use leptos::prelude::*;

use crate::{
    api::queue::QueueMetrics,
    core::{
        pressure::{QueueTab, rate, waits},
        say::{key, said, say},
        time::span,
    },
    route::Route,
    state::queue::use_queue,
};

/// One number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    Queued,
    Sending,
    Scheduled,
    Retrying,
    Unconfirmed,
    Dead,
    Oldest,
    Out,
    Clears,
}

impl Number {
    const ALL: [Self; 9] = [
        Self::Queued,
        Self::Sending,
        Self::Scheduled,
        Self::Retrying,
        Self::Unconfirmed,
        Self::Dead,
        Self::Oldest,
        Self::Out,
        Self::Clears,
    ];

    /// The name in `data-number`, and on screen as it is said.
    fn name(self) -> &'static str {
        match self {
            Self::Queued => key!("Queued"),
            Self::Sending => key!("Sending"),
            Self::Scheduled => key!("Scheduled"),
            Self::Retrying => key!("Retrying"),
            Self::Unconfirmed => key!("Unconfirmed"),
            Self::Dead => key!("Dead"),
            Self::Oldest => key!("Oldest"),
            Self::Out => key!("Out"),
            Self::Clears => key!("Clears in"),
        }
    }

    fn value(self, it: &QueueMetrics) -> String {
        let sum = |part: fn(&crate::api::queue::LaneMetrics) -> i32| -> String {
            it.lanes.iter().map(part).sum::<i32>().to_string()
        };
        match self {
            Self::Queued => sum(|it| it.queued),
            Self::Sending => {
                let most: i32 = it.workers.iter().map(|it| it.concurrency).sum();
                format!("{}/{most}", sum(|it| it.sending))
            }
            Self::Scheduled => sum(|it| it.scheduled),
            Self::Retrying => sum(|it| it.retrying),
            Self::Unconfirmed => it.unconfirmed().to_string(),
            Self::Dead if it.dead_messages >= 10_000 => "10,000+".to_owned(),
            Self::Dead => it.dead_messages.to_string(),
            Self::Oldest => waits(it.oldest_due_seconds),
            Self::Out => format!("{}/s", rate(it.throughput_per_second)),
            Self::Clears if it.waiting() == 0 => say!("0 s").to_owned(),
            Self::Clears if it.throughput_per_second > 0.0 => {
                span(f64::from(it.waiting()) / it.throughput_per_second * 1000.0)
            }
            Self::Clears => "—".to_owned(),
        }
    }

    /// The tab that lists what is counted.
    fn tab(self) -> Option<QueueTab> {
        match self {
            Self::Scheduled => Some(QueueTab::Schedules),
            Self::Retrying => Some(QueueTab::Retrying),
            Self::Unconfirmed => Some(QueueTab::Unconfirmed),
            Self::Dead => Some(QueueTab::Dead),
            Self::Queued | Self::Sending | Self::Oldest | Self::Out | Self::Clears => None,
        }
    }

    /// Whether a number above zero needs a person.
    fn is_alarm(self, it: &QueueMetrics) -> bool {
        match self {
            Self::Unconfirmed => it.unconfirmed() > 0,
            Self::Dead => it.dead_messages > 0,
            Self::Oldest => it.oldest_due_seconds > 60.0,
            Self::Queued
            | Self::Sending
            | Self::Scheduled
            | Self::Retrying
            | Self::Out
            | Self::Clears => false,
        }
    }
}

/// The numbers, live; dashes until known, at their final height.
#[component]
pub(super) fn Numbers() -> impl IntoView {
    let queue = use_queue();
    let one = move |number: Number| {
        let value = move || {
            queue
                .with(|it| number.value(it))
                .unwrap_or_else(|| "—".to_owned())
        };
        let is_alarm = move || queue.with(|it| number.is_alarm(it)) == Some(true);
        let label = said(number.name());
        let name = match number.tab() {
            Some(tab) => view! { <a href=Route::Queue(tab).href()>{label}</a> }.into_any(),
            None => label.into_any(),
        };
        view! {
            <div class="number-box" class:is-alarm=is_alarm>
                <dt>{name}</dt>
                <dd data-testid="queue-number" data-number=number.name()>
                    {value}
                </dd>
            </div>
        }
    };
    view! { <dl class="panel numbers">{Number::ALL.map(one).collect_view()}</dl> }
}
