//! Where toasts appear.

use leptos::prelude::*;

use crate::{
    components::icon::{Glyph, Icon},
    state::toasts::{Toast, use_toasts},
};

/// The list; polite, and always there.
#[component]
pub(crate) fn ToastList() -> impl IntoView {
    let toasts = use_toasts();
    let one = move |toast: Toast| {
        let id = toast.id;
        view! {
            <div class="toast">
                <p>{toast.text}</p>
                {toast.href.map(|href| view! { <a href=href>"View"</a> })}
                <button type="button" class="icon-button" on:click=move |_| toasts.dismiss(id)>
                    <Glyph icon=Icon::X />
                    <span class="hidden">"Dismiss"</span>
                </button>
            </div>
        }
    };
    view! {
        <div class="toasts" role="status">
            <For each=move || toasts.list() key=|it| it.id children=one />
        </div>
    }
}
