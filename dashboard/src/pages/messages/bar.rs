//! The bar under the list while something is selected: how many, and what can be done with them.

use leptos::{prelude::*, task::spawn_local};

use super::{
    bulk::{Act, Work},
    model::LogModel,
    selection::{Selected, Selection},
};
use crate::{
    api::{
        bulk::{self, Run},
        messages::{MessageFilter, reasons},
    },
    components::{
        icon::{Glyph, Icon},
        number::grouped,
    },
    core::{say::say, time::iso, words::Timestamp},
    state::{session::use_session, toasts::use_toasts},
};

/// The bar; its place is always there.
#[component]
pub(super) fn SelectionBar(
    model: LogModel,
    selected: Selected,
    work: RwSignal<Option<Work>>,
    why: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let count = move || selected.set.with(Selection::count);
    let is_any = move || selected.set.with(|it| !it.is_empty());
    let is_all = move || selected.set.with(|it| matches!(it, Selection::All { .. }));
    let begin = move |act: Act| {
        work.set(Some(Work {
            act,
            set: selected.set.get_untracked(),
        }));
    };
    let words = move || {
        let n = grouped(count());
        if is_all() {
            say!("All {n} matching selected", n)
        } else {
            say!("{n} selected", n)
        }
    };
    view! {
        <Show when=is_any>
            <div
                class="picked"
                role="region"
                aria-label=say!("Selection")
                data-testid="selection-bar"
            >
                <p class="picked__count" role="status">
                    {words}
                </p>
                <button
                    type="button"
                    class="button button--primary"
                    data-testid="bulk-retry"
                    disabled=session.is_barred()
                    title=session.bar()
                    on:click=move |_| begin(Act::Retry)
                >
                    <Glyph icon=Icon::Retry />
                    {say!("Retry…")}
                    <kbd>"r"</kbd>
                </button>
                <button
                    type="button"
                    class="button"
                    data-testid="bulk-cancel"
                    disabled=session.is_barred()
                    title=session.bar()
                    on:click=move |_| begin(Act::Cancel)
                >
                    <Glyph icon=Icon::Ban />
                    {say!("Take back…")}
                </button>
                <Show when=move || !is_all()>
                    <button type="button" class="button" on:click=move |_| why.run(())>
                        {say!("Why")}
                        <kbd>"w"</kbd>
                    </button>
                    <SelectAll model=model selected=selected />
                </Show>
                <button
                    type="button"
                    class="button button--quiet picked__end"
                    on:click=move |_| {
                        selected.clear();
                    }
                >
                    {say!("Clear")}
                    <kbd>"Esc"</kbd>
                </button>
            </div>
        </Show>
    }
}

/// Everything that matches now, counted exactly, frozen at this moment.
#[component]
fn SelectAll(model: LogModel, selected: Selected) -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let is_counting = RwSignal::new(false);
    let is_barred = session.is_barred();
    let label = move || {
        let count = model.count.get();
        match count {
            _ if is_counting.get() => say!("Counting…").to_owned(),
            Some(it) if it.is_exact => say!("Select all {n} matching", n = grouped(it.value)),
            Some(_) | None => say!("Select all matching").to_owned(),
        }
    };
    let take = move |_| {
        is_counting.set(true);
        let asked = model.filter.get_untracked();
        // Another filter, or a selection that was given up meanwhile, is not what was counted.
        let is_wanted = move || {
            model.filter.try_get_untracked().as_ref() == Some(&asked)
                && selected.set.try_with_untracked(Selection::is_empty) == Some(false)
        };
        let frozen = MessageFilter {
            as_of: Some(Timestamp(iso(model.now_ms()))),
            ..model.asked()
        };
        spawn_local(async move {
            match bulk::retry_many(frozen.clone(), Run::Dry).await {
                Ok(plan) if plan.user_errors.is_empty() => {
                    if is_wanted() {
                        selected.take_all(frozen, plan.matching_count);
                    }
                }
                Ok(plan) => toasts.say(reasons(plan.user_errors), None),
                Err(error) => {
                    session.note(&error);
                    toasts.say(say!("Not counted. {cause}", cause = error.cause()), None);
                }
            }
            is_counting.try_set(false);
        });
    };
    view! {
        <button
            type="button"
            class="button button--quiet"
            data-testid="select-all"
            disabled=move || is_counting.get() || is_barred()
            title=session.bar()
            on:click=take
        >
            {label}
        </button>
    }
}
