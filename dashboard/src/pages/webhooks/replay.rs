//! Processing again everything that failed too often and matches the filter: counted first, then one after the other,
//! with progress, until it is done or stopped.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{
        error::ApiError,
        webhooks::{self, WebhookEventFilter},
    },
    components::{
        dialog::Dialog,
        icon::{Glyph, Icon},
    },
    core::{facets::Facets, say::say, words::Role},
    state::session::use_session,
};

/// Pages that are counted at most; a page has 50.
const MOST_PAGES: usize = 40;

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Counting,
    /// Ids to be replayed; whether there are more.
    Ready(Vec<String>, bool),
    Running,
    Ended,
    Failed(ApiError),
}

#[derive(Clone, Copy)]
struct Replaying {
    step: RwSignal<Step>,
    total: RwSignal<usize>,
    done: RwSignal<usize>,
    skipped: RwSignal<usize>,
    is_stopped: RwSignal<bool>,
}

impl Replaying {
    fn count(self, filter: Facets) {
        self.step.set(Step::Counting);
        self.done.set(0);
        self.skipped.set(0);
        self.is_stopped.set(false);
        spawn_local(async move {
            match dead(&filter).await {
                Ok((ids, has_more)) => {
                    self.total.try_set(ids.len());
                    self.step.try_set(Step::Ready(ids, has_more));
                }
                Err(error) => {
                    self.step.try_set(Step::Failed(error));
                }
            }
        });
    }

    fn run(self, ids: Vec<String>, done: Callback<()>) {
        self.step.set(Step::Running);
        spawn_local(async move {
            for id in ids {
                if self.is_stopped.try_get_untracked() != Some(false) {
                    break;
                }
                match webhooks::replay(id).await {
                    Ok(Ok(_)) => self.done.try_update(|it| *it += 1),
                    // Somebody else was faster, or it is gone.
                    Ok(Err(_)) => self.skipped.try_update(|it| *it += 1),
                    Err(error) => {
                        self.step.try_set(Step::Failed(error));
                        return;
                    }
                };
            }
            if self.step.try_set(Step::Ended).is_none() {
                done.run(());
            }
        });
    }
}

/// The ids of every dead event of a filter, and whether there are more than are counted.
async fn dead(filter: &Facets) -> Result<(Vec<String>, bool), ApiError> {
    let mut ids = Vec::new();
    let mut after = None;
    for _ in 0..MOST_PAGES {
        let page = webhooks::list(WebhookEventFilter::dead(filter), after, None).await?;
        ids.extend(page.nodes.into_iter().map(|it| it.id.into_inner()));
        after = page.page_info.end_cursor;
        if !page.page_info.has_next_page {
            return Ok((ids, false));
        }
    }
    Ok((ids, true))
}

/// The button, and its dialog.
#[component]
pub(super) fn ReplayAll(
    /// What it works on: the dead ones of it.
    filter: Memo<Facets>,
    /// Something was replayed.
    done: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let is_open = RwSignal::new(false);
    let it = Replaying {
        step: RwSignal::new(Step::Counting),
        total: RwSignal::new(0),
        done: RwSignal::new(0),
        skipped: RwSignal::new(0),
        is_stopped: RwSignal::new(false),
    };
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        if was_open == Some(true) && !is_open {
            it.is_stopped.set(true);
        }
        is_open
    });
    let obstacle = move || session.obstacle(Role::Operator);
    view! {
        <button
            type="button"
            class="button head__act"
            data-testid="replay-all"
            disabled=move || obstacle().is_some()
            title=obstacle
            on:click=move |_| {
                it.count(filter.get_untracked());
                is_open.set(true);
            }
        >
            <Glyph icon=Icon::Retry />
            {say!("Replay dead…")}
        </button>
        <Dialog is_open=is_open title=say!("Replay dead events")>
            <Show when=move || is_open.get()>
                <Inside it=it is_open=is_open done=done />
            </Show>
        </Dialog>
    }
}

#[component]
fn Inside(it: Replaying, is_open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let counts = move || {
        let (total, done, skipped) = (it.total.get(), it.done.get(), it.skipped.get());
        match skipped {
            0 => say!("{done} of {total} handed over", done, total),
            skipped => say!(
                "{done} of {total} handed over, {skipped} left alone: they were processed meanwhile",
                done,
                total,
                skipped
            ),
        }
    };
    let words = move || match it.step.get() {
        Step::Counting => say!("Counting…").to_owned(),
        Step::Ready(ids, _) if ids.is_empty() => {
            say!("No event of this filter is dead: there is nothing to replay.").to_owned()
        }
        Step::Ready(ids, has_more) => {
            let count = ids.len();
            let found = if has_more {
                say!(
                    count,
                    "{n} dead event, the newest of more." | "{n} dead events, the newest of more.",
                    n = count
                )
            } else {
                say!(count, "{n} dead event." | "{n} dead events.", n = count)
            };
            let meaning = say!(
                "Each is processed again as if it had just come in; what was done already is not done twice."
            );
            format!("{found} {meaning}")
        }
        Step::Running => counts(),
        Step::Ended if it.is_stopped.get() => say!("Stopped. {counts}.", counts = counts()),
        Step::Ended => say!("Done. {counts}.", counts = counts()),
        Step::Failed(error) => error.words(),
    };
    let is_running = Memo::new(move |_| it.step.with(|it| *it == Step::Running));
    let start = move |ids: Vec<String>| {
        let count = ids.len();
        let label = say!(
            count,
            "Replay {n} dead event" | "Replay {n} dead events",
            n = count
        );
        view! {
            <button
                type="button"
                class="button button--primary"
                data-testid="replay-start"
                on:click=move |_| it.run(ids.clone(), done)
            >
                <Glyph icon=Icon::Retry />
                {label}
            </button>
        }
    };
    view! {
        <div class="form">
            <p role="status" data-testid="replay-words">
                {words}
            </p>
            <Show when=move || is_running.get()>
                <progress
                    class="meter"
                    aria-label=say!("Replayed")
                    max=move || it.total.get().to_string()
                    value=move || (it.done.get() + it.skipped.get()).to_string()
                ></progress>
            </Show>
            <div class="form__foot">
                <Show when=move || is_running.get()>
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| it.is_stopped.set(true)
                    >
                        {say!("Stop")}
                    </button>
                </Show>
                <Show when=move || !is_running.get()>
                    <button type="button" class="button" on:click=move |_| is_open.set(false)>
                        {say!("Close")}
                    </button>
                </Show>
                {move || match it.step.get() {
                    Step::Ready(ids, _) if !ids.is_empty() => Some(start(ids)),
                    Step::Ready(..)
                    | Step::Counting
                    | Step::Running
                    | Step::Ended
                    | Step::Failed(_) => None,
                }}
            </div>
        </div>
    }
}
