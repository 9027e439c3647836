//! Who is signed in, and what to do when nobody is.

use leptos::{prelude::*, task::spawn_local};

use super::{clock::use_clock, toasts::Toasts};
use crate::{
    api::{
        client,
        error::ApiError,
        viewer::{self, Viewer},
    },
    core::{time::parse_ms, words::Environment},
};

/// The session of this tab.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    viewer: RwSignal<Option<Viewer>>,
    is_needed: RwSignal<bool>,
}

impl Session {
    /// The signed-in user, once known.
    pub(crate) fn viewer(self) -> Option<Viewer> {
        self.viewer.get()
    }

    /// Whether someone has to sign in first.
    pub(crate) fn is_needed(self) -> bool {
        self.is_needed.get()
    }

    /// What the server is connected to, once known.
    pub(crate) fn environment(self) -> Option<Environment> {
        self.viewer.with(|it| it.as_ref().map(|it| it.environment))
    }

    /// Whether the user sends and retries; until known, yes: the server decides anyway.
    pub(crate) fn may_act(self) -> bool {
        self.viewer
            .with(|it| it.as_ref().is_none_or(|it| it.role.may_act()))
    }

    /// Looks at a failed request: was it for want of a session?
    pub(crate) fn note(self, error: &ApiError) {
        if *error == ApiError::Unauthenticated {
            self.is_needed.set(true);
        }
    }

    /// Asks the server who is signed in, then tells `then` whether someone is.
    pub(crate) fn ask(self, then: impl FnOnce(bool) + 'static) {
        let clock = use_clock();
        spawn_local(async move {
            let answer = viewer::viewer().await;
            let is_good = answer.is_ok();
            match answer {
                Ok(viewer) => {
                    if let Some(server_ms) = parse_ms(&viewer.server_time.0) {
                        clock.set_server_now(server_ms);
                    }
                    self.viewer.set(Some(viewer));
                    self.is_needed.set(false);
                }
                Err(error) => self.note(&error),
            }
            then(is_good);
        });
    }
}

/// Ends the session.
pub(crate) fn sign_out(toasts: Toasts) {
    spawn_local(async move {
        match client::sign_out().await {
            Ok(()) => reload(),
            Err(error) => toasts.say(format!("Not signed out. {}", error.cause()), None),
        }
    });
}

/// A fresh page: nothing of the old session, or of none, stays in memory.
pub(crate) fn reload() {
    if window().location().reload().is_err() {
        leptos::logging::debug_warn!("the page cannot be reloaded");
    }
}

/// Makes the session known below.
pub(crate) fn provide_session() {
    provide_context(Session {
        viewer: RwSignal::new(None),
        is_needed: RwSignal::new(false),
    });
}

/// The session of this tab.
pub(crate) fn use_session() -> Session {
    expect_context()
}
