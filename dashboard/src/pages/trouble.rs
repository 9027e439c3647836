//! What a part of a page shows when it could not be read, and what its controls say to who may only look.

use leptos::prelude::*;

use crate::{
    api::error::ApiError,
    components::notice::Failure,
    core::say::say,
    state::{session::use_session, toasts::use_toasts},
};

/// The failure, if there is one; old data below it stays.
#[component]
pub(crate) fn Trouble(
    /// What went wrong.
    failure: RwSignal<Option<ApiError>>,
    /// Tries again.
    on_retry: Callback<()>,
) -> impl IntoView {
    move || {
        failure.get().map(|error| {
            view! {
                <Failure
                    cause=error.cause()
                    next_step=error.next_step()
                    request_id=error.request_id().map(ToOwned::to_owned)
                    on_retry=on_retry
                />
            }
        })
    }
}

/// Takes back what a key asked for where the user may not act now, and says why.
pub(crate) fn refuse(is_asked: Signal<bool>, take_back: impl Fn() + 'static) {
    let toasts = use_toasts();
    let bar = use_session().bar();
    Effect::new(move |_| {
        // Untracked: what was open before the server went away stays.
        if is_asked.get()
            && let Some(why) = untrack(bar)
        {
            take_back();
            toasts.say(why, None);
        }
    });
}

/// Says why the controls of a page are disabled, to who may only look.
#[component]
pub(crate) fn ReadOnly() -> impl IntoView {
    let session = use_session();
    view! {
        {move || (!session.may_act()).then(|| view! {
            <p class="note note--neutral" data-testid="read-only">
                {say!(
                    "Your role only reads: an operator acts here, and an administrator can change your role."
                )}
            </p>
        })}
    }
}
