//! The small parts: buttons, badges, fields, faces, layers, values.

use leptos::prelude::*;

use crate::{
    components::{
        badge::{Badge, EnvironmentBadge, OutcomeBadge, StatusBadge},
        choice::Choice,
        confirm::{Confirm, Question},
        copy::Copyable,
        dialog::Dialog,
        field::{Entry, Field},
        icon::{Glyph, Icon},
        notice::{Empty, Failure},
        when::{Ago, Moment, Style},
    },
    core::{
        status::{Status, Tone},
        words::{Environment, Outcome},
    },
    state::{clock::use_clock, toasts::use_toasts},
};

const TONES: [Tone; 8] = [
    Tone::Neutral,
    Tone::Info,
    Tone::Success,
    Tone::Read,
    Tone::Warn,
    Tone::Danger,
    Tone::Plan,
    Tone::Inbound,
];

pub(super) fn buttons() -> AnyView {
    view! {
        <div class="filters__row">
            <button type="button" class="button">"Plain"</button>
            <button type="button" class="button button--primary">
                <Glyph icon=Icon::Send />
                "Primary"
            </button>
            <button type="button" class="button button--danger">
                <Glyph icon=Icon::TriangleAlert />
                "Danger"
            </button>
            <button type="button" class="button button--quiet">"Quiet"</button>
            <button type="button" class="button" disabled title="Why it may not be pressed">
                "Disabled"
            </button>
            <button type="button" class="button" aria-disabled="true">"Busy…"</button>
            <a class="button" href="/gallery">"Link"</a>
            <button type="button" class="icon-button">
                <Glyph icon=Icon::Copy />
                <span class="hidden">"Icon only"</span>
            </button>
        </div>
    }
    .into_any()
}

pub(super) fn badges() -> AnyView {
    let tones = TONES
        .map(|tone| view! { <Badge tone=tone icon=Icon::Check label=tone.as_str().to_owned() /> });
    let statuses = Status::ALL.map(|status| view! { <StatusBadge status=status /> });
    let outcomes = [
        Outcome::Pending,
        Outcome::Accepted,
        Outcome::Refused,
        Outcome::Busy,
        Outcome::Unclear,
    ]
    .map(|outcome| view! { <OutcomeBadge outcome=outcome /> });
    let environments = [
        None,
        Some(Environment::Live),
        Some(Environment::TestNumber),
        Some(Environment::Simulated),
    ]
    .map(|it| view! { <EnvironmentBadge environment=Signal::stored(it) /> });
    view! {
        <div class="badges">{tones.collect_view()}</div>
        <div class="badges">{statuses.collect_view()}</div>
        <div class="badges">{outcomes.collect_view()}</div>
        <div class="badges">{environments.collect_view()}</div>
    }
    .into_any()
}

pub(super) fn fields() -> AnyView {
    let value = || RwSignal::new("what was typed".to_owned());
    let refused = Signal::stored(Some("Why it was refused, and what would do.".to_owned()));
    view! {
        <Field id="gallery-line" label="Line" entry=Entry::Line value=value() hint="A hint." />
        <Field id="gallery-refused" label="Refused" entry=Entry::Line value=value() error=refused />
        <Field id="gallery-phone" label="Phone" entry=Entry::Phone value=value() />
        <Field id="gallery-text" label="Text" entry=Entry::Text value=value() />
        <Field id="gallery-password" label="Password" entry=Entry::Password value=value() />
        <Choice
            id="gallery-choice"
            label="One of a few"
            options=vec![("a", "First", "What it means."), ("b", "Second", "What that means.")]
            value=RwSignal::new("a".to_owned())
        />
        <progress class="meter" aria-label="Progress" max="10" value="4"></progress>
    }
    .into_any()
}

pub(super) fn faces() -> AnyView {
    view! {
        <Failure
            cause="The Waybill server does not answer.".to_owned()
            next_step="Check that it is running, then retry."
            request_id=Some("6f1c9a52-0000-4000-8000-000000000000".to_owned())
            on_retry=Callback::new(|()| ())
        />
        <Empty icon=Icon::Inbox title="Nothing yet".to_owned()>
            <p>"What this is, and what to do first."</p>
            <p class="empty__acts">
                <button type="button" class="button button--primary">"The one thing to do"</button>
            </p>
        </Empty>
        <div class="panel panel--bone" aria-hidden="true">
            <span class="bone"></span>
            <span class="bone"></span>
            <span class="bone"></span>
        </div>
        <div class="progress is-on"></div>
    }
    .into_any()
}

pub(super) fn banners() -> AnyView {
    let banner = |class: &'static str, icon: Icon, words: &'static str| {
        view! {
            <div class=format!("banner banner--still {class}")>
                <Glyph icon=icon />
                <p>{words}</p>
                <button type="button" class="button">
                    "Try now"
                </button>
            </div>
        }
    };
    view! {
        {banner("banner--away", Icon::WifiOff, "Offline. What you see is from 12:03:11.")}
        {banner("banner--back", Icon::Check, "Back. 214 updates applied.")}
        {banner("banner--refused", Icon::TriangleAlert, "Not live. The server ended this connection.")}
    }
    .into_any()
}

pub(super) fn layers() -> AnyView {
    let toasts = use_toasts();
    let is_open = RwSignal::new(false);
    let question: RwSignal<Option<Question>> = RwSignal::new(None);
    let ask = move |_| {
        question.set(Some(Question {
            title: "Revoke the token “ci”?".to_owned(),
            lines: vec!["Programs that use it are refused at once.".to_owned()],
            act: "Revoke token".to_owned(),
        }));
    };
    view! {
        <div class="filters__row">
            <button
                type="button"
                class="button"
                data-testid="gallery-dialog"
                on:click=move |_| is_open.set(true)
            >
                "Dialog"
            </button>
            <button type="button" class="button" data-testid="gallery-confirm" on:click=ask>
                "Question"
            </button>
            <button
                type="button"
                class="button"
                data-testid="gallery-toast"
                on:click=move |_| toasts.say("Saved.", Some("/gallery".to_owned()))
            >
                "Note"
            </button>
            <button
                type="button"
                class="button"
                data-testid="gallery-toast-bad"
                on:click=move |_| toasts.fail("Not saved. The server does not answer.")
            >
                "Bad note"
            </button>
            <button
                type="button"
                class="button"
                data-testid="gallery-panic"
                on:click=|_| panic!("the gallery was asked to break the program")
            >
                "Break the program"
            </button>
        </div>
        <Dialog is_open=is_open title="A dialog">
            <p>"What is in it."</p>
        </Dialog>
        <Confirm
            question=question
            is_busy=false
            failure=Signal::stored(None::<String>)
            on_yes=Callback::new(move |()| question.set(None))
        />
    }
    .into_any()
}

pub(super) fn values() -> AnyView {
    let clock = use_clock();
    let now_ms = Signal::derive(move || clock.now_ms());
    let at = "2026-11-22T07:26:12.104Z";
    let styles = [
        Style::DateAndTime,
        Style::Precise,
        Style::Short,
        Style::Clock,
        Style::Full,
        Style::Utc,
    ]
    .map(|style| view! { <dd><Moment at=at.to_owned() style=style /></dd> });
    view! {
        <Copyable value="msg_01j0000000000000000000000a".to_owned() what="message id" />
        <p class="secret">
            <Copyable value="wb_0000000000000000000000000000".to_owned() what="token" />
        </p>
        <dl class="facts">
            <dt>"Age"</dt>
            <dd>
                <Ago at=at.to_owned() now_ms=now_ms />
            </dd>
            <dt>"Moments"</dt>
            {styles.collect_view()}
            <dt>"Key"</dt>
            <dd>
                <kbd>"Ctrl K"</kbd>
            </dd>
            <dt>"Code"</dt>
            <dd>
                <code class="code">"63016"</code>
            </dd>
        </dl>
    }
    .into_any()
}
