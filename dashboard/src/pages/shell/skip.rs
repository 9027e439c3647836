//! The ways past the frame, for who comes by keyboard: to the content, its filters, its table.

use leptos::prelude::*;

use crate::{core::say::say, state::keys::focus};

const FILTERS: &str = "main search :is(input, select, button, a)";
const TABLE: &str = "main table :is(a, button), main [role=grid] :is(a, button)";

/// Seen only while they have the focus; those that lead nowhere on this page are absent.
#[component]
pub(crate) fn SkipLinks() -> impl IntoView {
    view! {
        <nav class="skips" aria-label=say!("Skip")>
            <a class="skip" href="#main" rel="external">
                {say!("Skip to content")}
            </a>
            <button type="button" class="skip skip--filters" on:click=move |_| focus(FILTERS)>
                {say!("Skip to filters")}
            </button>
            <button type="button" class="skip skip--table" on:click=move |_| focus(TABLE)>
                {say!("Skip to the table")}
            </button>
        </nav>
    }
}
