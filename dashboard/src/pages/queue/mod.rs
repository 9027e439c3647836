//! The queue: how full it is, what holds it, and what did not get through.

mod canary;
mod dead;
mod empty;
mod group;
mod lanes;
mod limits;
mod live;
mod numbers;
mod pause;
mod retry;
mod unconfirmed;
mod waiting;
mod workers;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    components::icon::{Glyph, Icon},
    core::{pressure::QueueTab, query, say::say, status::Status, words::Lane},
    pages::trouble::{ReadOnly, Trouble},
    route::Route,
    state::{page::use_title, queue::use_queue, session::use_session},
};
use dead::DeadLetters;
use live::LiveTab;
use numbers::Numbers;
use pause::{Hold, PauseDialog};
use unconfirmed::Unconfirmed;
use waiting::WaitingList;
use workers::Workers;

/// What the URL says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct View {
    tab: QueueTab,
    lane: Option<Lane>,
    /// The group that is open: its code, or `none`.
    group: Option<String>,
}

impl View {
    fn parse(search: &str) -> Self {
        let mut view = Self::default();
        for (key, value) in query::pairs(search) {
            match key.as_str() {
                "tab" => view.tab = QueueTab::parse(&value),
                "lane" => view.lane = Lane::parse(&value),
                "group" => view.group = Some(value),
                _ => {}
            }
        }
        view
    }
}

/// The page at `/queue`.
#[component]
pub(crate) fn QueuePage() -> impl IntoView {
    let search = use_location().search;
    let view = Memo::new(move |_| search.with(|it| View::parse(it)));
    let tab = Memo::new(move |_| view.with(|it| it.tab));
    use_title(move || match tab.get() {
        QueueTab::Live => say!("Queue").to_owned(),
        other => say!("Queue: {tab}", tab = other.label()),
    });
    let queue = use_queue();
    queue.look_closely();
    queue.read();
    let hold = Hold::new();
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Queue")}</h1>
            <Running />
            <ReadOnly />
            <PauseButton hold=hold />
        </div>
        <Trouble failure=queue.failure() on_retry=Callback::new(move |()| queue.read()) />
        <Numbers />
        <Tabs tab=tab />
        {move || match tab.get() {
            QueueTab::Live => view! { <LiveTab hold=hold /> }.into_any(),
            QueueTab::Retrying => {
                view! { <WaitingList status=Status::Queued view=view /> }.into_any()
            }
            QueueTab::Schedules => {
                view! { <WaitingList status=Status::Scheduled view=view /> }.into_any()
            }
            QueueTab::Unconfirmed => view! { <Unconfirmed /> }.into_any(),
            QueueTab::Dead => view! { <DeadLetters view=view /> }.into_any(),
            QueueTab::Workers => view! { <Workers /> }.into_any(),
        }}
        <PauseDialog hold=hold />
    }
}

/// One word on the whole queue.
#[component]
fn Running() -> impl IntoView {
    let queue = use_queue();
    let words = move || {
        queue.with(|it| {
            let held = it.lanes.iter().filter(|it| it.pause.is_some());
            let held: Vec<_> = held.map(|it| it.lane.label()).collect();
            match held.len() {
                0 => say!("Running").to_owned(),
                all if all == Lane::ALL.len() => say!("Paused").to_owned(),
                _ => say!("{lanes} paused", lanes = held.join(say!(" and "))),
            }
        })
    };
    let is_held =
        move || queue.with(|it| it.lanes.iter().any(|it| it.pause.is_some())) == Some(true);
    view! {
        <p
            class="note"
            class:note--plan=is_held
            class:note--success=move || !is_held()
            data-testid="queue-state"
            role="status"
        >
            {words}
        </p>
    }
}

#[component]
fn PauseButton(hold: Hold) -> impl IntoView {
    let session = use_session();
    view! {
        <button
            type="button"
            class="button head__act"
            data-testid="pause-open"
            disabled=session.is_barred()
            title=session.bar()
            on:click=move |_| hold.ask(None)
        >
            <Glyph icon=Icon::Pause />
            {say!("Pause…")}
        </button>
    }
}

#[component]
fn Tabs(tab: Memo<QueueTab>) -> impl IntoView {
    let queue = use_queue();
    let count = move |it: QueueTab| {
        queue.with(|metrics| match it {
            QueueTab::Live => 0,
            QueueTab::Retrying => metrics.lanes.iter().map(|it| it.retrying).sum(),
            QueueTab::Unconfirmed => metrics.unconfirmed(),
            QueueTab::Dead => metrics.dead_messages,
            QueueTab::Schedules => metrics.lanes.iter().map(|it| it.scheduled).sum(),
            QueueTab::Workers => i32::try_from(metrics.workers.len()).unwrap_or(i32::MAX),
        })
    };
    let one = move |it: QueueTab| {
        view! {
            <a
                class="views__link"
                href=Route::Queue(it).href()
                aria-current=move || (tab.get() == it).then_some("page")
                data-testid="queue-tab"
                data-tab=it.slug()
            >
                {it.label()}
                <span class="views__count">{move || count(it).filter(|it| *it > 0)}</span>
            </a>
        }
    };
    view! {
        <nav class="views queue__tabs" aria-label=say!("Parts of the queue")>
            {QueueTab::ALL.map(one).collect_view()}
        </nav>
    }
}
