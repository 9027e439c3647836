//! Who is signed in, and what to do when nobody is, or nobody is any more.

use leptos::{prelude::*, task::spawn_local};

use super::{
    clock::{Clock, use_clock},
    tabs::{self, News},
    toasts::Toasts,
};
use crate::{
    api::{
        client,
        error::ApiError,
        expiry,
        viewer::{self, Viewer},
    },
    core::{
        say::say,
        time::parse_ms,
        words::{Environment, Role},
    },
};

/// The session of this tab.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    viewer: RwSignal<Option<Viewer>>,
    is_needed: RwSignal<bool>,
    /// It ended while a page was open: the page stays, a dialog asks.
    is_expired: RwSignal<bool>,
    /// How often somebody has signed in again since.
    renewals: RwSignal<u32>,
    /// Whether the server has been away for so long that the banner says so.
    is_offline: RwSignal<bool>,
    clock: Clock,
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

    /// Whether the session ended under an open page; two-way, for the dialog.
    pub(crate) fn expired(self) -> RwSignal<bool> {
        self.is_expired
    }

    /// What the server is connected to, once known.
    pub(crate) fn environment(self) -> Option<Environment> {
        self.viewer.with(|it| it.as_ref().map(|it| it.environment))
    }

    /// Whether nothing leaves this server.
    pub(crate) fn is_simulated(self) -> bool {
        self.environment() == Some(Environment::Simulated)
    }

    /// Whether the user has simulated phones to write with.
    pub(crate) fn has_simulator(self) -> bool {
        self.is_simulated() && self.may_act()
    }

    /// The role, once known.
    pub(crate) fn role(self) -> Option<Role> {
        self.viewer.with(|it| it.as_ref().map(|it| it.role))
    }

    /// Whether the user sends and retries; until known, yes: the server decides anyway.
    pub(crate) fn may_act(self) -> bool {
        self.role().is_none_or(Role::may_act)
    }

    /// How often somebody has signed in again under an open page.
    pub(crate) fn renewals(self) -> u32 {
        self.renewals.get()
    }

    /// The connection went away, or is back.
    pub(crate) fn set_offline(self, is_offline: bool) {
        if self.is_offline.get_untracked() != is_offline {
            self.is_offline.set(is_offline);
        }
    }

    /// Why the user may not do what needs a role; `None`: they may, or it is not known yet.
    pub(crate) fn obstacle(self, needed: Role) -> Option<&'static str> {
        if self.is_offline.get() {
            return Some(say!("Offline: the server can't be asked now"));
        }
        let may = self.role().is_none_or(|it| it.covers(needed));
        (!may).then_some(match needed {
            Role::Viewer => say!("Sign in first"),
            Role::Operator => say!("Needs the role Operator; an administrator can give it"),
            Role::Admin => say!("Needs the role Administrator; an administrator can give it"),
        })
    }

    /// Why the user may not send, retry or hold; one type for all controls, which is less code to load.
    pub(crate) fn bar(self) -> impl Fn() -> Option<&'static str> + Copy {
        move || match self.obstacle(Role::Operator) {
            Some(_) if !self.may_act() => Some(say!("Your role only reads")),
            obstacle => obstacle,
        }
    }

    /// Whether there is such a reason.
    pub(crate) fn is_barred(self) -> impl Fn() -> bool + Copy {
        let bar = self.bar();
        move || bar().is_some()
    }

    /// Looks at a failed request: was it for want of a session? Where there was one, the dialog has asked already.
    pub(crate) fn note(self, error: &ApiError) {
        let is_known = self.viewer.with_untracked(Option::is_some);
        if *error == ApiError::Unauthenticated && !is_known {
            self.is_needed.set(true);
        }
    }

    /// Asks the server who is signed in, then tells `then` whether someone is.
    pub(crate) fn ask(self, then: impl FnOnce(bool) + 'static) {
        spawn_local(async move {
            let answer = viewer::viewer().await;
            let is_good = answer.is_ok();
            match answer {
                Ok(viewer) => self.take(viewer),
                Err(error) => self.note(&error),
            }
            then(is_good);
        });
    }

    fn take(self, viewer: Viewer) {
        let before = self
            .viewer
            .with_untracked(|it| it.as_ref().map(|it| it.id.clone()));
        if before.is_some_and(|it| it != viewer.id) {
            // Somebody else: nothing of the other person stays in memory.
            reload();
            return;
        }
        if let Some(server_ms) = parse_ms(&viewer.server_time.0) {
            self.clock.set_server_now(server_ms);
        }
        self.viewer.set(Some(viewer));
        self.is_needed.set(false);
        if self.is_expired.get_untracked() {
            self.is_expired.set(false);
            self.renewals.update(|it| *it += 1);
            expiry::settle(true);
        }
    }

    /// Somebody may have signed in, here or in another tab: a waiting page goes on, a sign-in page begins anew.
    pub(crate) fn look_again(self) {
        if self.is_needed.get_untracked() {
            reload();
        } else if self.is_expired.get_untracked() {
            spawn_local(async move {
                match viewer::probe().await {
                    Ok(viewer) => self.take(viewer),
                    Err(error) => self.note(&error),
                }
            });
        }
    }
}

/// Ends the session, in every tab of this browser.
pub(crate) fn sign_out(toasts: Toasts) {
    spawn_local(async move {
        match client::sign_out().await {
            Ok(()) => {
                tabs::tell(News::SignedOut);
                reload();
            }
            Err(error) => toasts.fail(say!("Not signed out. {cause}", cause = error.cause())),
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
    let session = Session {
        viewer: RwSignal::new(None),
        is_needed: RwSignal::new(false),
        is_expired: RwSignal::new(false),
        renewals: RwSignal::new(0),
        is_offline: RwSignal::new(false),
        clock: use_clock(),
    };
    expiry::on_expiry(move || {
        let is_known = session.viewer.with_untracked(Option::is_some);
        if is_known {
            session.is_expired.set(true);
        }
        is_known
    });
    provide_context(session);
}

/// The session of this tab.
pub(crate) fn use_session() -> Session {
    expect_context()
}
