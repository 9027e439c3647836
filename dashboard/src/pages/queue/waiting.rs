//! Messages that wait: for another try, or for their time.

use leptos::{prelude::*, task::spawn_local};

use super::View;
use crate::{
    api::{
        messages::reasons,
        queue::{self, WaitingMessage, WaitingPage},
    },
    components::{
        icon::{Glyph, Icon},
        keyed::Keyed,
        notice::Empty,
        when::{Moment, Style},
    },
    core::{
        pressure::until, say::say, status::Status, time::parse_ms, whatsapp::one_line, words::Lane,
    },
    pages::trouble::Trouble,
    route::Route,
    state::{
        clock::use_clock, live::use_live, queue::use_queue, session::use_session, source::Source,
        toasts::use_toasts,
    },
};

/// The list of one status.
#[component]
pub(super) fn WaitingList(
    /// `Queued` for retries, or `Scheduled`.
    status: Status,
    /// The URL: a lane may narrow the list.
    view: Memo<View>,
) -> impl IntoView {
    let (queue, live) = (use_queue(), use_live());
    let source = Source::<WaitingPage>::new();
    let lane = Memo::new(move |_| view.with(|it| it.lane));
    let read = move || {
        let lane = lane.get_untracked();
        source.read(
            move |abort| Box::pin(queue::waiting(status, lane, None, abort)),
            || (),
        );
    };
    let count = Memo::new(move |_| {
        queue.with(|it| {
            let lanes = it.lanes.iter();
            let part = |it: &crate::api::queue::LaneMetrics| match status {
                Status::Scheduled => it.scheduled,
                _ => it.retrying,
            };
            lanes.map(part).sum::<i32>()
        })
    });
    let is_stale = RwSignal::new(false);
    Effect::new(move |_| {
        lane.track();
        is_stale.set(false);
        read();
    });
    Effect::new(move |before: Option<Option<i32>>| {
        let now = count.get();
        let has_moved = before.flatten().is_some_and(|it| Some(it) != now);
        if has_moved && !untrack(|| live.is_paused()) {
            if is_being_read() {
                is_stale.set(true);
            } else {
                read();
            }
        }
        now
    });
    let is_ours = move |it: &&WaitingMessage| status == Status::Scheduled || it.attempt_count > 0;
    let keys = Memo::new(move |_| {
        source.data.with(|it| {
            let nodes = it.iter().flat_map(|it| &it.nodes).filter(is_ours);
            nodes.map(key).collect::<Vec<_>>()
        })
    });
    let is_empty = move || keys.with(Vec::is_empty) && source.data.with(Option::is_some);
    let show = move |_| {
        is_stale.set(false);
        read();
    };
    let hidden = move || {
        let all = lane.get().is_none().then(|| count.get()).flatten()?;
        let shown = keys.with(|it| i32::try_from(it.len()).unwrap_or(i32::MAX));
        (all > shown && !source.is_busy.get()).then(|| {
            say!(
                "{shown} of {all} are listed: those among the newest messages of the queue.",
                shown,
                all
            )
        })
    };
    view! {
        <LaneChips view=view />
        <Trouble failure=source.failure on_retry=Callback::new(move |()| read()) />
        <section
            class="panel"
            aria-label=if status == Status::Scheduled {
                say!("Schedules")
            } else {
                say!("Retrying")
            }
            aria-busy=move || source.is_busy.get().to_string()
        >
            {move || is_stale.get().then(|| view! { <button type="button" class="pill" data-testid="show-changes" on:click=show>
                    <Glyph icon=Icon::Retry />
                    {say!("The list changed, show")}
                </button> })}
            {move || source.is_cold().then(|| view! { <Bones /> })}
            {move || is_empty().then(|| view! { <Nothing status=status lane=lane /> })}
            <Show when=move || !keys.with(Vec::is_empty)>
                <Rows status=status keys=keys.into() source=source read=Callback::new(move |()| read()) />
            </Show>
            <p class="limits__note faint">{hidden}</p>
        </section>
    }
}

/// What makes a row another one.
pub(super) fn key(it: &WaitingMessage) -> String {
    let due = it.due_at.as_ref().map(|it| it.0.as_str());
    format!(
        "{} {} {}",
        it.id.inner(),
        it.attempt_count,
        due.unwrap_or_default()
    )
}

/// Whether somebody points at the rows or has the focus in them.
pub(super) fn is_being_read() -> bool {
    let rows = "[data-rows]:hover, [data-rows]:focus-within";
    document().query_selector(rows).ok().flatten().is_some()
}

/// Rows to come, at their final height.
#[component]
pub(super) fn Bones() -> impl IntoView {
    let one = |_: i32| view! { <span class="bone"></span> };
    view! {
        <div class="panel--bone" aria-hidden="true">
            {(0..5).map(one).collect_view()}
        </div>
    }
}

#[component]
fn LaneChips(view: Memo<View>) -> impl IntoView {
    let tab = view.with_untracked(|it| it.tab);
    let one = move |(lane, label): (Option<Lane>, &'static str)| {
        view! {
            <a
                class="views__link"
                href=Route::QueueLane(tab, lane).href()
                aria-current=move || (view.with(|it| it.lane) == lane).then_some("true")
            >
                {label}
            </a>
        }
    };
    let all = std::iter::once((None, say!("All lanes")));
    let lanes = Lane::ALL.into_iter().map(|it| (Some(it), it.label()));
    view! {
        <nav class="views views--small" aria-label=say!("Lanes")>
            {all.chain(lanes).map(one).collect_view()}
        </nav>
    }
}

#[component]
fn Nothing(status: Status, lane: Memo<Option<Lane>>) -> impl IntoView {
    let (icon, title, words) = if status == Status::Scheduled {
        (
            Icon::CalendarClock,
            say!("Nothing is scheduled"),
            say!(
                "Messages with a time to be sent at stand here until that time. The API's sendAt sets it."
            ),
        )
    } else {
        (
            Icon::Check,
            say!("Nothing waits for another try"),
            say!(
                "A message that failed in passing (Twilio busy, no connection) stands here with a countdown to its \
                 next try."
            ),
        )
    };
    let narrowed = move || {
        let lane = lane.get().map(Lane::label);
        lane.map(|lane| say!(" In the lane {lane}.", lane))
    };
    view! {
        <Empty icon=icon title=title.to_owned()>
            <p>{words} {narrowed}</p>
        </Empty>
    }
}

#[component]
fn Rows(
    status: Status,
    keys: Signal<Vec<String>>,
    source: Source<WaitingPage>,
    read: Callback<()>,
) -> impl IntoView {
    let is_scheduled = status == Status::Scheduled;
    let when = if is_scheduled {
        say!("Leaves")
    } else {
        say!("Next try")
    };
    let row = Callback::new(move |wanted: String| {
        let found = source.data.with_untracked(|it| {
            let mut nodes = it.iter().flat_map(|it| &it.nodes);
            nodes.find(|it| key(it) == wanted).cloned()
        });
        let draw = |row| view! { <Row row=row is_scheduled=is_scheduled read=read /> };
        found.map(draw).into_any()
    });
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=say!("Messages that wait")>
            <table class="plain">
                <thead>
                    <tr>
                        <th scope="col">{say!("To")}</th>
                        <th scope="col">{say!("Message")}</th>
                        <th scope="col">{say!("Lane")}</th>
                        <th scope="col">{when}</th>
                        <th scope="col">
                            <span class:hidden=is_scheduled>{say!("What failed")}</span>
                        </th>
                        <th scope="col">
                            <span class="hidden">{say!("Action")}</span>
                        </th>
                    </tr>
                </thead>
                <tbody data-rows="">
                    <Keyed keys=keys row=row />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(row: WaitingMessage, is_scheduled: bool, read: Callback<()>) -> impl IntoView {
    let (clock, session, toasts) = (use_clock(), use_session(), use_toasts());
    let id = row.id.inner().to_owned();
    let due = row.due_at.map(|it| it.0).unwrap_or_default();
    let due_ms = parse_ms(&due);
    let countdown = move || due_ms.map(|it| until(it, clock.now_ms()));
    let last = row.attempts.last().map(|it| {
        let code = it.error_code.map(|it| it.to_string());
        let why = it
            .error_message
            .clone()
            .or(code)
            .unwrap_or_else(|| it.outcome.label().to_owned());
        say!("try {number}: {why}", number = it.number, why)
    });
    let body = row
        .body
        .as_deref()
        .map_or_else(|| say!("No text").to_owned(), one_line);
    let href = Route::Message(id.clone()).href();
    let is_busy = RwSignal::new(false);
    let is_barred = session.is_barred();
    let cancel = {
        let id = id.clone();
        move |_| {
            let id = id.clone();
            is_busy.set(true);
            spawn_local(async move {
                let words = match queue::cancel(id).await {
                    Ok(Ok(())) => say!("Taken back: it will not be sent.").to_owned(),
                    Ok(Err(errors)) => reasons(errors),
                    Err(error) => say!("Not taken back. {cause}", cause = error.cause()),
                };
                toasts.say(words, None);
                is_busy.try_set(false);
                read.try_run(());
            });
        }
    };
    view! {
        <tr data-testid="waiting-row" data-id=id.clone()>
            <th scope="row" dir="auto">{row.contact.title().to_owned()}</th>
            <td class="plain__text">
                <a href=href dir="auto">{body}</a>
            </td>
            <td>{row.lane.label()}</td>
            <td>
                <strong>{countdown}</strong>
                " "
                <span class="faint"><Moment at=due style=Style::DateAndTime /></span>
            </td>
            <td class="plain__text">
                <span dir="auto">{last}</span>
                {row
                    .error_code
                    .map(|it| view! { " " <code class="code">{it}</code> })}
            </td>
            <td class="plain__act">
                {is_scheduled
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                disabled=move || is_busy.get() || is_barred()
                                title=session.bar()
                                on:click=cancel
                            >
                                <Glyph icon=Icon::Ban />
                                {say!("Take back")}
                            </button>
                        }
                    })}
            </td>
        </tr>
    }
}
