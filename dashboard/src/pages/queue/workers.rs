//! The processes that work on the queue, and when each was last heard of.

use leptos::prelude::*;

use crate::{
    api::queue::WorkerNode,
    components::{badge::Badge, icon::Icon, notice::Empty, when::Ago},
    core::{pressure::LOST_AFTER_MS, status::Tone, time::parse_ms},
    state::{clock::use_clock, queue::use_queue},
};

/// The table.
#[component]
pub(super) fn Workers() -> impl IntoView {
    let queue = use_queue();
    let workers = Memo::new(move |_| queue.with(|it| it.workers.clone()));
    let ids = Memo::new(move |_| {
        let workers = workers.get().unwrap_or_default();
        workers
            .into_iter()
            .map(|it| it.id.into_inner())
            .collect::<Vec<_>>()
    });
    let is_none = move || workers.with(|it| it.as_ref().is_some_and(Vec::is_empty));
    let one = move |id: String| view! { <WorkerRow id=id workers=workers /> };
    view! {
        <section class="panel" aria-label="Workers">
            <Show
                when=move || !is_none()
                fallback=|| {
                    view! {
                        <Empty icon=Icon::TriangleAlert title="No process reports itself".to_owned()>
                            <p>"Nothing is taken from the queue. Start one with " <code>"waybill serve"</code> "."</p>
                        </Empty>
                    }
                }
            >
                <div class="scroll-x" tabindex="0" role="region" aria-label="Table of workers">
                    <table class="plain">
                        <caption class="hidden">"Processes, by name"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Process"</th>
                                <th scope="col">"State"</th>
                                <th scope="col">"Does"</th>
                                <th scope="col" class="number">"Sending"</th>
                                <th scope="col">"Last heard of"</th>
                                <th scope="col">"Runs since"</th>
                                <th scope="col">"Version"</th>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=move || ids.get() key=Clone::clone children=one />
                        </tbody>
                    </table>
                </div>
            </Show>
            <p class="limits__note faint">
                "Each reports itself every 5 seconds. What a lost process was sending becomes unconfirmed once its "
                "lease ends: nothing is sent twice."
            </p>
        </section>
    }
}

#[component]
fn WorkerRow(id: String, workers: Memo<Option<Vec<WorkerNode>>>) -> impl IntoView {
    let clock = use_clock();
    let key = id.clone();
    let it = Memo::new(move |_| {
        workers.with(|all| {
            let found = all.iter().flatten().find(|it| it.id.inner() == key);
            found.cloned()
        })
    });
    let is_lost = Memo::new(move |_| {
        let seen_ms = it.with(|it| it.as_ref().and_then(|it| parse_ms(&it.seen_at.0)));
        seen_ms.is_none_or(|seen| clock.now_ms() - seen > LOST_AFTER_MS)
    });
    let now_ms = Signal::derive(move || clock.now_ms());
    let time = move |part: fn(&WorkerNode) -> String| {
        move || {
            it.with(|it| it.as_ref().map(part))
                .map(|at| view! { <Ago at=at now_ms=now_ms /> })
        }
    };
    view! {
        <tr data-testid="worker" data-state=move || if is_lost.get() { "lost" } else { "alive" }>
            <th scope="row">
                <bdi class="mono" dir="ltr">{id}</bdi>
            </th>
            <td>
                {move || {
                    let (tone, icon, label) = if is_lost.get() {
                        (Tone::Danger, Icon::CircleX, "Lost")
                    } else {
                        (Tone::Success, Icon::Check, "Alive")
                    };
                    view! { <Badge tone=tone icon=icon label=label.to_owned() /> }
                }}
            </td>
            <td>{move || it.with(|it| it.as_ref().map(|it| it.role.label()))}</td>
            <td class="number">
                {move || it.with(|it| it.as_ref().map(|it| format!("{}/{}", it.sending, it.concurrency)))}
            </td>
            <td>{time(|it| it.seen_at.0.clone())}</td>
            <td>{time(|it| it.started_at.0.clone())}</td>
            <td>{move || it.with(|it| it.as_ref().map(|it| it.version.clone()))}</td>
        </tr>
    }
}
