//! A value one can copy: shown left to right whatever the language, with a button that says what happened.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::icon::{Glyph, Icon};
use crate::core::say::say;

const SAID_FOR: Duration = Duration::from_secs(2);

/// An id with a copy button.
#[component]
pub(crate) fn Copyable(
    /// What is copied and shown.
    value: String,
    /// What the value is, for the button's name: "message id".
    what: &'static str,
) -> impl IntoView {
    let copied = value.clone();
    view! {
        <span class="copyable">
            <bdi class="mono copyable__value" dir="ltr">
                {value}
            </bdi>
            <CopyButton value=copied what=what />
        </span>
    }
}

/// The button alone.
#[component]
pub(crate) fn CopyButton(
    /// What is copied.
    value: String,
    /// What the value is, for the button's name: "message id".
    what: &'static str,
) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let copy = move |_| {
        let written = window().navigator().clipboard().write_text(&value);
        spawn_local(async move {
            if JsFuture::from(written).await.is_ok() {
                is_copied.set(true);
                set_timeout(move || is_copied.set(false), SAID_FOR);
            }
        });
    };
    let icon = Signal::derive(move || {
        if is_copied.get() {
            Icon::Check
        } else {
            Icon::Copy
        }
    });
    view! {
        <button type="button" class="icon-button" on:click=copy>
            <Glyph icon=icon />
            <span class="hidden" role="status">
                {move || {
                    if is_copied.get() {
                        say!("Copied").to_owned()
                    } else {
                        say!("Copy {what}", what)
                    }
                }}
            </span>
        </button>
    }
}
