//! The faces of the log: cold, refetch, empty, empty for the filter, failed, data. In one place.

use leptos::prelude::*;

use super::{
    Step,
    model::{Load, LogModel},
    rows::{MessagesTable, Skeleton},
};
use crate::{
    api::error::ApiError,
    components::{
        icon::{Glyph, Icon},
        notice::{Empty, Failure},
        when::{Style, written},
    },
    core::{
        filter::{Chip, Filter},
        log::Log,
        words::Environment,
    },
    route::Route,
    state::session::use_session,
};

/// Which face shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    Cold,
    Empty,
    Nothing,
    Data,
    Silent,
}

/// Two pixels that say "reading"; the data stays.
#[component]
pub(super) fn ProgressBar(model: LogModel) -> impl IntoView {
    view! {
        <div
            class="progress"
            class:is-on=move || {
                model.load.get() == Load::Reading && model.read_at_ms.get().is_some()
            }
        ></div>
    }
}

/// The log, whatever its state.
#[component]
pub(super) fn Faces(
    model: LogModel,
    filter: Memo<Filter>,
    go: Callback<(Filter, Step)>,
    is_composing: RwSignal<bool>,
) -> impl IntoView {
    let face = Memo::new(move |_| {
        let is_empty = model.log.with(|it| it.is_empty() && it.waiting() == 0);
        match (model.read_at_ms.with(Option::is_some), is_empty) {
            (false, _) if model.load.get() == Load::Reading => Face::Cold,
            (false, _) => Face::Silent,
            (true, false) => Face::Data,
            (true, true) if filter.with(Filter::is_narrow) => Face::Nothing,
            (true, true) => Face::Empty,
        }
    });
    let failure = Memo::new(move |_| match model.load.get() {
        Load::Failed(error) => Some(error),
        Load::Reading | Load::Done => None,
    });
    view! {
        {move || failure.get().map(|error| view! { <Failed error=error model=model /> })}
        <section
            class="panel log-panel"
            class:is-old=move || failure.with(Option::is_some)
            aria-busy=move || (model.load.get() == Load::Reading).to_string()
            aria-label="Messages"
        >
            <Pill model=model />
            {move || match face.get() {
                Face::Cold => view! { <Skeleton /> }.into_any(),
                Face::Empty => view! { <FirstUse is_composing=is_composing /> }.into_any(),
                Face::Nothing => view! { <NoMatch filter=filter go=go /> }.into_any(),
                Face::Data => view! { <MessagesTable model=model filter=filter /> }.into_any(),
                Face::Silent => ().into_any(),
            }}
            <Older model=model />
        </section>
    }
}

#[component]
fn Failed(error: ApiError, model: LogModel) -> impl IntoView {
    let old = model
        .read_at_ms
        .get_untracked()
        .map(|it| written(it, Style::Short));
    let cause = match old {
        Some(time) => format!("{} Below is what it said at {time}.", error.cause()),
        None => error.cause(),
    };
    view! {
        <Failure
            cause=cause
            next_step=error.next_step()
            request_id=error.request_id().map(ToOwned::to_owned)
            on_retry=Callback::new(move |()| model.reload())
        />
    }
}

/// New rows that wait for the reader.
#[component]
fn Pill(model: LogModel) -> impl IntoView {
    view! {
        <Show when=move || { model.waiting() > 0 }>
            <button
                type="button"
                class="pill"
                data-testid="show-new"
                on:click=move |_| {
                    window().scroll_to_with_x_and_y(0.0, 0.0);
                    model.show_waiting();
                }
            >
                <Glyph icon=Icon::ArrowUp />
                {move || format!("{} new, show", model.waiting())}
                <kbd>"."</kbd>
            </button>
        </Show>
    }
}

#[component]
fn Older(model: LogModel) -> impl IntoView {
    let has_older =
        move || model.page.with(|it| it.has_next_page) && !model.log.with(Log::is_empty);
    let is_reading = move || model.older.get() == Load::Reading;
    let label = move || match model.older.get() {
        Load::Reading => "Loading…".to_owned(),
        Load::Done => "Load older".to_owned(),
        Load::Failed(error) => format!("{} Try again", error.cause()),
    };
    view! {
        <Show when=has_older>
            <div class="log-panel__foot">
                <button
                    type="button"
                    class="button"
                    data-testid="load-older"
                    aria-disabled=move || is_reading().to_string()
                    on:click=move |_| model.load_older()
                >
                    <Glyph icon=Icon::ArrowDown />
                    {label}
                </button>
            </div>
        </Show>
    }
}

#[component]
fn FirstUse(is_composing: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let is_simulated = move || session.environment() == Some(Environment::Simulated);
    view! {
        <Empty icon=Icon::Inbox title="No messages yet".to_owned()>
            <p>
                "Every message to and from your customers will stand here, with its status, as it happens."
            </p>
            <p class="empty__acts">
                <Show when=is_simulated>
                    <a class="button button--primary" href=Route::Simulator.href()>
                        <Glyph icon=Icon::Phone />
                        "Say hi in the simulator"
                    </a>
                </Show>
                <button
                    type="button"
                    class="button"
                    disabled=move || !session.may_act()
                    on:click=move |_| is_composing.set(true)
                >
                    <Glyph icon=Icon::Send />
                    "Send a message"
                </button>
            </p>
        </Empty>
    }
}

#[component]
fn NoMatch(filter: Memo<Filter>, go: Callback<(Filter, Step)>) -> impl IntoView {
    let why = move || {
        let words = filter.with(|it| {
            it.chips()
                .iter()
                .filter(|chip| !matches!(chip, Chip::Invalid(..)))
                .map(|chip| it.describe(chip))
                .collect::<Vec<_>>()
        });
        format!("Nothing has all of: {}.", words.join(" · "))
    };
    view! {
        <Empty icon=Icon::Search title="No message matches".to_owned()>
            <p>{why}</p>
            <p class="empty__acts">
                <button
                    type="button"
                    class="button button--primary"
                    on:click=move |_| go.run((filter.get_untracked().cleared(), Step::Push))
                >
                    "Clear all filters"
                </button>
            </p>
        </Empty>
    }
}
