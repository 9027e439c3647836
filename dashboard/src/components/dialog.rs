//! A modal on the browser's own `<dialog>`: focus goes in and comes back, Esc closes, the page behind is inert.

use leptos::{html, prelude::*};

use super::icon::{Glyph, Icon};
use crate::core::say::say;

/// A titled dialog.
#[component]
pub(crate) fn Dialog(
    /// Whether it is open; closing by Esc or the cross sets it to false.
    is_open: RwSignal<bool>,
    /// Its heading.
    title: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    follow_modal(element, is_open);
    view! {
        <dialog
            class="dialog"
            node_ref=element
            aria-label=title
            on:close=move |_| is_open.set(false)
        >
            <header class="dialog__head">
                <h2>{title}</h2>
                <button type="button" class="icon-button" on:click=move |_| is_open.set(false)>
                    <Glyph icon=Icon::X />
                    <span class="hidden">{say!("Close")}</span>
                </button>
            </header>
            {children()}
        </dialog>
    }
}

/// Opens and closes a `<dialog>` as a signal says.
pub(crate) fn follow_modal(element: NodeRef<html::Dialog>, is_open: RwSignal<bool>) {
    Effect::new(move |_| {
        let Some(dialog) = element.get() else { return };
        match (is_open.get(), dialog.open()) {
            (true, false) => {
                if dialog.show_modal().is_err() {
                    dialog.set_open(true);
                }
            }
            (false, true) => dialog.close(),
            (true, true) | (false, false) => {}
        }
    });
}
