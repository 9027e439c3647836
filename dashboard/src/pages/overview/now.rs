//! This moment: speed, pressure, workers, and whether the parts answer.

use leptos::prelude::*;

use super::model::Overview;
use crate::{
    api::{attention::Health, queue::QueueMetrics},
    components::chart::Spark,
    core::{
        pressure::{LOST_AFTER_MS, QueueTab, rate, waits},
        time::parse_ms,
    },
    route::Route,
    state::{clock::use_clock, queue::use_queue, session::use_session},
};

/// The panel, live.
#[component]
pub(super) fn RightNow(model: Overview) -> impl IntoView {
    let (queue, clock, session) = (use_queue(), use_clock(), use_session());
    let speed = Signal::derive(move || {
        let series = queue.chart().series;
        series
            .into_iter()
            .next_back()
            .map(|it| it.values)
            .unwrap_or_default()
    });
    let value = move |read: fn(&QueueMetrics) -> String| {
        move || queue.with(read).unwrap_or_else(|| "—".to_owned())
    };
    let workers = move || {
        let now_ms = clock.now_ms();
        let is_alive = |at: &str| parse_ms(at).is_some_and(|it| now_ms - it < LOST_AFTER_MS);
        queue.with(|it| {
            let alive = it
                .workers
                .iter()
                .filter(|it| is_alive(&it.seen_at.0))
                .count();
            format!("{alive} of {} alive", it.workers.len())
        })
    };
    let doctor = move || {
        model.checks.data.with(|it| {
            let checks = it.as_ref()?;
            let good = checks.iter().filter(|it| it.status == Health::Ok).count();
            Some(format!("{good} of {} in order", checks.len()))
        })
    };
    let summary = move || {
        queue
            .with(|it| format!("{} requests a second now", rate(it.throughput_per_second)))
            .unwrap_or_default()
    };
    view! {
        <section class="panel" aria-labelledby="now-title" data-testid="right-now">
            <h2 id="now-title" class="panel__title">
                "Right now"
                <a class="panel__act" href=Route::Queue(QueueTab::Live).href()>
                    "Queue"
                </a>
            </h2>
            <p class="now__speed">
                <strong>{value(|it| rate(it.throughput_per_second))}</strong>
                <span class="faint">" requests a second"</span>
                <Spark values=speed summary=Signal::derive(summary) />
            </p>
            <dl class="facts">
                <dt>"Waiting"</dt>
                <dd data-testid="now-waiting">{value(|it| it.waiting().to_string())}</dd>
                <dt>"Oldest waits"</dt>
                <dd>{value(|it| waits(it.oldest_due_seconds))}</dd>
                <dt>"Workers"</dt>
                <dd>{workers}</dd>
                <dt>"Circuit"</dt>
                <dd>{value(|it| it.circuit.label().to_owned())}</dd>
                <dt>"Redis"</dt>
                <dd>{value(|it| it.redis.label().to_owned())}</dd>
                <dt>"Webhooks"</dt>
                <dd>
                    {value(|it| {
                        format!("{} to process, {} dead", it.pending_webhook_events, it.dead_webhook_events)
                    })}
                </dd>
                {move || session.may_act().then(|| view! { <dt>"Doctor"</dt>
                    <dd>
                        <a href="/doctor">{move || doctor().unwrap_or_else(|| "looking…".to_owned())}</a>
                    </dd> })}
            </dl>
        </section>
    }
}
