//! The careful retry as one sees it: one step at a time.

use leptos::prelude::*;

use super::retry::{Canary, Stage};
use crate::{
    api::bulk::{Job, JobState, RetryPlan},
    components::{
        badge::StatusBadge,
        icon::{Glyph, Icon},
        meter::{Meter, progress},
    },
    core::{
        canary::{MANY, Verdict, is_confirmed, verdict},
        period::Bounds,
        say::say,
        status::Status,
    },
    route::Route,
    state::session::use_session,
};

/// The steps of the retry, one at a time.
#[component]
pub(super) fn CanaryPanel(
    code: i32,
    bounds: RwSignal<Bounds>,
    /// The id of the newest one that stands failed.
    example: Callback<(), Option<String>>,
) -> impl IntoView {
    let session = use_session();
    let canary = Canary::new(code, bounds, example);
    let step = move || match canary.stage.get() {
        Stage::Rest => view! {
            <button
                type="button"
                class="button"
                data-testid="canary-count"
                disabled=session.is_barred()
                title=session.bar()
                on:click=move |_| canary.count()
            >
                <Glyph icon=Icon::Retry />
                {say!("Canary retry…")}
            </button>
        }
        .into_any(),
        Stage::Busy(words) => view! { <p role="status">{words}</p> }.into_any(),
        Stage::Counted(plan) => view! { <Counted plan=plan canary=canary /> }.into_any(),
        Stage::First(id, status) => {
            view! { <First id=id status=status canary=canary /> }.into_any()
        }
        Stage::Working(job) => view! { <Working job=job canary=canary /> }.into_any(),
        Stage::Refused(words) => view! {
            <p class="field__error" role="alert">
                {words}
            </p>
            <button type="button" class="button" on:click=move |_| canary.count()>
                <Glyph icon=Icon::Retry />
                {say!("Count again")}
            </button>
        }
        .into_any(),
    };
    view! {
        <div class="canary" data-testid="canary">
            {step}
        </div>
    }
}

/// What a plan says in words.
fn words_of(plan: &RetryPlan) -> String {
    let mut parts = vec![say!(
        "{count} can be sent again",
        count = plan.retryable_count
    )];
    let left = plan.not_retryable.iter();
    parts.extend(left.map(|it| {
        say!(
            "{count} {status} left alone: {reason}",
            count = it.count,
            status = it.status.label(),
            reason = it.reason
        )
    }));
    parts.join(" · ")
}

#[component]
fn Counted(plan: RetryPlan, canary: Canary) -> impl IntoView {
    view! {
        <p data-testid="canary-plan">{words_of(&plan)} "."</p>
        <p class="canary__acts">
            <button
                type="button"
                class="button button--primary"
                data-testid="canary-first"
                on:click=move |_| canary.first()
            >
                <Glyph icon=Icon::Send />
                {say!("Retry 1 message first")}
            </button>
            <button
                type="button"
                class="button button--quiet"
                on:click=move |_| canary.stage.set(Stage::Rest)
            >
                {say!("Not now")}
            </button>
        </p>
    }
}

#[component]
fn First(id: String, status: Status, canary: Canary) -> impl IntoView {
    let words = match verdict(status) {
        Verdict::Wait => say!("One is on its way; the rest waits for its outcome."),
        Verdict::Good => say!("It got through."),
        Verdict::Bad => say!("It failed again: mend the cause before the rest is sent."),
        Verdict::Unclear => {
            say!("Nobody knows yet whether it was sent. The rest waits until Twilio tells.")
        }
    };
    let href = Route::Message(id).href();
    view! {
        <p
            class="canary__first"
            data-testid="canary-outcome"
            data-status=status.name()
            role="status"
        >
            <StatusBadge status=status />
            {words}
            <a href=href>{say!("See it")}</a>
        </p>
        {move || {
            canary.rest.get().map(|plan| view! { <Rest plan=plan canary=canary /> })
        }}
        {(verdict(status) == Verdict::Bad)
            .then(|| {
                view! {
                    <button type="button" class="button" on:click=move |_| canary.count()>
                        <Glyph icon=Icon::Retry />
                        {say!("Try another one…")}
                    </button>
                }
            })}
    }
}

/// The offer of the rest, exactly counted.
#[component]
fn Rest(plan: RetryPlan, canary: Canary) -> impl IntoView {
    let count = plan.retryable_count;
    if count == 0 {
        return view! { <p>{say!("There was no other of this cause.")}</p> }.into_any();
    }
    let may_go = move || canary.typed.with(|it| is_confirmed(count, it));
    view! {
        <p>{words_of(&plan)} "."</p>
        {(count > MANY)
            .then(|| {
                view! {
                    <div class="field">
                        <label for="canary-typed">{say!("Type {count} to confirm", count)}</label>
                        <input
                            id="canary-typed"
                            class="input"
                            inputmode="numeric"
                            prop:value=canary.typed
                            on:input=move |event| canary.typed.set(event_target_value(&event))
                        />
                    </div>
                }
            })}
        <button
            type="button"
            class="button button--primary"
            data-testid="canary-rest"
            disabled=move || !may_go()
            on:click=move |_| canary.go()
        >
            <Glyph icon=Icon::Retry />
            {say!(
                count,
                "Retry the other {count} message" | "Retry the other {count} messages",
                count
            )}
        </button>
    }
    .into_any()
}

#[component]
fn Working(job: Job, canary: Canary) -> impl IntoView {
    let behind = job.done_count + job.skipped_count;
    let text = progress(behind, job.total_count);
    let state = match job.state {
        JobState::Running => say!("Sending again"),
        JobState::Done => say!("Done"),
        JobState::Canceled => say!("Stopped"),
        JobState::Failed => say!("It could not go on"),
    };
    let words = match job.skipped_count {
        0 => say!("{state}: {progress}", state, progress = text),
        skipped => say!(
            "{state}: {progress}, {skipped} had moved on and were left alone",
            state,
            progress = text,
            skipped
        ),
    };
    let id = job.id.into_inner();
    view! {
        <p data-testid="canary-job" role="status">
            {words} {job.error.map(|it| format!(". {it}"))}
        </p>
        <Meter done=behind all=job.total_count />
        {(job.state == JobState::Running)
            .then(|| {
                view! {
                    <button type="button" class="button" on:click=move |_| canary.stop(id.clone())>
                        <Glyph icon=Icon::X />
                        {say!("Stop")}
                    </button>
                }
            })}
    }
}
