//! The lanes as a table: what waits in each, who holds it, and the way to hold, release or empty it.

use leptos::prelude::*;

use super::{empty::EmptyDialog, pause::Hold};
use crate::{
    api::queue::{LaneMetrics, LanePause, QueueMetrics},
    components::{
        badge::Badge,
        icon::{Glyph, Icon},
        when::{Moment, Style},
    },
    core::{pressure::until, say::say, status::Tone, time::parse_ms, words::Lane},
    pages::parts::late,
    state::{clock::use_clock, queue::use_queue, session::use_session},
};

late! {
    empty(lane: RwSignal<Option<Lane>>): EmptyDialog,
}

/// The table; its rows are always there.
#[component]
pub(super) fn Lanes(hold: Hold) -> impl IntoView {
    let emptied = RwSignal::new(None);
    let is_emptying = Signal::derive(move || emptied.with(Option::is_some));
    let rows = Lane::ALL.map(|it| view! { <LaneRow lane=it hold=hold emptied=emptied /> });
    view! {
        <section class="panel" aria-labelledby="lanes-title">
            <h2 id="lanes-title" class="panel__title">
                {say!("Lanes")}
            </h2>
            <div class="scroll-x" tabindex="0" role="region" aria-label=say!("Table of lanes")>
                <table class="plain lanes">
                    <thead>
                        <tr>
                            <th scope="col">{say!("Lane")}</th>
                            <th scope="col">{say!("State")}</th>
                            <th scope="col" class="number">{say!("Queued")}</th>
                            <th scope="col" class="number">{say!("Sending")}</th>
                            <th scope="col" class="number">{say!("Retrying")}</th>
                            <th scope="col" class="number">{say!("Scheduled")}</th>
                            <th scope="col" class="number">{say!("Unconfirmed")}</th>
                            <th scope="col">
                                <span class="hidden">{say!("Action")}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows.collect_view()}
                    </tbody>
                </table>
            </div>
        </section>
        {late::empty(is_emptying, emptied)}
    }
}

#[component]
fn LaneRow(
    lane: Lane,
    hold: Hold,
    /// The lane that somebody wants to empty.
    emptied: RwSignal<Option<Lane>>,
) -> impl IntoView {
    let queue = use_queue();
    let session = use_session();
    let with = move |part: fn(&LaneMetrics) -> i32| {
        let found = |it: &QueueMetrics| it.lanes.iter().find(|it| it.lane == lane).map(part);
        queue.with(found).flatten()
    };
    let pause = Memo::new(move |_| {
        let found = |it: &QueueMetrics| {
            let mine = it.lanes.iter().find(|it| it.lane == lane)?;
            mine.pause.clone()
        };
        queue.with(found).flatten()
    });
    let is_held = Memo::new(move |_| pause.with(Option::is_some));
    let is_waiting = Memo::new(move |_| with(|it| it.waiting() + it.scheduled) > Some(0));
    let numbers: [fn(&LaneMetrics) -> i32; 5] = [
        |it| it.queued,
        |it| it.sending,
        |it| it.retrying,
        |it| it.scheduled,
        |it| it.unconfirmed,
    ];
    let cell = move |part: fn(&LaneMetrics) -> i32| {
        let value = move || with(part);
        view! { <td class="number">{move || value().map_or_else(|| "—".to_owned(), |it| it.to_string())}</td> }
    };
    let act = move |_| {
        if is_held.get_untracked() {
            queue.resume(Some(lane));
        } else {
            hold.ask(Some(lane));
        }
    };
    view! {
        <tr
            data-testid="lane"
            data-lane=lane.slug()
            data-state=move || if is_held.get() { "paused" } else { "running" }
        >
            <th scope="row">{lane.label()}</th>
            <td>
                {move || match pause.get() {
                    Some(pause) => view! { <Held pause=pause /> }.into_any(),
                    None => {
                        view! {
                            <Badge
                                tone=Tone::Success
                                icon=Icon::Check
                                label=say!("Running").to_owned()
                            />
                        }
                            .into_any()
                    }
                }}
            </td>
            {numbers.map(cell).collect_view()}
            <td class="plain__act">
                <Show when=move || is_waiting.get()>
                    <button
                        type="button"
                        class="button"
                        data-testid="empty-lane"
                        data-lane=lane.slug()
                        disabled=session.is_barred()
                        title=session.bar()
                        on:click=move |_| emptied.set(Some(lane))
                    >
                        <Glyph icon=Icon::Ban />
                        {say!("Empty…")}
                        <span class="hidden">{format!(" {}", lane.label())}</span>
                    </button>
                    " "
                </Show>
                <button
                    type="button"
                    class="button"
                    data-testid="lane-act"
                    disabled=session.is_barred()
                    title=session.bar()
                    on:click=act
                >
                    <Glyph icon=Signal::derive(move || {
                        if is_held.get() { Icon::Play } else { Icon::Pause }
                    }) />
                    {move || if is_held.get() { say!("Resume") } else { say!("Pause…") }}
                    <span class="hidden">{format!(" {}", lane.label())}</span>
                </button>
            </td>
        </tr>
    }
}

#[component]
fn Held(pause: LanePause) -> impl IntoView {
    let clock = use_clock();
    let by = pause.who();
    let until_ms = pause.until.as_ref().and_then(|it| parse_ms(&it.0));
    let end = move || match until_ms {
        Some(at) => say!("goes on {when}", when = until(at, clock.now_ms())),
        None => say!("until resumed").to_owned(),
    };
    let reason = if pause.reason.is_empty() {
        say!("no reason given").to_owned()
    } else {
        format!("“{}”", pause.reason)
    };
    view! {
        <Badge tone=Tone::Plan icon=Icon::Pause label=say!("Paused").to_owned() />
        <span class="lanes__why" dir="auto">{reason}</span>
        <span class="faint lanes__who">
            {by} {say!(", since ")}
            <Moment at=pause.since.0 style=Style::Short /> ", " {end}
        </span>
    }
}
