//! The processes that work on the queue, and when each was last heard of.

use leptos::prelude::*;

use crate::{
    api::queue::{QueueMetrics, WorkerNode},
    components::{badge::Badge, icon::Icon, keyed::Keyed, notice::Empty, when::Ago},
    core::{pressure::LOST_AFTER_MS, say::say, status::Tone, time::parse_ms},
    state::{clock::use_clock, queue::use_queue},
};

/// The table.
#[component]
pub(super) fn Workers() -> impl IntoView {
    let queue = use_queue();
    let ids = Memo::new(move |_| {
        let ids = |it: &QueueMetrics| {
            it.workers
                .iter()
                .map(|it| it.id.inner().to_owned())
                .collect::<Vec<_>>()
        };
        queue.with(ids).unwrap_or_default()
    });
    let is_none = move || queue.with(|it| it.workers.is_empty()) == Some(true);
    let row = Callback::new(|id: String| view! { <WorkerRow id=id /> }.into_any());
    view! {
        <section class="panel" aria-label=say!("Workers")>
            <Show
                when=move || !is_none()
                fallback=|| {
                    view! {
                        <Empty
                            icon=Icon::TriangleAlert
                            title=say!("No process reports itself").to_owned()
                        >
                            <p>
                                {say!("Nothing is taken from the queue. Start one with ")}
                                <code>"waybill serve"</code> "."
                            </p>
                        </Empty>
                    }
                }
            >
                <div
                    class="scroll-x"
                    tabindex="0"
                    role="region"
                    aria-label=say!("Table of workers")
                >
                    <table class="plain">
                        <caption class="hidden">{say!("Processes, by name")}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{say!("Process")}</th>
                                <th scope="col">{say!("State")}</th>
                                <th scope="col">{say!("Does")}</th>
                                <th scope="col" class="number">{say!("Sending")}</th>
                                <th scope="col">{say!("Last heard of")}</th>
                                <th scope="col">{say!("Runs since")}</th>
                                <th scope="col">{say!("Version")}</th>
                            </tr>
                        </thead>
                        <tbody>
                            <Keyed keys=ids.into() row=row />
                        </tbody>
                    </table>
                </div>
            </Show>
            <p class="limits__note faint">
                {say!(
                    "Each reports itself every 5 seconds. What a lost process was sending becomes unconfirmed once its \
                     lease ends: nothing is sent twice."
                )}
            </p>
        </section>
    }
}

#[component]
fn WorkerRow(id: String) -> impl IntoView {
    let (clock, queue) = (use_clock(), use_queue());
    let key = StoredValue::new(id.clone());
    let fact = move |part: fn(&WorkerNode) -> String| {
        queue
            .with(|it| {
                let found = it
                    .workers
                    .iter()
                    .find(|it| key.with_value(|key| it.id.inner() == key));
                found.map(part)
            })
            .flatten()
    };
    let is_lost = Memo::new(move |_| {
        let seen_ms = fact(|it| it.seen_at.0.clone()).and_then(|it| parse_ms(&it));
        seen_ms.is_none_or(|seen| clock.now_ms() - seen > LOST_AFTER_MS)
    });
    let now_ms = Signal::derive(move || clock.now_ms());
    let time = move |part: fn(&WorkerNode) -> String| {
        move || fact(part).map(|at| view! { <Ago at=at now_ms=now_ms /> })
    };
    view! {
        <tr data-testid="worker" data-state=move || if is_lost.get() { "lost" } else { "alive" }>
            <th scope="row">
                <bdi class="mono" dir="ltr">{id}</bdi>
            </th>
            <td>
                {move || {
                    let (tone, icon, label) = if is_lost.get() {
                        (Tone::Danger, Icon::CircleX, say!("Lost"))
                    } else {
                        (Tone::Success, Icon::Check, say!("Alive"))
                    };
                    view! { <Badge tone=tone icon=icon label=label.to_owned() /> }
                }}
            </td>
            <td>{move || fact(|it| it.role.label().to_owned())}</td>
            <td class="number">
                {move || fact(|it| format!("{}/{}", it.sending, it.concurrency))}
            </td>
            <td>{time(|it| it.seen_at.0.clone())}</td>
            <td>{time(|it| it.started_at.0.clone())}</td>
            <td>{move || fact(|it| it.version.clone())}</td>
        </tr>
    }
}
