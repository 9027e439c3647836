//! What surrounds every page: the providers, the router, the shell.

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::{
    pages::{
        not_found::NotFoundPage,
        parts::{fetch_ahead, page},
        shell::Shell,
        sign_in::SignInPage,
    },
    state::{
        clock::provide_clock,
        jobs::provide_jobs,
        live::{LiveStatus, provide_live, use_live},
        place::provide_place,
        queue::provide_queue,
        rail::provide_rail,
        session::{provide_session, use_session},
        tabs::{self, News},
        theme::provide_theme,
        toasts::provide_toasts,
    },
};

/// The whole program.
#[component]
pub(crate) fn App() -> impl IntoView {
    provide_clock();
    provide_toasts();
    provide_theme();
    provide_rail();
    provide_session();
    provide_live();
    provide_jobs();
    provide_place();
    provide_queue();
    tabs::listen();
    begin();
    fetch_ahead();
    let session = use_session();
    let is_needed = Memo::new(move |_| session.is_needed());
    view! {
        <Router>
            <Shell>
                <Show when=move || !is_needed.get() fallback=|| view! { <SignInPage /> }>
                    <Routes fallback=|| view! { <NotFoundPage /> }>
                        <Route path=path!("/") view=page::overview />
                        <Route path=path!("/messages") view=page::messages />
                        <Route path=path!("/messages/:id") view=page::message />
                        <Route path=path!("/queue") view=page::queue />
                        <Route path=path!("/webhooks") view=page::webhooks />
                        <Route path=path!("/webhooks/:id") view=page::webhook />
                        <Route path=path!("/doctor") view=page::doctor />
                        <Route path=path!("/tokens") view=page::tokens />
                        <Route path=path!("/users") view=page::users />
                        <Route path=path!("/users/:id") view=page::user />
                        <Route path=path!("/audit") view=page::audit />
                        <Route path=path!("/account") view=page::account />
                        <Route path=path!("/gallery") view=gallery />
                        <Route path=path!("/m/:id") view=page::message />
                        <Route path=path!("/jobs/:id") view=page::job />
                        <Route path=path!("/simulator") view=page::simulator />
                    </Routes>
                </Show>
            </Shell>
        </Router>
    }
}

/// Every component in every state: in development builds only.
#[cfg(debug_assertions)]
fn gallery() -> AnyView {
    view! { <crate::pages::gallery::GalleryPage /> }.into_any()
}

/// What is shipped has no gallery.
#[cfg(not(debug_assertions))]
fn gallery() -> AnyView {
    view! { <NotFoundPage /> }.into_any()
}

/// Asks who is signed in and connects; asks again when the connection comes back and nobody is known yet.
fn begin() {
    let session = use_session();
    let live = use_live();
    session.ask(move |is_good| {
        if is_good {
            tabs::tell(News::SignedIn);
        }
        if is_good || !session.is_needed() {
            live.start();
        }
    });
    Effect::new(move |_| {
        if live.status() == LiveStatus::Live && untrack(|| session.viewer().is_none()) {
            session.ask(|_| ());
        }
    });
}
