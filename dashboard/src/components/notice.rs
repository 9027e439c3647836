//! The faces of a place without data: an explanation with one action, or an error with a way on.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::core::say::say;

/// A failed request: cause, next step, request id, Retry.
#[component]
pub(crate) fn Failure(
    /// What happened.
    cause: String,
    /// What to do next.
    next_step: &'static str,
    /// The id in the server's log.
    request_id: Option<String>,
    /// Tries again.
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="failure" role="alert">
            <Glyph icon=Icon::TriangleAlert />
            <div class="failure__text">
                <p class="failure__cause">{cause}</p>
                <p>{next_step}</p>
                {request_id
                    .map(|id| {
                        view! {
                            <p class="faint">
                                {say!("Request ")} <bdi class="mono" dir="ltr">{id}</bdi>
                            </p>
                        }
                    })}
            </div>
            <button type="button" class="button" on:click=move |_| on_retry.run(())>
                <Glyph icon=Icon::Retry />
                {say!("Retry")}
            </button>
        </div>
    }
}

/// A place where nothing is: says why, and what to do.
#[component]
pub(crate) fn Empty(
    /// The picture.
    icon: Icon,
    /// One short claim.
    title: String,
    /// Explanation and actions.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty__icon">
                <Glyph icon=icon />
            </span>
            <h2>{title}</h2>
            {children()}
        </div>
    }
}
