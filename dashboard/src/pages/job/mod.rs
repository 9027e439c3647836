//! One bulk job: how far it is, how fast, and an end to it. Survives a reload.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        bulk::{self, Job, JobState},
        error::ApiError,
        messages::reasons,
    },
    components::{
        icon::{Glyph, Icon},
        meter::{Meter, progress},
        notice::{Empty, Failure},
        number::grouped,
        when::{Ago, Moment, Style},
    },
    core::{
        filter::Filter,
        say::say,
        status::Tone,
        time::{parse_ms, span},
    },
    route::Route,
    state::{
        clock::use_clock,
        jobs::{Jobs, use_jobs},
        page::use_title,
        session::use_session,
        toasts::use_toasts,
    },
};

/// Where reading it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    Reading,
    Here,
    Nowhere,
    Failed(ApiError),
}

/// The page at `/jobs/{id}`.
#[component]
pub(crate) fn JobPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|it| it.get("id").unwrap_or_default()));
    let jobs = use_jobs();
    let known = RwSignal::new(Known::Reading);
    Effect::new(move |_| read(id.get(), jobs, known));
    let job = Memo::new(move |_| id.with(|id| jobs.get(id)));
    let has_job = Memo::new(move |_| job.with(Option::is_some));
    use_title(|| say!("Retry of messages").to_owned());
    view! {
        <a class="back" href=Route::Messages(Filter::default()).href()>
            <Glyph icon=Icon::ArrowLeft />
            {say!("Messages")}
        </a>
        <div class="head">
            <h1 tabindex="-1">{say!("Retry of messages")}</h1>
        </div>
        {move || match (has_job.get(), known.get()) {
            (true, _) => view! { <Body job=job /> }.into_any(),
            (false, Known::Reading | Known::Here) => {
                view! {
                    <div class="panel panel--bone" aria-hidden="true">
                        <span class="bone"></span>
                        <span class="bone"></span>
                    </div>
                }
                    .into_any()
            }
            (false, Known::Nowhere) => view! { <Nowhere id=id /> }.into_any(),
            (false, Known::Failed(error)) => {
                view! {
                    <Failure
                        cause=error.cause()
                        next_step=error.next_step()
                        request_id=error.request_id().map(ToOwned::to_owned)
                        on_retry=Callback::new(move |()| read(id.get_untracked(), jobs, known))
                    />
                }
                    .into_any()
            }
        }}
    }
}

fn read(id: String, jobs: Jobs, known: RwSignal<Known>) {
    let session = use_context::<crate::state::session::Session>();
    known.set(Known::Reading);
    spawn_local(async move {
        let next = match bulk::job(id).await {
            Ok(Some(job)) => {
                jobs.follow(job);
                Known::Here
            }
            Ok(None) => Known::Nowhere,
            Err(error) => {
                if let Some(session) = session {
                    session.note(&error);
                }
                Known::Failed(error)
            }
        };
        known.try_set(next);
    });
}

#[component]
fn Nowhere(id: Memo<String>) -> impl IntoView {
    view! {
        <Empty icon=Icon::Search title=say!("This server knows no job of that id").to_owned()>
            <p>
                <bdi class="mono" dir="ltr">
                    {id}
                </bdi>
            </p>
            <p>{say!("It may be mistyped, or belong to another Waybill server.")}</p>
        </Empty>
    }
}

/// Progress and its words; also in the tray.
#[component]
pub(crate) fn JobBar(job: Job) -> impl IntoView {
    let behind = job.done_count + job.skipped_count;
    let words = progress(behind, job.total_count);
    view! {
        <span class="job-bar" data-state=job.state.slug()>
            <Meter done=behind all=job.total_count />
            <span class="job-bar__words">{format!("{} · {words}", job.state.label())}</span>
        </span>
    }
}

#[component]
fn Body(job: Memo<Option<Job>>) -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let jobs = use_jobs();
    let is_barred = session.is_barred();
    let is_ending = RwSignal::new(false);
    let is_running = Memo::new(move |_| {
        job.with(|it| it.as_ref().is_some_and(|it| it.state == JobState::Running))
    });
    let cancel = move |_| {
        let Some(id) = job.with_untracked(|it| it.as_ref().map(|it| it.id.inner().to_owned()))
        else {
            return;
        };
        is_ending.set(true);
        spawn_local(async move {
            match bulk::cancel_job(id).await {
                Ok(Ok(job)) => jobs.follow(job),
                Ok(Err(errors)) => {
                    toasts.say(say!("Not canceled: {why}", why = reasons(errors)), None);
                }
                Err(error) => {
                    session.note(&error);
                    toasts.say(say!("Not canceled: {why}", why = error.cause()), None);
                }
            }
            is_ending.try_set(false);
        });
    };
    let state = move || job.with(|it| it.as_ref().map(|it| it.state.slug()));
    view! {
        <section class="panel job" data-testid="job" data-state=state>
            {move || job.get().map(|it| view! { <JobBar job=it /> })}
            {move || job.get().map(|it| view! { <Counts job=it /> })}
            <Show when=move || is_running.get()>
                <p>
                    <button
                        type="button"
                        class="button"
                        data-testid="job-cancel"
                        disabled=move || is_ending.get() || is_barred()
                        title=session.bar()
                        on:click=cancel
                    >
                        <Glyph icon=Icon::Ban />
                        {say!("Cancel the rest")}
                    </button>
                    <span class="faint">{say!(" What is done stays done.")}</span>
                </p>
            </Show>
        </section>
    }
}

#[component]
fn Counts(job: Job) -> impl IntoView {
    let clock = use_clock();
    let now_ms = untrack(|| clock.now_ms());
    let behind = f64::from(job.done_count + job.skipped_count);
    let began = parse_ms(&job.created_at.0).unwrap_or(now_ms);
    let last = job.ended_at.as_ref().unwrap_or(&job.updated_at);
    let took_ms = (parse_ms(&last.0).unwrap_or(now_ms) - began).max(1.0);
    let rate = behind / took_ms * 1000.0;
    let left = (f64::from(job.total_count) - behind).max(0.0);
    let eta = (job.state == JobState::Running && rate > 0.0).then(|| span(left / rate * 1000.0));
    let tone = match job.state {
        JobState::Running | JobState::Done | JobState::Canceled => Tone::Neutral,
        JobState::Failed => Tone::Danger,
    };
    view! {
        <dl class="facts">
            <dt>{say!("Sent again")}</dt>
            <dd data-testid="job-done">{grouped(job.done_count)}</dd>
            <dt>{say!("Left alone")}</dt>
            <dd>{say!("{n} (moved on before their turn)", n = grouped(job.skipped_count))}</dd>
            <dt>{say!("In all")}</dt>
            <dd>{grouped(job.total_count)}</dd>
            <dt>{say!("Rate")}</dt>
            <dd>{say!("{rate} a second", rate = format!("{rate:.0}"))}</dd>
            {eta
                .map(|time| {
                    view! {
                        <dt>{say!("To go")}</dt>
                        <dd>{say!("about {time}", time)}</dd>
                    }
                })}
            <dt>{say!("Begun")}</dt>
            <dd>
                <Ago at=job.created_at.0 now_ms=Signal::derive(move || clock.now_ms()) />
            </dd>
            {job
                .ended_at
                .map(|it| {
                    view! {
                        <dt>{say!("Ended")}</dt>
                        <dd>
                            <Moment at=it.0 style=Style::Full />
                        </dd>
                    }
                })}
            {job
                .error
                .map(|it| {
                    view! {
                        <dt>{say!("Why it failed")}</dt>
                        <dd class=format!("tone--{}", tone.as_str())>{it}</dd>
                    }
                })}
        </dl>
    }
}
