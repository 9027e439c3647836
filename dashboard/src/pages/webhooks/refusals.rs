//! What was turned away at the door: why, how often, and what to change. Absent while everything comes in.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{
        error::ApiError,
        webhooks::{self, Refused},
    },
    components::{
        badge::Badge,
        icon::{Glyph, Icon},
        notice::Failure,
        when::Ago,
    },
    core::{
        say::say,
        status::Tone,
        words::{Role, sentence},
    },
    pages::reading::Load,
    route::Route,
    state::{clock::use_clock, live::use_live, session::use_session},
};

/// Read again so often while Live is on.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(10);

/// The panel; for operators.
#[component]
pub(super) fn Refusals() -> impl IntoView {
    let session = use_session();
    let live = use_live();
    let list: RwSignal<Vec<Refused>> = RwSignal::new(Vec::new());
    let load = RwSignal::new(Load::Reading);
    let read = move || {
        spawn_local(async move {
            let answer = webhooks::refusals(None).await;
            if load.is_disposed() {
                return;
            }
            match answer {
                Ok(found) => {
                    if list.with_untracked(|it| *it != found) {
                        list.set(found);
                    }
                    load.set(Load::Done);
                }
                Err(error) => {
                    session.note(&error);
                    load.set(Load::Failed(error));
                }
            }
        });
    };
    let may_read =
        Memo::new(move |_| session.role().is_some() && session.obstacle(Role::Operator).is_none());
    Effect::new(move |_| {
        if may_read.get() {
            read();
        }
    });
    let timer = set_interval_with_handle(
        move || {
            let is_live = untrack(|| live.status()) == crate::state::live::LiveStatus::Live;
            if is_live && may_read.get_untracked() && !document().hidden() {
                read();
            }
        },
        LOOK_EVERY,
    )
    .ok();
    on_cleanup(move || {
        timer.inspect(IntervalHandle::clear);
    });
    let failure = Memo::new(move |_| match load.get() {
        Load::Failed(error @ (ApiError::Fault { .. } | ApiError::Unauthenticated)) => Some(error),
        // Without a connection the banner and the log below say so already.
        Load::Failed(ApiError::Unreachable | ApiError::Aborted | ApiError::Forbidden(_))
        | Load::Reading
        | Load::Done => None,
    });
    view! {
        {move || {
            failure
                .get()
                .map(|error| {
                    view! {
                        <Failure
                            cause=error.cause()
                            next_step=error.next_step()
                            request_id=error.request_id().map(ToOwned::to_owned)
                            on_retry=Callback::new(move |()| read())
                        />
                    }
                })
        }}
        <Show when=move || list.with(|it| !it.is_empty())>
            <Panel list=list />
        </Show>
    }
}

#[component]
fn Panel(list: RwSignal<Vec<Refused>>) -> impl IntoView {
    let total = move || list.with(|it| it.iter().map(|it| i64::from(it.count)).sum::<i64>());
    view! {
        <section class="panel refusals" aria-labelledby="refusals-title">
            <h2 id="refusals-title" class="panel__title">
                <Glyph icon=Icon::TriangleAlert />
                {say!("Turned away at the door")}
                <span class="panel__count">{total}</span>
                <a class="panel__act button button--quiet" href=Route::Doctor.href()>
                    {say!("Doctor")}
                </a>
            </h2>
            <ul>
                {move || {
                    list.get().into_iter().map(|it| view! { <Cause it=it /> }).collect_view()
                }}
            </ul>
        </section>
    }
}

#[component]
fn Cause(it: Refused) -> impl IntoView {
    let clock = use_clock();
    let now_ms = Signal::derive(move || clock.now_ms());
    let (tone, icon) = if it.reason.is_ours() {
        (Tone::Danger, Icon::CircleX)
    } else {
        (Tone::Warn, Icon::Ban)
    };
    let times = say!(it.count, "once" | "{n} times", n = it.count);
    view! {
        <li class="refusal" data-testid="refusal" data-reason=it.reason.name()>
            <p class="refusal__head">
                <Badge tone=tone icon=icon label=it.reason.label().to_owned() />
                <span>{times} {say!(", last ")} <Ago at=it.last_at.0 now_ms=now_ms /></span>
            </p>
            <p class="refusal__what">{sentence(&it.detail)}</p>
            <p class="faint">
                {say!("At ")} <bdi class="mono" dir="ltr">{it.route}</bdi>
                {it
                    .client
                    .map(|it| view! { {say!(", from ")} <bdi class="mono" dir="ltr">{it}</bdi> })}
                {say!(", first ")} <Ago at=it.first_at.0 now_ms=now_ms />
            </p>
        </li>
    }
}
