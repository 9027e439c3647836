//! The frame around every page: who and what we are connected to, where one can go, what happens live.

mod actions;
mod banner;
mod bar;
mod expired;
mod jobs;
mod nav;
mod palette;
mod pauses;
mod places;
mod shortcuts;
mod skip;
mod toasts;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    components::{
        badge::EnvironmentBadge,
        icon::{Glyph, Icon},
    },
    core::{
        keymap::{Sequence, Step},
        say::{said, say},
    },
    pages::parts::late,
    route::Route,
    state::{
        keys::use_keys,
        page::focus_heading_on_navigation,
        session::{Session, use_session},
    },
};
pub(crate) use actions::Actions;

use actions::Action;
use banner::ConnectionBanner;
use bar::Bar;
use expired::ExpiredDialog;
use jobs::JobsTray;
use nav::{Nav, visible};
use palette::{CommandPalette, Recent, open_by_key, recent_pages};
use pauses::PauseBanner;
use places::Home;
use shortcuts::ShortcutSheet;
use skip::SkipLinks;
use toasts::ToastList;

/// The hint after `g` goes when its time is over.
const HINT: Duration = Duration::from_millis(1500);

late! {
    palette(is_open: RwSignal<bool>, actions: Actions, recent: Recent): CommandPalette,
}

/// The frame; `children` is the page.
#[component]
pub(crate) fn Shell(
    /// The page.
    children: Children,
) -> impl IntoView {
    focus_heading_on_navigation();
    let session = use_session();
    let is_palette_open = RwSignal::new(false);
    let is_sheet_open = RwSignal::new(false);
    let recent = recent_pages();
    open_by_key(is_palette_open);
    let actions = Actions::new(is_sheet_open);
    let is_going = go_by_keys(session, actions);
    view! {
        <SkipLinks />
        <div class="frame">
            <header class="brand">
                <a class="brand__name" href=Route::Overview.href()>
                    <Glyph icon=Icon::Send />
                    <span class="brand__word">"Waybill"</span>
                </a>
                <EnvironmentBadge environment=Signal::derive(move || session.environment()) />
            </header>
            <Bar actions=actions is_palette_open=is_palette_open />
            <Nav />
            <main id="main" class="page" tabindex="-1">
                <ConnectionBanner />
                <PauseBanner />
                {children()}
            </main>
        </div>
        <Show when=move || session.viewer().is_some()>
            {late::palette(is_palette_open.into(), is_palette_open, actions, recent)}
        </Show>
        <ShortcutSheet is_open=is_sheet_open />
        <ExpiredDialog />
        <Show when=move || is_going.get()>
            <GoHint />
        </Show>
        <JobsTray />
        <ToastList />
    }
}

/// The keys that work everywhere; tells whether a `g` waits for its letter.
fn go_by_keys(session: Session, actions: Actions) -> RwSignal<bool> {
    let sequence = StoredValue::new(Sequence::default());
    let is_going = RwSignal::new(false);
    let navigate = use_navigate();
    use_keys(move |key| {
        let now_ms = js_sys::Date::now();
        let step = sequence.try_update_value(|it| it.press(key, now_ms));
        is_going.set(step == Some(Step::Begun));
        match step {
            Some(Step::Begun) => {
                set_timeout(move || is_going.set(false), HINT);
                true
            }
            Some(Step::Go(letter)) => {
                let place = untrack(|| visible(session).into_iter().find(|it| it.letter == letter));
                match place.map(|it| (it.home, it.path)) {
                    Some((Home::Server, path)) => leave(path),
                    Some((Home::Here | Home::Sandbox, path)) => {
                        navigate(path, NavigateOptions::default());
                    }
                    None => {}
                }
                true
            }
            Some(Step::Other) | None => actions.press(key),
        }
    });
    is_going
}

/// To a page of the server, outside this program.
fn leave(href: &str) {
    if window().location().set_href(href).is_err() {
        leptos::logging::debug_warn!("the page cannot be left");
    }
}

/// What may follow a `g`, for the eyes; the shortcuts' sheet tells it to everybody.
#[component]
fn GoHint() -> impl IntoView {
    let session = use_session();
    let places = visible(session)
        .into_iter()
        .map(|it| {
            view! {
                <span class="go__one">
                    <kbd>{it.letter}</kbd>
                    {said(it.title)}
                </span>
            }
        })
        .collect_view();
    view! {
        <div class="go" aria-hidden="true" data-testid="go-hint">
            <span class="go__one">
                <kbd>"g"</kbd>
                {say!("then")}
            </span>
            {places}
        </div>
    }
}
