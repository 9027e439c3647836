//! Says on every page that a lane is held: by whom, why, until when.

use leptos::prelude::*;

use crate::{
    api::queue::{LanePause, QueueMetrics},
    components::{
        icon::{Glyph, Icon},
        keyed::Keyed,
        when::{Style, written},
    },
    core::{
        pressure::{QueueTab, until},
        say::say,
        time::parse_ms,
        words::Lane,
    },
    route::Route,
    state::{clock::use_clock, queue::use_queue, session::use_session},
};

/// Lanes that are held in one and the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    lanes: Vec<Lane>,
    pause: LanePause,
}

/// The banner; its place is always there, so that a screen reader hears it.
#[component]
pub(crate) fn PauseBanner() -> impl IntoView {
    let queue = use_queue();
    let held = move || queue.with(grouped).unwrap_or_default();
    let keys = Memo::new(move |_| held().iter().map(key).collect::<Vec<_>>());
    let row = Callback::new(move |wanted: String| {
        let found = untrack(held).into_iter().find(|it| key(it) == wanted);
        found.map(|it| view! { <Line held=it /> }).into_any()
    });
    view! {
        <div role="status">
            <Keyed keys=keys.into() row=row />
        </div>
    }
}

/// What makes it another line.
fn key(it: &Held) -> String {
    let end = it.pause.until.as_ref().map(|it| it.0.as_str());
    let lanes: Vec<_> = it.lanes.iter().map(|it| it.slug()).collect();
    format!(
        "{} {} {}",
        lanes.join(" "),
        it.pause.since.0,
        end.unwrap_or_default()
    )
}

/// Lanes that are held, those held in one way together.
fn grouped(it: &QueueMetrics) -> Vec<Held> {
    let mut all = Vec::<Held>::new();
    for lane in &it.lanes {
        let Some(pause) = &lane.pause else { continue };
        let is_same = |it: &&mut Held| {
            it.pause.reason == pause.reason
                && it.pause.by == pause.by
                && it.pause.until == pause.until
        };
        match all.iter_mut().find(is_same) {
            Some(held) => held.lanes.push(lane.lane),
            None => all.push(Held {
                lanes: vec![lane.lane],
                pause: pause.clone(),
            }),
        }
    }
    all
}

#[component]
fn Line(held: Held) -> impl IntoView {
    let (queue, clock, session) = (use_queue(), use_clock(), use_session());
    let lanes = held.lanes;
    let pause = held.pause;
    let what = if lanes.len() == Lane::ALL.len() {
        say!("Sending is paused").to_owned()
    } else {
        let names: Vec<_> = lanes.iter().map(|it| it.label()).collect();
        say!("{lanes} paused", lanes = names.join(say!(" and ")))
    };
    let why = if pause.reason.is_empty() {
        say!("no reason given").to_owned()
    } else {
        format!("“{}”", pause.reason)
    };
    let by = pause.who();
    let end_ms = pause.until.as_ref().and_then(|it| parse_ms(&it.0));
    let end = move || match end_ms {
        Some(at) => say!(
            "Goes on by itself {until} ({time}).",
            until = until(at, clock.now_ms()),
            time = written(at, Style::DateAndTime)
        ),
        None => say!("Until somebody resumes it.").to_owned(),
    };
    let resume = move |_| {
        if lanes.len() == Lane::ALL.len() {
            queue.resume(None);
        } else {
            for lane in &lanes {
                queue.resume(Some(*lane));
            }
        }
    };
    view! {
        <div class="banner banner--plan" data-testid="pause-banner">
            <Glyph icon=Icon::Pause />
            <p>
                <strong>{what}</strong>
                {say!(" by {name}: ", name = by)}
                <span dir="auto">{why}</span>
                ". "
                {end}
            </p>
            <a href=Route::Queue(QueueTab::Live).href()>{say!("Queue")}</a>
            <button
                type="button"
                class="button"
                data-testid="banner-resume"
                disabled=session.is_barred()
                title=session.bar()
                on:click=resume
            >
                <Glyph icon=Icon::Play />
                {say!("Resume")}
            </button>
        </div>
    }
}
