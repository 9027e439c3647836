//! The sheet on `?`: what can be pressed on this page, drawn from the key map.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::nav::visible;
use crate::{
    components::dialog::Dialog,
    core::{
        keymap::{Shortcut, of_page},
        say::{said, say},
    },
    state::session::use_session,
};

/// The sheet.
#[component]
pub(crate) fn ShortcutSheet(is_open: RwSignal<bool>) -> impl IntoView {
    let pathname = use_location().pathname;
    let session = use_session();
    let line = |it: Shortcut| {
        let keys = it
            .keys
            .iter()
            .enumerate()
            .map(|(index, key)| {
                let or = (index > 0).then_some(say!(" or "));
                view! { {or}<kbd>{*key}</kbd> }
            })
            .collect_view();
        view! {
            <div class="keys__line">
                <dt>{said(it.does)}</dt>
                <dd>{keys}</dd>
            </div>
        }
    };
    let lines = move || {
        of_page(&pathname.get())
            .into_iter()
            .map(line)
            .collect_view()
    };
    let places = move || {
        visible(session)
            .into_iter()
            .map(|it| {
                view! {
                    <div class="keys__line">
                        <dt>{said(it.title)}</dt>
                        <dd>
                            <kbd>"g"</kbd>
                            " "
                            <kbd>{it.letter}</kbd>
                        </dd>
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <Dialog is_open=is_open title=say!("Shortcuts")>
            <Show when=move || is_open.get()>
                <div class="keys" data-testid="shortcuts">
                    <h3 class="keys__title">{say!("On this page")}</h3>
                    <dl>{lines}</dl>
                    <h3 class="keys__title">{say!("Go to")}</h3>
                    <dl>{places}</dl>
                    <p class="faint">{say!("Single keys rest while you type.")}</p>
                </div>
            </Show>
        </Dialog>
    }
}
