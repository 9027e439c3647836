//! What limits the queue: read here, set by variables of the server's environment.

use leptos::prelude::*;

use crate::{api::queue::QueueMetrics, core::say::say, state::queue::use_queue};

/// The panel.
#[component]
pub(super) fn Limits() -> impl IntoView {
    let queue = use_queue();
    let fact =
        move |name: &'static str, value: fn(&QueueMetrics) -> String, variable: &'static str| {
            view! {
                <dt>{name}</dt>
                <dd>
                    {move || queue.with(value).unwrap_or_else(|| "—".to_owned())}
                    {(!variable.is_empty())
                        .then(|| view! { " " <code class="limits__variable">{variable}</code> })}
                </dd>
            }
        };
    view! {
        <section class="panel" aria-labelledby="limits-title" data-testid="limits">
            <h2 id="limits-title" class="panel__title">
                {say!("Limits")}
            </h2>
            <dl class="facts">
                {fact(say!("Circuit"), |it| it.circuit.label().to_owned(), "")}
                {fact("Redis", |it| it.redis.label().to_owned(), "")}
                <dt>{say!("Rate")}</dt>
                <dd>
                    {say!("a second and sender: ")}
                    <code class="limits__variable">"SEND_RATE_PER_SENDER"</code>
                </dd>
                {fact(
                    say!("At one time"),
                    |it| it.workers.iter().map(|it| it.concurrency).sum::<i32>().to_string(),
                    "SEND_CONCURRENCY",
                )}
                {fact(say!("Webhooks"), webhooks, "")}
                {fact(say!("Spool"), spool, "")}
                {fact(say!("Jobs"), |it| say!("{n} running", n = it.running_jobs), "")}
            </dl>
            <p class="limits__note faint">
                {say!("Limits are set where the server runs; it reads them when it starts.")}
            </p>
        </section>
    }
}

fn webhooks(it: &QueueMetrics) -> String {
    say!(
        "{pending} to process, {dead} dead",
        pending = it.pending_webhook_events,
        dead = it.dead_webhook_events
    )
}

fn spool(it: &QueueMetrics) -> String {
    match it.spool_bytes {
        0 => say!("empty").to_owned(),
        bytes => say!("{bytes} bytes wait for the database", bytes),
    }
}
