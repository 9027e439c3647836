//! The session ended under an open page: a dialog asks for name and password, and the page goes on where it was.

use leptos::prelude::*;

use crate::{
    api::expiry,
    components::{
        dialog::Dialog,
        icon::{Glyph, Icon},
    },
    core::say::say,
    pages::sign_in::{Knock, KnockForm},
    state::{
        session::use_session,
        tabs::{self, News},
    },
};

/// The dialog; closed by Esc, the waiting requests fail.
#[component]
pub(crate) fn ExpiredDialog() -> impl IntoView {
    let session = use_session();
    let is_open = session.expired();
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        if was_open == Some(true) && !is_open {
            // Whoever signed in has been answered already.
            expiry::settle(false);
        }
        is_open
    });
    view! {
        <Dialog is_open=is_open title=say!("Your session has ended")>
            <Show when=move || is_open.get()>
                <Again />
            </Show>
        </Dialog>
    }
}

#[component]
fn Again() -> impl IntoView {
    let session = use_session();
    let knock = Knock::new(Callback::new(move |()| {
        tabs::tell(News::SignedIn);
        session.look_again();
    }));
    if let Some(viewer) = session.viewer() {
        knock.call(viewer.name);
    }
    view! {
        <div class="expired" data-testid="session-expired">
            <p>
                {say!(
                    "Sign in again: nothing on this page is lost, and what you asked for is done then."
                )}
            </p>
            <KnockForm knock=knock />
            <p class="faint">
                {say!(
                    "A sign-in link opened in another tab does as well: this page goes on by itself."
                )}
            </p>
            <button
                type="button"
                class="button button--quiet"
                on:click=move |_| session.look_again()
            >
                <Glyph icon=Icon::Retry />
                {say!("I have signed in elsewhere")}
            </button>
        </div>
    }
}
