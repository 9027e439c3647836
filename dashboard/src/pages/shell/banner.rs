//! Says when the connection has been away for a while, and since when the data stands still.

use leptos::prelude::*;

use crate::{
    components::{
        icon::{Glyph, Icon},
        when::{Style, written},
    },
    state::live::use_live,
};

/// The banner; its place is always there, so that a screen reader hears it.
#[component]
pub(crate) fn ConnectionBanner() -> impl IntoView {
    let live = use_live();
    let since = move || live.away_since_ms().map(|it| written(it, Style::Short));
    view! {
        <div role="status">
            {move || {
                since()
                    .map(|since| {
                        view! {
                            <div class="banner">
                                <Glyph icon=Icon::WifiOff />
                                <p>
                                    <strong>"Offline."</strong>
                                    {format!(" What you see is from {since}. Reconnecting by itself.")}
                                </p>
                                <button
                                    type="button"
                                    class="button"
                                    on:click=move |_| live.wake()
                                >
                                    "Try now"
                                </button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}
