//! The page of a message while there is none: to come, failed, nowhere.

use leptos::prelude::*;

use super::subject::{Subject, is_ours, is_twilios};
use crate::{
    api::error::ApiError,
    components::{
        icon::Icon,
        notice::{Empty, Failure},
    },
    core::{filter::Filter, say::say},
    route::Route,
};

/// The request failed; what was read before stays below.
#[component]
pub(super) fn Failed(error: ApiError, subject: Subject) -> impl IntoView {
    view! {
        <Failure
            cause=error.cause()
            next_step=error.next_step()
            request_id=error.request_id().map(ToOwned::to_owned)
            on_retry=Callback::new(move |()| subject.read())
        />
    }
}

/// What an id that leads nowhere may be.
fn guess(id: &str) -> &'static str {
    if is_ours(id) {
        say!(
            "It is written like an id of Waybill. Either the retention period removed the message, or it belongs to \
             another server, e.g. the live one while you look at a simulated one."
        )
    } else if is_twilios(id) {
        say!(
            "It is written like an id of Twilio. Waybill knows only what passed through it: the message may have been \
             sent by another program, or removed by the retention period."
        )
    } else {
        say!(
            "It is not written like an id of a message (msg_… or SM…), so there never was one: it may be mistyped or cut off."
        )
    }
}

/// No message has this id.
#[component]
pub(super) fn Nowhere(asked: Memo<String>) -> impl IntoView {
    view! {
        <div class="message__whole" data-testid="message-not-found">
            <Empty icon=Icon::Search title=say!("This server knows no message of that id").to_owned()>
                <p>
                    <bdi class="mono" dir="ltr">
                        {asked}
                    </bdi>
                </p>
                <p>{move || asked.with(|it| guess(it))}</p>
                <p>
                    <a class="button button--primary" href=Route::Messages(Filter::default()).href()>
                        {say!("Go to Messages")}
                    </a>
                </p>
            </Empty>
        </div>
    }
}

/// The places of the panels to come.
#[component]
pub(super) fn Cold() -> impl IntoView {
    view! {
            <div class="message__main" aria-hidden="true">
                <div class="panel panel--bone">
                    <span class="bone"></span>
                    <span class="bone"></span>
                    <span class="bone"></span>
                </div>
            </div>
            <div class="message__side" aria-hidden="true">
                <div class="panel panel--bone">
                    <span class="bone"></span>
                    <span class="bone"></span>
                </div>
            </div>
    }
}
