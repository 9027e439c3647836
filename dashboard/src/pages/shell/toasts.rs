//! Where toasts appear. F6 leads there and back; they wait while somebody points at them.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::{
    components::icon::{Glyph, Icon},
    core::say::say,
    state::{
        keys::{focus, focus_element},
        toasts::{Mood, Toast, Toasts, use_toasts},
    },
};

/// The lists: good news politely, bad news at once; always there.
#[component]
pub(crate) fn ToastList() -> impl IntoView {
    let toasts = use_toasts();
    lead_by_f6(toasts);
    view! {
        <section
            class="toasts"
            aria-label=say!("Notes")
            tabindex="-1"
            on:pointerenter=move |_| toasts.hold(true)
            on:pointerleave=move |_| toasts.hold(false)
            on:focusin=move |_| toasts.hold(true)
            on:focusout=move |_| toasts.hold(false)
        >
            <div class="toasts__list" role="status">
                <Notes mood=Mood::Good />
            </div>
            <div class="toasts__list" role="alert">
                <Notes mood=Mood::Bad />
            </div>
        </section>
    }
}

#[component]
fn Notes(mood: Mood) -> impl IntoView {
    let toasts = use_toasts();
    let one = move |toast: Toast| {
        let id = toast.id;
        let is_bad = toast.mood == Mood::Bad;
        let icon = if is_bad {
            Icon::TriangleAlert
        } else {
            Icon::Check
        };
        view! {
            <div class="toast" class:toast--bad=is_bad data-testid="toast">
                <Glyph icon=icon />
                <p>{toast.text}</p>
                {toast.href.map(|href| view! { <a href=href>{say!("View")}</a> })}
                <button type="button" class="icon-button" on:click=move |_| toasts.dismiss(id)>
                    <Glyph icon=Icon::X />
                    <span class="hidden">{say!("Dismiss")}</span>
                </button>
            </div>
        }
    };
    view! { <For each=move || toasts.list(mood) key=|it| it.id children=one /> }
}

/// F6 moves the focus to the notes, and back to where it was.
fn lead_by_f6(toasts: Toasts) {
    let from: StoredValue<Option<Element>, LocalStorage> = StoredValue::new_local(None);
    let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        if event.key() != "F6" {
            return;
        }
        let now = document().active_element();
        let is_inside = now
            .as_ref()
            .is_some_and(|it| it.closest(".toasts").ok().flatten().is_some());
        if is_inside {
            event.prevent_default();
            match from.try_update_value(Option::take).flatten() {
                Some(it) if it.is_connected() => focus_element(&it),
                Some(_) | None => focus("h1"),
            }
        } else if !toasts.is_empty() {
            event.prevent_default();
            from.set_value(now.filter(|it| it.dyn_ref::<web_sys::HtmlElement>().is_some()));
            focus(".toasts");
        }
    });
    on_cleanup(move || listener.remove());
}
