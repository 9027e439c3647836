//! Shown in place of every page while nobody is signed in.

use leptos::prelude::*;

use crate::{
    components::{
        icon::{Glyph, Icon},
        notice::Empty,
    },
    state::{live::use_live, page::use_title, session::use_session},
};

/// Explains the one-time link.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    use_title(|| "Sign in".to_owned());
    let session = use_session();
    let live = use_live();
    let again = move |_| {
        session.ask(move |is_good| {
            if is_good {
                live.start();
                live.wake();
            }
        });
    };
    view! {
        <div class="sign-in" data-testid="sign-in-needed">
            <h1 tabindex="-1">"Sign in to Waybill"</h1>
            <Empty icon=Icon::Key title="This page needs a sign-in link".to_owned()>
                <p>
                    "Waybill has no password to forget. When the server starts, it prints a link that "
                    "signs this browser in. Each link works once."
                </p>
                <ol class="steps">
                    <li>
                        "Look at the terminal where the server runs, for the line that begins with "
                        <code>"Sign in"</code> ", and open its link in this browser."
                    </li>
                    <li>
                        "No link left, or already used? On the server, run " <code>"waybill user link"</code>
                        " for a new one."
                    </li>
                </ol>
                <p>
                    <button type="button" class="button button--primary" on:click=again>
                        <Glyph icon=Icon::Retry />
                        "I have signed in, try again"
                    </button>
                </p>
            </Empty>
        </div>
    }
}
