//! This moment: speed, pressure, workers, and whether the parts answer.

use leptos::prelude::*;

use super::model::Overview;
use crate::{
    api::{attention::Health, queue::QueueMetrics},
    components::chart::Spark,
    core::{
        pressure::{LOST_AFTER_MS, QueueTab, rate, waits},
        say::say,
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
            say!("{alive} of {total} alive", alive, total = it.workers.len())
        })
    };
    let doctor = move || {
        model.checks.data.with(|it| {
            let checks = it.as_ref()?;
            let good = checks.iter().filter(|it| it.status == Health::Ok).count();
            Some(say!(
                "{good} of {total} in order",
                good,
                total = checks.len()
            ))
        })
    };
    let summary = move || {
        queue
            .with(|it| {
                say!(
                    "{rate} requests a second now",
                    rate = rate(it.throughput_per_second)
                )
            })
            .unwrap_or_default()
    };
    view! {
        <section class="panel" aria-labelledby="now-title" data-testid="right-now">
            <h2 id="now-title" class="panel__title">
                {say!("Right now")}
                <a class="panel__act" href=Route::Queue(QueueTab::Live).href()>
                    {say!("Queue")}
                </a>
            </h2>
            <p class="now__speed">
                <strong>{value(|it| rate(it.throughput_per_second))}</strong>
                <span class="faint">{say!(" requests a second")}</span>
                <Spark values=speed summary=Signal::derive(summary) />
            </p>
            <dl class="facts">
                <dt>{say!("Waiting")}</dt>
                <dd data-testid="now-waiting">{value(|it| it.waiting().to_string())}</dd>
                <dt>{say!("Oldest waits")}</dt>
                <dd>{value(|it| waits(it.oldest_due_seconds))}</dd>
                <dt>{say!("Workers")}</dt>
                <dd>{workers}</dd>
                <dt>{say!("Circuit")}</dt>
                <dd>{value(|it| it.circuit.label().to_owned())}</dd>
                <dt>"Redis"</dt>
                <dd>{value(|it| it.redis.label().to_owned())}</dd>
                <dt>{say!("Webhooks")}</dt>
                <dd>
                    {value(|it| {
                        say!("{pending} to process, {dead} dead", pending = it.pending_webhook_events, dead = it.dead_webhook_events)
                    })}
                </dd>
                {move || session.may_act().then(|| view! { <dt>{say!("Doctor")}</dt>
                    <dd>
                        <a href="/doctor">{move || doctor().unwrap_or_else(|| say!("looking…").to_owned())}</a>
                    </dd> })}
            </dl>
        </section>
    }
}
