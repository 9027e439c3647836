//! What surrounds every page: the providers, the router, the shell.

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::{
    pages::{
        job::JobPage, message::MessagePage, messages::MessagesPage, not_found::NotFoundPage,
        shell::Shell, sign_in::SignInPage, simulator::SimulatorPage,
    },
    state::{
        clock::provide_clock,
        jobs::provide_jobs,
        live::{LiveStatus, provide_live, use_live},
        place::provide_place,
        session::{provide_session, use_session},
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
    provide_session();
    provide_live();
    provide_jobs();
    provide_place();
    begin();
    let session = use_session();
    let is_needed = Memo::new(move |_| session.is_needed());
    view! {
        <Router>
            <Shell>
                <Show when=move || !is_needed.get() fallback=|| view! { <SignInPage /> }>
                    <Routes fallback=|| view! { <NotFoundPage /> }>
                        <Route path=path!("/") view=|| view! { <MessagesPage /> }.into_any() />
                        <Route path=path!("/messages") view=|| view! { <MessagesPage /> }.into_any() />
                        <Route path=path!("/messages/:id") view=|| view! { <MessagePage /> }.into_any() />
                        <Route path=path!("/m/:id") view=|| view! { <MessagePage /> }.into_any() />
                        <Route path=path!("/jobs/:id") view=|| view! { <JobPage /> }.into_any() />
                        <Route path=path!("/simulator") view=|| view! { <SimulatorPage /> }.into_any() />
                    </Routes>
                </Show>
            </Shell>
        </Router>
    }
}

/// Asks who is signed in and connects; asks again when the connection comes back and nobody is known yet.
fn begin() {
    let session = use_session();
    let live = use_live();
    session.ask(move |is_good| {
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
