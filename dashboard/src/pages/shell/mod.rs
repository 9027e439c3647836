//! The frame around every page: who and what we are connected to, where one can go, what happens live.

mod banner;
mod bar;
mod jobs;
mod nav;
mod toasts;

use leptos::prelude::*;

use crate::{
    components::{
        badge::EnvironmentBadge,
        icon::{Glyph, Icon},
    },
    state::{
        keys::use_keys, live::use_live, page::focus_heading_on_navigation, session::use_session,
        theme::use_theme,
    },
};
use banner::ConnectionBanner;
use bar::Bar;
use jobs::JobsTray;
use nav::Nav;
use toasts::ToastList;

/// The frame; `children` is the page.
#[component]
pub(crate) fn Shell(
    /// The page.
    children: Children,
) -> impl IntoView {
    focus_heading_on_navigation();
    let session = use_session();
    let theme = use_theme();
    let live = use_live();
    use_keys(move |key| {
        match key {
            "t" => theme.turn(),
            "l" => live.toggle(),
            _ => return false,
        }
        true
    });
    view! {
        <a class="skip" href="#main" rel="external">
            "Skip to content"
        </a>
        <div class="frame">
            <header class="brand">
                <a class="brand__name" href="/messages">
                    <Glyph icon=Icon::Send />
                    "Waybill"
                </a>
                <EnvironmentBadge environment=Signal::derive(move || session.environment()) />
            </header>
            <Bar />
            <Nav />
            <main id="main" class="page" tabindex="-1">
                <ConnectionBanner />
                {children()}
            </main>
        </div>
        <JobsTray />
        <ToastList />
    }
}
