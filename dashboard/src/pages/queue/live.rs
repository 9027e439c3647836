//! The first tab: lanes, the last minutes as they pass, the last hour, what limits it all.

use std::time::Duration;

use leptos::prelude::*;

use super::{lanes::Lanes, limits::Limits, pause::Hold};
use crate::{
    api::stats::{self, DeliveryBucket},
    components::chart::AreaChart,
    core::{
        chart::{ChartData, Series, Shape},
        period::{Bucket, Period},
        pressure::rate,
        say::say,
        time::parse_ms,
    },
    pages::trouble::Trouble,
    state::{clock::use_clock, live::use_live, queue::use_queue, source::Source},
};

/// The server counts by the minute.
const REFRESH: Duration = Duration::from_secs(15);

/// Lanes, charts and limits.
#[component]
pub(super) fn LiveTab(hold: Hold) -> impl IntoView {
    let queue = use_queue();
    let chart = Signal::derive(move || queue.chart());
    let summary = Signal::derive(move || {
        queue
            .with(|it| {
                say!(
                    "{waiting} waiting, {rate} requests a second now",
                    waiting = it.waiting(),
                    rate = rate(it.throughput_per_second)
                )
            })
            .unwrap_or_else(|| say!("No numbers yet").to_owned())
    });
    view! {
        <Lanes hold=hold />
        <div class="queue__charts">
            <section class="panel" aria-labelledby="depth-title">
                <h2 id="depth-title" class="panel__title">
                    {say!("As it happens")}
                </h2>
                <AreaChart data=chart title=say!("The queue as it happens") summary=summary />
            </section>
            <LastHour />
            <Limits />
        </div>
    }
}

#[component]
fn LastHour() -> impl IntoView {
    let (clock, live) = (use_clock(), use_live());
    let source = Source::<Vec<DeliveryBucket>>::new();
    let read = move || {
        let bounds = Period::Back(60).at(clock.server_now_ms()).whole_minutes();
        source.read(
            move |abort| Box::pin(stats::curve(bounds, Bucket::Minute, abort)),
            || (),
        );
    };
    read();
    let timer = set_interval_with_handle(
        move || {
            if !untrack(|| live.is_paused()) && !document().hidden() {
                read();
            }
        },
        REFRESH,
    );
    on_cleanup(move || {
        timer.ok().inspect(IntervalHandle::clear);
    });
    let chart = Signal::derive(move || {
        let buckets = source.data.get().unwrap_or_default();
        let series = |name, hue, value: fn(&DeliveryBucket) -> i32| Series {
            name,
            hue,
            values: buckets.iter().map(|it| f64::from(value(it))).collect(),
        };
        ChartData {
            shape: Shape::Lines,
            series: vec![
                series(say!("In"), 1, |it| it.counts.created),
                series(say!("Out"), 2, |it| it.counts.accepted),
                series(say!("Failed"), 4, |it| it.counts.failed),
            ],
            times_ms: buckets
                .iter()
                .map(|it| parse_ms(&it.start_at.0).unwrap_or_default())
                .collect(),
            step_ms: Bucket::Minute.length_ms(),
        }
    });
    let summary = Signal::derive(move || {
        chart.with(|it| {
            let sum = |at: usize| -> f64 {
                it.series
                    .get(at)
                    .map(|it| it.values.iter().sum())
                    .unwrap_or_default()
            };
            say!(
                "In the last hour {created} messages came in, {accepted} went out, {failed} failed",
                created = sum(0),
                accepted = sum(1),
                failed = sum(2)
            )
        })
    });
    view! {
        <section class="panel" aria-labelledby="hour-title" aria-busy=move || source.is_cold().to_string()>
            <h2 id="hour-title" class="panel__title">
                {say!("Last hour, a minute at a time")}
            </h2>
            <Trouble failure=source.failure on_retry=Callback::new(move |()| read()) />
            <AreaChart data=chart title=say!("In and out a minute") summary=summary />
        </section>
    }
}
