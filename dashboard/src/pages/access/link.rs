//! A one-time link, shown this once, to be given to somebody.

use leptos::prelude::*;

use crate::{
    components::{
        copy::Copyable,
        dialog::Dialog,
        icon::{Glyph, Icon},
    },
    core::say::say,
};

/// A link for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OneTimeLink {
    /// Whom it signs in.
    pub(super) name: String,
    /// The path on this server.
    pub(super) path: String,
}

/// The dialog; open while there is a link.
#[component]
pub(super) fn LinkDialog(link: RwSignal<Option<OneTimeLink>>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    Effect::new(move |_| is_open.set(link.with(Option::is_some)));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        if was_open == Some(true) && !is_open {
            link.set(None);
        }
        is_open
    });
    let body = move |it: OneTimeLink| {
        let origin = window().location().origin().unwrap_or_default();
        view! {
            <div class="form" data-testid="one-time-link">
                <p role="status">
                    {say!(
                        "Give this link to {name}: it signs them in, once, within an hour. ",
                        name = it.name
                    )}
                    <strong>{say!("It is shown this once.")}</strong>
                    {say!(" Whoever opens it first comes in as them.")}
                </p>
                <p class="secret">
                    <Copyable value=format!("{origin}{}", it.path) what=say!("sign-in link") />
                </p>
                <div class="form__foot">
                    <button
                        type="button"
                        class="button button--primary"
                        autofocus=true
                        on:click=move |_| is_open.set(false)
                    >
                        <Glyph icon=Icon::Check />
                        {say!("I have kept it")}
                    </button>
                </div>
            </div>
        }
    };
    view! {
        <Dialog is_open=is_open title=say!("One-time sign-in link")>
            {move || link.get().map(body)}
        </Dialog>
    }
}
