//! What became of messages over time. Dragging over it makes that stretch the page's period.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::model::Overview;
use crate::{
    api::stats::DeliveryBucket,
    components::chart::AreaChart,
    core::{
        chart::{ChartData, Series, Shape, grouped},
        period::{Period, group_size},
        query,
        say::say,
        time::{parse_ms, span},
    },
    pages::trouble::Trouble,
};

/// The chart.
#[component]
pub(super) fn Outcomes(model: Overview) -> impl IntoView {
    let chart = Signal::derive(move || {
        model
            .curve
            .data
            .with(|it| data(it.as_deref().unwrap_or_default()))
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
                "In this period {delivered} were delivered, {failed} failed and {unclear} got no clear answer",
                delivered = sum(0),
                failed = sum(1),
                unclear = sum(2)
            )
        })
    });
    let navigate = use_navigate();
    let on_pick = Callback::new(move |(from, to): (f64, f64)| {
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(
            &format!("/{}", query::join(&Period::Between(from, to).to_pairs())),
            options,
        );
    });
    view! {
        <section
            class="panel"
            aria-labelledby="outcomes-title"
            aria-busy=move || model.curve.is_cold().to_string()
        >
            <h2 id="outcomes-title" class="panel__title">
                {say!("Outcomes")}
                <span class="panel__count">{move || chart.with(|it| step_words(it.step_ms))}</span>
            </h2>
            <Trouble
                failure=model.curve.failure
                on_retry=Callback::new(move |()| model.read_all())
            />
            <AreaChart data=chart title=say!("Outcomes over time") summary=summary on_pick=on_pick />
        </section>
    }
}

fn data(buckets: &[DeliveryBucket]) -> ChartData {
    let size = group_size(buckets.len());
    let series = |name, hue, value: fn(&DeliveryBucket) -> i32| {
        let values: Vec<f64> = buckets.iter().map(|it| f64::from(value(it))).collect();
        Series {
            name,
            hue,
            values: grouped(&values, size),
        }
    };
    let times_ms: Vec<f64> = buckets
        .iter()
        .step_by(size)
        .map(|it| parse_ms(&it.start_at.0).unwrap_or_default())
        .collect();
    ChartData {
        shape: Shape::Stacked,
        series: vec![
            series(say!("Delivered"), 2, |it| it.counts.delivered),
            series(say!("Failed"), 4, |it| {
                it.counts.failed + it.counts.undelivered
            }),
            series(say!("No clear answer"), 3, |it| it.counts.unconfirmed),
        ],
        step_ms: times_ms
            .get(1)
            .zip(times_ms.first())
            .map_or(0.0, |(next, first)| next - first),
        times_ms,
    }
}

/// How long a point is, in words.
fn step_words(step_ms: f64) -> String {
    say!("{time} a point", time = span(step_ms))
}
