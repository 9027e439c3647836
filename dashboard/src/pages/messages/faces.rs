//! The faces of the log: cold, refetch, empty, empty for the filter, failed, data. In one place.

use leptos::{prelude::*, task::spawn_local};

use super::{
    Go, Step,
    grid::{MessagesGrid, Skeleton},
    model::{Load, LogModel},
    scrubber::Scrubber,
    selection::Selected,
    taste::Taste,
    view::View,
};
use crate::{
    api::{
        error::ApiError,
        log,
        messages::{BoundedCount, MessageFilter},
    },
    components::{
        icon::{Glyph, Icon},
        notice::{Empty, Failure},
        number::grouped,
        when::{Style, written},
    },
    core::{
        filter::{Chip, Filter},
        say::say,
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
    view: View,
    taste: Taste,
    selected: Selected,
    filter: Memo<Filter>,
    go: Go,
    is_composing: RwSignal<bool>,
) -> impl IntoView {
    let model = view.model;
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
            aria-label=say!("Messages")
        >
            <Pill view=view />
            {move || match face.get() {
                Face::Cold => view! { <Skeleton taste=taste /> }.into_any(),
                Face::Empty => view! { <FirstUse is_composing=is_composing /> }.into_any(),
                Face::Nothing => view! { <NoMatch model=model filter=filter go=go /> }.into_any(),
                Face::Data => {
                    view! {
                        <div class="log-stage">
                            <MessagesGrid view=view taste=taste selected=selected />
                            <Scrubber view=view />
                        </div>
                    }
                        .into_any()
                }
                Face::Silent => ().into_any(),
            }}
            <More model=model />
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
        Some(time) => say!(
            "{cause} Below is what it said at {time}.",
            cause = error.cause(),
            time
        ),
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
fn Pill(view: View) -> impl IntoView {
    let model = view.model;
    view! {
        <Show when=move || { model.waiting() > 0 }>
            <button
                type="button"
                class="pill"
                data-testid="show-new"
                data-count=move || model.waiting()
                on:click=move |_| view.show_new()
            >
                <Glyph icon=Icon::ArrowUp />
                {move || {
                    let count = i32::try_from(model.waiting()).unwrap_or(i32::MAX);
                    say!("{n} new, show", n = grouped(count))
                }}
                <kbd>"."</kbd>
            </button>
        </Show>
    }
}

/// Reading on failed: what is there stays, and one can try again.
#[component]
fn More(model: LogModel) -> impl IntoView {
    let failure = Memo::new(move |_| match model.more.get() {
        Load::Failed(error) => Some(error),
        Load::Reading | Load::Done => None,
    });
    view! {
        {move || {
            failure
                .get()
                .map(|error| {
                    let cause = error.cause();
                    view! {
                        <div class="log-panel__foot" role="alert">
                            <span>{say!("The next rows were not read. {cause}", cause)}</span>
                            <button
                                type="button"
                                class="button"
                                data-testid="try-more"
                                on:click=move |_| model.try_more()
                            >
                                <Glyph icon=Icon::Retry />
                                {say!("Try again")}
                            </button>
                        </div>
                    }
                })
        }}
    }
}

#[component]
fn FirstUse(is_composing: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let has_simulator = move || session.has_simulator();
    view! {
        <Empty icon=Icon::Inbox title=say!("No messages yet").to_owned()>
            <p>
                {say!(
                    "Every message to and from your customers will stand here, with its status, as it happens."
                )}
            </p>
            <p class="empty__acts">
                <Show when=has_simulator>
                    <a class="button button--primary" href=Route::Simulator.href()>
                        <Glyph icon=Icon::Phone />
                        {say!("Say hi in the simulator")}
                    </a>
                </Show>
                <button
                    type="button"
                    class="button"
                    disabled=session.is_barred()
                    title=session.bar()
                    on:click=move |_| is_composing.set(true)
                >
                    <Glyph icon=Icon::Send />
                    {say!("Send a message")}
                </button>
            </p>
        </Empty>
    }
}

/// Nothing matches: names the chip that takes away the most.
#[component]
fn NoMatch(model: LogModel, filter: Memo<Filter>, go: Go) -> impl IntoView {
    let best: RwSignal<Option<(Chip, BoundedCount)>> = RwSignal::new(None);
    Effect::new(move |_| {
        let filter = filter.get();
        best.set(None);
        let now_ms = model.now_ms();
        spawn_local(async move {
            let chips = filter.chips();
            let real = chips.iter().filter(|it| !matches!(it, Chip::Invalid(..)));
            for chip in real.take(6) {
                let rest = MessageFilter::of(&filter.without(chip), now_ms);
                let Ok(count) = log::count(rest).await else {
                    return;
                };
                let is_more = |it: &Option<(Chip, BoundedCount)>| {
                    it.as_ref().is_none_or(|it| count.value > it.1.value)
                };
                if count.value > 0 && best.try_with_untracked(is_more) == Some(true) {
                    best.set(Some((chip.clone(), count)));
                }
            }
        });
    });
    let why = move || {
        let words = filter.with(|it| {
            it.chips()
                .iter()
                .filter(|chip| !matches!(chip, Chip::Invalid(..)))
                .map(|chip| it.describe(chip))
                .collect::<Vec<_>>()
        });
        say!("Nothing has all of: {chips}.", chips = words.join(" · "))
    };
    let without = move |(chip, count): (Chip, BoundedCount)| {
        let name = filter.with_untracked(|it| it.describe(&chip));
        let more = if count.is_exact { "" } else { "+" };
        let words = say!(
            count.value,
            "Without “{name}”: {n} message" | "Without “{name}”: {n} messages",
            name,
            n = format!("{}{more}", grouped(count.value))
        );
        view! {
            <button
                type="button"
                class="button button--primary"
                data-testid="without-chip"
                on:click=move |_| go.run((filter.get_untracked().without(&chip), Step::Push))
            >
                {words}
            </button>
        }
    };
    view! {
        <Empty icon=Icon::Search title=say!("No message matches").to_owned()>
            <p>{why}</p>
            <p class="empty__acts">
                {move || best.get().map(without)}
                <button
                    type="button"
                    class="button"
                    on:click=move |_| go.run((filter.get_untracked().cleared(), Step::Push))
                >
                    {say!("Clear all filters")}
                </button>
            </p>
        </Empty>
    }
}
