//! Whether everything is in order, and what to do if not: the same checks as of `waybill doctor`, live.

use std::{cell::RefCell, rc::Rc};

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use wasm_bindgen_futures::JsFuture;

use crate::{
    api::{
        health::{self, HealthChanged, HealthReport},
        live::payload,
    },
    components::{
        badge::Badge,
        icon::{Glyph, Icon},
        when::Ago,
    },
    core::{
        checks::{Check, Health, grouped, report, summary, troubled},
        query::pairs,
        say::{said, say},
        status::Tone,
        words::Role,
    },
    pages::reading::{Loaded, Reading},
    state::{
        clock::use_clock,
        live::{Listening, use_live},
        page::use_title,
        session::use_session,
        toasts::use_toasts,
    },
};

/// The page at `/doctor`.
#[component]
pub(crate) fn DoctorPage() -> impl IntoView {
    let found: RwSignal<Option<HealthReport>> = RwSignal::new(None);
    let reading = Reading::new();
    let run = Callback::new(move |()| {
        reading.begin();
        spawn_local(async move {
            let answer = health::health().await;
            reading.end(answer, |it| found.set(Some(it)));
        });
    });
    run.run(());
    reading.mend_by(run);
    follow(found);
    let checks = Memo::new(move |_| {
        found.with(|it| it.as_ref().map(HealthReport::checks).unwrap_or_default())
    });
    let words = Memo::new(move |_| checks.with(|it| summary(it)));
    use_title(move || {
        found
            .with(|it| match it.as_ref().map(|it| it.status) {
                Some(Health::Fail) => say!("Doctor: something failed"),
                Some(Health::Warn) => say!("Doctor: look at this"),
                Some(Health::Ok | Health::Skip) | None => say!("Doctor"),
            })
            .to_owned()
    });
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Doctor")}</h1>
            <p class="head__count" role="status" data-testid="doctor-summary">
                {move || found.with(Option::is_some).then(|| words.get())}
            </p>
            <Acts found=found checks=checks run=run />
        </div>
        <Loaded reading=reading on_retry=run>
            <Report found=found checks=checks />
        </Loaded>
    }
}

/// Hears of every change while Live is on.
fn follow(found: RwSignal<Option<HealthReport>>) {
    let live = use_live();
    let session = use_session();
    let listening: StoredValue<Option<Listening>, LocalStorage> = StoredValue::new_local(None);
    let may_read = Memo::new(move |_| session.role().is_some_and(|it| it.covers(Role::Operator)));
    Effect::new(move |_| {
        if !may_read.get() {
            return;
        }
        let hear = move |frame: Option<&str>| {
            let report = frame.and_then(payload::<HealthChanged>);
            if let Some(report) = report.map(|it| it.health_changed) {
                found.try_set(Some(report));
            }
        };
        listening.set_value(Some(live.follow(&health::follow(), hear)));
    });
}

#[component]
fn Acts(
    found: RwSignal<Option<HealthReport>>,
    checks: Memo<Vec<Check>>,
    run: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let copy = move |_| {
        let version = session.viewer().map(|it| it.version).unwrap_or_default();
        let at = found.with_untracked(|it| it.as_ref().map(|it| it.at.0.clone()));
        let text = checks.with_untracked(|it| report(it, &version, &at.unwrap_or_default()));
        let written = window().navigator().clipboard().write_text(&text);
        spawn_local(async move {
            match JsFuture::from(written).await {
                Ok(_) => toasts.say(say!("The report is in the clipboard."), None),
                Err(_) => toasts.fail(say!("This browser did not let the report be copied.")),
            }
        });
    };
    view! {
        <Show when=move || found.with(Option::is_some)>
            <button
                type="button"
                class="button head__act"
                data-testid="doctor-copy"
                on:click=copy
            >
                <Glyph icon=Icon::Copy />
                {say!("Copy report")}
            </button>
            <button
                type="button"
                class="button button--primary"
                data-testid="doctor-run"
                on:click=move |_| run.run(())
            >
                <Glyph icon=Icon::Retry />
                {say!("Run again")}
            </button>
        </Show>
    }
}

#[component]
fn Report(found: RwSignal<Option<HealthReport>>, checks: Memo<Vec<Check>>) -> impl IntoView {
    let clock = use_clock();
    let wanted = asked_check();
    let at = Memo::new(move |_| found.with(|it| it.as_ref().map(|it| it.at.0.clone())));
    let group = move |(title, own): (&'static str, Vec<Check>)| {
        let id = format!("checks-{}", title.replace(' ', "-").to_lowercase());
        let label = id.clone();
        let items = own
            .into_iter()
            .map(|it| view! { <Item check=it wanted=wanted /> })
            .collect_view();
        view! {
            <section class="panel" aria-labelledby=label>
                <h2 id=id class="panel__title">
                    {said(title)}
                </h2>
                <ul>{items}</ul>
            </section>
        }
    };
    let bad = move || {
        let bad = checks.with(|it| troubled(it));
        (!bad.is_empty()).then(|| view! { <Troubles checks=bad /> })
    };
    view! {
        <div class="checks">
            {bad}
            {move || checks.with(|it| grouped(it)).into_iter().map(group).collect_view()}
            <p class="faint">
                {say!("Looked at ")}
                {move || {
                    at.get()
                        .map(|it| view! { <Ago at=it now_ms=Signal::derive(move || clock.now_ms()) /> })
                }} {say!(". Changes show here by themselves while Live is on; on the server, ")}
                <code>"waybill doctor"</code> {say!(" tells the same.")}
            </p>
        </div>
    }
}

/// The ways to what is not in order, which may stand far below.
#[component]
fn Troubles(checks: Vec<Check>) -> impl IntoView {
    let link = |it: Check| {
        let (tone, icon) = look(it.status);
        view! {
            <a class="trouble" href=format!("/doctor?check={}", it.slug())>
                <Badge tone=tone icon=icon label=it.title() />
            </a>
        }
    };
    view! {
        <nav class="badges" aria-label=say!("Not in order") data-testid="doctor-troubles">
            <strong>{say!("Look at")}</strong>
            {checks.into_iter().map(link).collect_view()}
        </nav>
    }
}

/// The check of `?check=`, which is scrolled to once.
fn asked_check() -> Memo<Option<String>> {
    let search = use_location().search;
    let wanted = Memo::new(move |_| {
        let own = |(key, value): (String, String)| (key == "check").then_some(value);
        search.with(|it| pairs(it).into_iter().find_map(own))
    });
    let shown = Rc::new(RefCell::new(None));
    Effect::new(move |_| {
        let wanted = wanted.get();
        if wanted.is_some() && *shown.borrow() != wanted {
            shown.replace(wanted.clone());
            request_animation_frame(move || {
                let id = format!("check-{}", wanted.unwrap_or_default());
                if let Some(it) = document().get_element_by_id(&id) {
                    it.scroll_into_view();
                }
            });
        }
    });
    wanted
}

#[component]
fn Item(check: Check, wanted: Memo<Option<String>>) -> impl IntoView {
    let (tone, icon) = look(check.status);
    let slug = check.slug();
    let is_wanted = {
        let slug = slug.clone();
        move || wanted.with(|it| it.as_deref() == Some(slug.as_str()))
    };
    view! {
        <li
            id=format!("check-{slug}")
            class="check"
            class:is-wanted=is_wanted
            data-testid="check"
            data-check=slug.clone()
            data-status=check.status.name()
        >
            <span>
                <Badge tone=tone icon=icon label=check.status.label().to_owned() />
            </span>
            <div class="check__what">
                <h3 class="check__name">
                    <a href=format!("/doctor?check={slug}")>{check.title()}</a>
                </h3>
                <p dir="auto">{check.measured.clone()}</p>
                {check
                    .fix
                    .clone()
                    .map(|fix| {
                        view! {
                            <p class="check__fix">
                                <strong>{say!("Do: ")}</strong>
                                {fix}
                            </p>
                        }
                    })}
                <p class="faint">{check.why()}</p>
            </div>
            <span class="check__took faint">{say!("{n} ms", n = check.took_ms)}</span>
        </li>
    }
}

/// Colors and picture.
fn look(status: Health) -> (Tone, Icon) {
    match status {
        Health::Ok => (Tone::Success, Icon::Check),
        Health::Warn => (Tone::Warn, Icon::TriangleAlert),
        Health::Fail => (Tone::Danger, Icon::CircleX),
        Health::Skip => (Tone::Neutral, Icon::Minus),
    }
}
