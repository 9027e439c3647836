//! One request of Twilio's: what it carried, what became of it, and the form itself for who may see it.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_params_map;

use super::{
    form::PostedForm,
    rows::{sort, took, tries},
};
use crate::{
    api::{
        client::Latest,
        webhooks::{self, Hook},
    },
    components::{
        badge::Badge,
        copy::Copyable,
        icon::{Glyph, Icon},
        notice::Empty,
        when::{Moment, Style},
    },
    core::{
        say::say,
        webhook::{HookKind, HookState},
        words::Role,
    },
    pages::reading::{Deed, Loaded, Reading},
    route::Route,
    state::{
        live::{LiveStatus, use_live},
        page::use_title,
        session::use_session,
        toasts::use_toasts,
    },
};

/// One that waits is looked at so often while Live is on.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The page at `/webhooks/{id}`.
#[component]
pub(crate) fn WebhookPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|it| it.get("id").unwrap_or_default()));
    let hook: RwSignal<Option<Hook>> = RwSignal::new(None);
    let reading = Reading::new();
    let latest = StoredValue::new_local(Latest::default());
    let read = Callback::new(move |()| {
        let asked = id.get_untracked();
        reading.begin();
        let abort = latest.try_update_value(Latest::renew).flatten();
        spawn_local(async move {
            let answer = webhooks::read(asked, abort).await;
            reading.end(answer, |it| hook.set(it));
        });
    });
    Effect::new(move |_| {
        id.track();
        read.run(());
    });
    reading.mend_by(read);
    watch(hook, read);
    on_cleanup(move || latest.update_value(Latest::stop));
    use_title(move || {
        hook.with(|it| match it {
            Some(it) => say!(
                "{state} webhook, {kind}",
                state = it.state.label(),
                kind = it.kind.label()
            ),
            None => say!("Webhook").to_owned(),
        })
    });
    view! {
        <a class="back" href=Route::Webhooks.href()>
            <Glyph icon=Icon::ArrowLeft />
            {say!("Webhooks")}
        </a>
        <div class="head">
            <h1 tabindex="-1">
                {move || {
                    hook.with(|it| match it.as_ref().map(|it| it.kind) {
                        Some(HookKind::Inbound) => say!("Message from a customer"),
                        Some(HookKind::Status) => say!("Status of a message"),
                        None => say!("Webhook"),
                    })
                }}
            </h1>
            {move || hook.get().map(|it| view! { <State hook=it /> })}
            {move || {
                hook.get()
                    .filter(|it| it.state == HookState::Dead)
                    .map(|it| view! { <Replay id=it.id.into_inner() hook=hook /> })
            }}
        </div>
        <Loaded reading=reading on_retry=read>
            {move || match hook.get() {
                Some(it) => view! { <Facts hook=it /> }.into_any(),
                None => view! { <Nowhere id=id /> }.into_any(),
            }}
        </Loaded>
    }
}

/// While one waits, looks again now and then.
fn watch(hook: RwSignal<Option<Hook>>, read: Callback<()>) {
    let live = use_live();
    let look = move || {
        let is_live = untrack(|| live.status()) == LiveStatus::Live;
        let waits =
            hook.with_untracked(|it| it.as_ref().is_some_and(|it| it.state == HookState::Pending));
        if is_live && waits && !document().hidden() {
            read.run(());
        }
    };
    let timer = set_interval_with_handle(look, LOOK_EVERY).ok();
    on_cleanup(move || {
        timer.inspect(IntervalHandle::clear);
    });
}

#[component]
fn State(hook: Hook) -> impl IntoView {
    let (tone, icon) = sort(&hook).look();
    view! {
        <span data-testid="webhook-state" data-state=hook.state.name() role="status">
            <Badge tone=tone icon=icon label=hook.state.label().to_owned() />
        </span>
    }
}

#[component]
fn Replay(id: String, hook: RwSignal<Option<Hook>>) -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let deed = Deed::new();
    let obstacle = move || session.obstacle(Role::Operator);
    view! {
        <button
            type="button"
            class="button button--primary head__act"
            data-testid="replay"
            disabled=move || obstacle().is_some()
            title=obstacle
            aria-disabled=move || deed.is_busy.get().to_string()
            on:click=move |_| {
                deed.run(
                    webhooks::replay(id.clone()),
                    move |it| {
                        hook.set(Some(it));
                        toasts.say(say!("It is being processed again."), None);
                    },
                );
            }
        >
            <Glyph icon=Icon::Retry />
            {say!("Replay")}
        </button>
        <p class="field__error" role="alert">
            {move || deed.problem()}
        </p>
    }
}

#[component]
fn Facts(hook: Hook) -> impl IntoView {
    let id = hook.id.inner().to_owned();
    let took = took(&hook).unwrap_or_else(|| say!("Not done yet").to_owned());
    let failures = match hook.failures {
        0 => say!("Never").to_owned(),
        count => tries(count),
    };
    view! {
        <div class="two" data-testid="webhook-detail">
            <div class="two__main">
                {hook
                    .error
                    .map(|error| {
                        view! {
                            <section class="panel" aria-labelledby="webhook-error">
                                <h2 id="webhook-error" class="panel__title">
                                    <Glyph icon=Icon::TriangleAlert />
                                    {say!("What failed last")}
                                </h2>
                                <p class="panel__text" dir="auto">
                                    {error}
                                </p>
                            </section>
                        }
                    })}
                <PostedForm id=id.clone() />
            </div>
            <section class="panel" aria-labelledby="webhook-facts">
                <h2 id="webhook-facts" class="panel__title">
                    {say!("Facts")}
                </h2>
                <dl class="facts">
                    <dt>{say!("Received")}</dt>
                    <dd>
                        <Moment at=hook.received_at.0 style=Style::Full />
                    </dd>
                    <dt>{say!("Processed")}</dt>
                    <dd>
                        {hook.processed_at.map(|it| view! { <Moment at=it.0 style=Style::Full /> })}
                        <p class="faint">{took}</p>
                    </dd>
                    {hook
                        .next_try_at
                        .map(|it| {
                            view! {
                                <dt>{say!("Next try")}</dt>
                                <dd>
                                    <Moment at=it.0 style=Style::Full />
                                </dd>
                            }
                        })}
                    <dt>{say!("Failed")}</dt>
                    <dd>{failures}</dd>
                    <dt>{say!("Source")}</dt>
                    <dd>{hook.source.label()}</dd>
                    <dt>{say!("Signature")}</dt>
                    <dd>{say!("Right: others are turned away before they get here")}</dd>
                    {hook
                        .message_sid
                        .map(|sid| {
                            let href = Route::Message(sid.clone()).href();
                            view! {
                                <dt>{say!("Message")}</dt>
                                <dd>
                                    <a class="mono" href=href>
                                        <bdi dir="ltr">{sid}</bdi>
                                    </a>
                                </dd>
                            }
                        })}
                    <dt>{say!("Event id")}</dt>
                    <dd>
                        <Copyable value=id what=say!("event id") />
                    </dd>
                    <dt>{say!("Counts once by")}</dt>
                    <dd>
                        <Copyable value=hook.dedupe_key what=say!("deduplication key") />
                    </dd>
                </dl>
            </section>
        </div>
    }
}

#[component]
fn Nowhere(id: Memo<String>) -> impl IntoView {
    view! {
        <div data-testid="webhook-not-found">
            <Empty
                icon=Icon::Search
                title=say!("This server knows no webhook of that id").to_owned()
            >
                <p>
                    <bdi class="mono" dir="ltr">
                        {id}
                    </bdi>
                </p>
                <p>
                    {say!(
                        "It may be mistyped, belong to another Waybill server, or have been removed by the retention \
                         period."
                    )}
                </p>
                <p>
                    <a class="button button--primary" href=Route::Webhooks.href()>
                        {say!("Go to Webhooks")}
                    </a>
                </p>
            </Empty>
        </div>
    }
}
